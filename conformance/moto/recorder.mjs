// A proxy in front of a server of AWS's APIs. It records the requests and the responses.
import http from 'node:http';

const NOT_FORWARDED = ['host', 'connection', 'content-length', 'expect'];

/** Returns the endpoint of the proxy, the calls so far (`{service, action, input, status, output}`), and how to stop it. */
export async function recorderFor(endpoint) {
  const calls = [];
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const forwarded = await fetch(`${endpoint}${request.url}`, {
      method: request.method,
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !NOT_FORWARDED.includes(name))),
      ...body.length > 0 ? { body } : {},
    });
    const text = await forwarded.text();
    calls.push({ ...nameOf(request), input: json(body.toString()), status: forwarded.status, output: json(text) });
    response.writeHead(forwarded.status, { 'content-type': forwarded.headers.get('content-type') ?? 'application/json' });
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${server.address().port}`,
    calls,
    stop: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}

const SERVICES = { AWSStepFunctions: 'sfn', AmazonSQS: 'sqs' };

const BATCH_PATHS = Object.fromEntries(['SubmitJob', 'DescribeJobs', 'ListJobs', 'TerminateJob', 'CancelJob', 'GetJobQueueSnapshot'].map((action) => [`/v1/${action.toLowerCase()}`, action]));

/** JSON services name the action in a header, Batch names it in the path, and the SDK names those of S3 in the query. */
function nameOf({ headers, url, method }) {
  const [prefix, action] = headers['x-amz-target']?.split('.') ?? [];
  if (action) return { service: SERVICES[prefix] ?? prefix, action };
  if (url in BATCH_PATHS) return { service: 'batch', action: BATCH_PATHS[url] };
  return { service: 's3', action: new URL(url, 'http://s3').searchParams.get('x-id') ?? `${method} ${url}` };
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
