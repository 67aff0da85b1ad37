// Runs a program as a container of AWS: no key and no endpoint is in its environment. `node in-aws.mjs relative|full <program> [<argument>...]`
// The credentials endpoint and S3 are here, under the addresses that they have in AWS: a proxy leads there. They know the emulated S3 by the environment.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

const [form, program, ...words] = process.argv.slice(2);
const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL_S3, AWS_REGION: region } = process.env;
const KEYS = { accessKeyId: 'ASIAQNZGKIQY56JQ7WML', secretAccessKey: 'of/the+role/for+some/hours+only/0123456', sessionToken: 'IQoJb3JpZ2luX2VjEBAa+of/the+role==' };
const [RELATIVE, TOKEN] = ['/v2/credentials/0f6b1d8e-3a52-4b0f-9d3c-1c1f6a3a7a5e', 'the token of the container'];
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html, and https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html */
const FORMS = {
  relative: { host: '169.254.170.2', path: RELATIVE, variables: () => ({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: RELATIVE }) },
  full: {
    host: '127.0.0.1',
    path: '/v1/credentials',
    token: TOKEN,
    variables: (url) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`, AWS_CONTAINER_AUTHORIZATION_TOKEN: TOKEN }),
  },
};
const S3 = new RegExp(`^([a-z0-9-]+)\\.s3\\.${region}\\.amazonaws\\.com$`);

const signerWith = (credentials) => new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false, applyChecksum: false });
const [ofContainer, ofJob] = [KEYS, { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }].map(signerWith);

/** Whether curl has signed a request as an AWS SDK would, with the keys and the token. */
async function isSigned({ method, url, headers }) {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization)?.[1].split(';') ?? [];
  const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(headers['x-amz-date']) ?? [];
  if (!date) return false;
  const signingDate = new Date(`${date.replace(/(....)(..)/, '$1-$2-')}T${time.replace(/(..)(..)/, '$1:$2:')}Z`);
  const request = requestOf({ method, url, host: headers.host, headers: Object.fromEntries(signed.map((name) => [name, headers[name]])) });
  const again = await ofContainer.sign(request, { signingDate });
  return again.headers.authorization.replaceAll(' ', '') === headers.authorization.replaceAll(' ', '');
}

function requestOf({ method, url, host, headers }) {
  const { pathname, searchParams, hostname, protocol } = new URL(url, `https://${host}`);
  return { method, protocol, hostname, path: pathname, query: Object.fromEntries(searchParams), headers };
}

/** S3 under the name of a bucket. The emulated one has the bucket in the path, and other keys. */
const s3 = https.createServer(certificate(), async (request, response) => {
  const bucket = S3.exec(request.headers.host)?.[1];
  if (!bucket || !await isSigned(request)) return void response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
  const { host } = new URL(AWS_ENDPOINT_URL_S3);
  const url = `/${bucket}${request.url}`;
  const length = request.headers['content-length'];
  const headers = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...length && { 'content-length': length } };
  const signed = await ofJob.sign(requestOf({ method: request.method, url, host, headers }));
  const forwarded = http.request(`${AWS_ENDPOINT_URL_S3}${url}`, { method: request.method, headers: signed.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  request.pipe(forwarded);
});

/** The credentials endpoint, and the proxy. */
const { host, path: at, token, variables } = FORMS[form];
const local = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  if (url.hostname !== host || url.pathname !== at || request.headers.authorization !== token) return void response.writeHead(403).end();
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = KEYS;
  response.end(JSON.stringify({ RoleArn: 'arn:aws:iam::123456789012:role/job', AccessKeyId, SecretAccessKey, Token, Expiration: '2099-01-01T00:00:00Z' }));
});
local.on('connect', (request, socket) => {
  if (!S3.test(request.url.replace(/:443$/, ''))) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  s3.emit('connection', socket);
});

await new Promise((resolve) => { local.listen(0, '127.0.0.1', resolve); });
const url = `http://127.0.0.1:${local.address().port}`;
const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') || name.startsWith('AWS_BATCH_')));
const env = { ...kept, AWS_REGION: region, AWS_DEFAULT_REGION: region, ...variables(url), http_proxy: url, https_proxy: url, no_proxy: '127.0.0.1', CURL_CA_BUNDLE: certificateFile() };
spawn(program, words, { env, stdio: 'inherit' }).once('close', (code) => process.exit(code ?? 1));

function certificateFile() {
  return path.join(os.tmpdir(), 'certificate.pem');
}

function certificate() {
  const key = path.join(os.tmpdir(), 'key.pem');
  const names = `subjectAltName=DNS:*.s3.${region}.amazonaws.com`;
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=S3', '-addext', names, '-keyout', key, '-out', certificateFile()], { stdio: 'ignore' });
  return { key: fs.readFileSync(key), cert: fs.readFileSync(certificateFile()) };
}
