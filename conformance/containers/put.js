// Puts its standard input to the URI of the result: the image has neither an SDK nor the AWS CLI. A request is signed with Signature Version 4.
const { createHash, createHmac } = require('node:crypto');
const { readFileSync } = require('node:fs');

const { HEAVY_BATCH_RESULT, AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

async function put() {
  const url = new URL(`/${HEAVY_BATCH_RESULT.slice('s3://'.length)}`, AWS_ENDPOINT_URL_S3);
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [date.slice(0, 8), AWS_REGION, 's3', 'aws4_request'];
  const signedHeaders = 'host;x-amz-content-sha256;x-amz-date';
  const request = ['PUT', url.pathname, '', `host:${url.host}`, 'x-amz-content-sha256:UNSIGNED-PAYLOAD', `x-amz-date:${date}`, '', signedHeaders, 'UNSIGNED-PAYLOAD'].join('\n');
  const key = scope.reduce(hmac, `AWS4${AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(request)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope.join('/')}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  const { ok, status } = await fetch(url, { method: 'PUT', headers: { authorization, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-date': date }, body: readFileSync(0) });
  if (!ok) throw new Error(`the endpoint answers ${status}`);
}

void put();
