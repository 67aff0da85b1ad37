import { createServer } from 'http';
import { AddressInfo } from 'net';
import { CloudWatchLogsClient, FilterLogEventsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeExecutionCommand, GetExecutionHistoryCommand, ListExecutionsCommand, RedriveExecutionCommand, SFNClient, StartExecutionCommand, StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { heavyBatch, heavyBatchHere } from './heavy-batch';
import { call, echoJob, freePort, serve, Served, stop, until } from './served';
import { HeavyBatchApi, HeavyBatchJob } from '../../src';
import { imageOf, synthesize } from '../emulator/apps';

const app = synthesize((stack) => {
  const job = echoJob(stack);
  new HeavyBatchApi(stack, 'Signed', { jobs: [{ job }] });
  new HeavyBatchApi(stack, 'Owned', { jobs: [{ job }], authorizer: new HttpJwtAuthorizer('Jwt', 'https://example.com', { jwtAudience: ['a'] }), ownerClaim: 'tenant' });
  new apigateway.HttpApi(stack, 'Other');
});

describe('an app', () => {
  let served: Served;
  let signed: string;
  let owned: string;
  beforeAll(async () => {
    served = await serve('--app', app, '--no-state', '--claim', 'tenant=acme', '--allow-origin', 'http://localhost:5173');
    [signed, owned] = served.apis.map(({ url }) => url);
  });
  afterAll(() => stop(served));

  test('has its APIs at ports that follow each other, and its jobs', () => {
    const ports = served.apis.map(({ url }) => Number(new URL(url).port));
    expect(ports).toEqual([ports[0], ports[0] + 1, ports[0] + 2]);
    expect(served.apis.map(({ path, start }) => [path, start])).toEqual([['App/Signed', '/runs'], ['App/Owned', '/runs'], ['App/Other', undefined]]);
    expect(served.jobs).toEqual([{ path: 'App/Echo', stateMachineArn: expect.stringMatching(/^arn:aws:states:/) }]);
  });

  test('runs a job for a request, and gives its result and its log', async () => {
    const started = await call(`${signed}/runs`, { method: 'POST', body: { word: 'hello' } });
    expect(started.status).toBe(202);
    const run = `${signed}${started.headers.get('location')}`;
    expect(await until(run, ({ status }) => status === 'SUCCEEDED')).toMatchObject({ job: 'echo', result: { word: 'hello' } });
    expect((await call(`${run}/logs`)).body.lines.map(({ text }: { text: string }) => text)).toEqual(['::progress 50 half', '::result {"word":"hello"}']);
    expect(served.lines().filter(({ executionArn }) => String(executionArn).endsWith(started.body.id)).map(({ type, job, status }) => [type, job, status]))
      .toEqual([['execution', 'App/Echo', 'RUNNING'], ['execution', 'App/Echo', 'SUCCEEDED']]);
  });

  test('cancels a run with its job', async () => {
    const { headers } = await call(`${signed}/runs`, { method: 'POST', body: { word: 'wait' } });
    const run = `${signed}${headers.get('location')}`;
    expect(await until(run, ({ progress }) => progress !== undefined)).toMatchObject({ status: 'RUNNING', progress: { percentage: 50, message: 'half' } });
    expect((await call(run, { method: 'DELETE' })).status).toBe(202);
    expect(await until(run, ({ endedAt }) => endedAt !== undefined)).toMatchObject({ status: 'CANCELLED' });
  });

  /** What an AWS SDK reads from the environment that is printed. */
  const clientOptions = () => {
    const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = served.environment;
    return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  };

  test('has Step Functions and the logs of its jobs for an AWS SDK', async () => {
    const [sfn, logs] = [new SFNClient(clientOptions()), new CloudWatchLogsClient(clientOptions())];
    const [{ stateMachineArn }] = served.jobs;
    const start = async (word: string) => {
      const input = JSON.stringify({ parameters: { word } });
      return (await sfn.send(new StartExecutionCommand({ stateMachineArn, input }))).executionArn!;
    };
    const untilNot = async (executionArn: string, status: string) => {
      for (;;) {
        const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        if (described.status !== status) return described;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    try {
      const waits = await start('wait');
      await sfn.send(new StopExecutionCommand({ executionArn: waits, error: 'Enough' }));
      expect(await untilNot(waits, 'RUNNING')).toMatchObject({ status: 'ABORTED', error: 'Enough', redriveStatus: 'REDRIVABLE' });
      await sfn.send(new RedriveExecutionCommand({ executionArn: waits }));
      expect(await untilNot(waits, 'ABORTED')).toMatchObject({ status: 'RUNNING', redriveCount: 1 });
      await sfn.send(new StopExecutionCommand({ executionArn: waits }));

      const executionArn = await start('sdk');
      const { result, logGroup, logStreams } = JSON.parse((await untilNot(executionArn, 'RUNNING')).output!);
      expect(result).toEqual({ word: 'sdk' });
      const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
      expect([events[0].type, events.at(-1)!.type]).toEqual(['ExecutionStarted', 'ExecutionSucceeded']);
      const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      expect(executions.filter((execution) => [waits, executionArn].includes(execution.executionArn!)).map(({ status }) => status)).toEqual(['SUCCEEDED', 'ABORTED']);

      const lines = ['::progress 50 half', '::result {"word":"sdk"}'];
      const read = await logs.send(new GetLogEventsCommand({ logGroupName: logGroup, logStreamName: logStreams[0], startFromHead: true }));
      const filtered = await logs.send(new FilterLogEventsCommand({ logGroupName: logGroup, logStreamNames: logStreams, interleaved: true }));
      expect([read, filtered].map((page) => page.events!.map(({ message }) => message))).toEqual([lines, lines]);
    } finally {
      sfn.destroy();
      logs.destroy();
    }
  });

  test('sends a browser that opens an API to its page, and keeps what AWS answers for others', async () => {
    const open = (url: string, accept: string) => fetch(`${url}/`, { headers: { accept }, redirect: 'manual' });
    const moved = await open(signed, 'text/html,*/*;q=0.8');
    expect([moved.status, moved.headers.get('location')]).toEqual([302, '/console']);
    expect((await fetch(`${signed}/`, { headers: { accept: 'text/html' } })).headers.get('content-type')).toContain('text/html');
    const [program, other] = await Promise.all([open(signed, 'application/json'), open(served.apis[2].url, 'text/html')]);
    expect([program.status, await program.json(), other.status]).toEqual([404, { message: 'Not Found' }, 404]);
  });

  test('knows whose a request is: by its token, or by --claim', async () => {
    const tokenOf = (tenant: string) => ({ authorization: `Bearer a.${Buffer.from(JSON.stringify({ tenant })).toString('base64url')}.b` });
    const { body: { id } } = await call(`${owned}/runs`, { method: 'POST', body: { word: 'mine' } });
    expect((await call(`${owned}/runs/${id}`, { headers: tokenOf('acme') })).status).toBe(200);
    expect((await call(`${owned}/runs/${id}`, { headers: tokenOf('other') })).status).toBe(404);
  });

  test('is for the web pages of its own origins, and of those that are allowed', async () => {
    const page = (origin: string) => call(`${signed}/runs`, { headers: { origin } });
    expect(await page('https://evil.example')).toMatchObject({ status: 403, body: { message: expect.stringContaining('the API is not for pages of https://evil.example; allow them with --allow-origin') } });
    expect((await page('http://localhost:5173')).headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  });
});

test('an app ends its runs when it is stopped', async () => {
  const served = await serve('--app', app, '--no-state');
  const [{ url }] = served.apis;
  const { body: { id } } = await call(`${url}/runs`, { method: 'POST', body: { word: 'wait' } });
  await until(`${url}/runs/${id}`, ({ status }) => status === 'RUNNING');
  const { code, err } = await stop(served);
  expect(code).toBe(0);
  expect(err).toContain('Stopping the runs.');
  expect(served.lines().at(-1)).toMatchObject({ type: 'execution', status: 'ABORTED' });
});

/** What a person reads of an app at the start. */
async function textOf(served: string): Promise<{ readonly out: string; readonly port: number; readonly awsPort: number }> {
  const [port, awsPort] = [await freePort(), await freePort()];
  const { child, ended } = heavyBatch('serve', '--no-state', '--app', served, '--port', String(port), '--aws-port', String(awsPort));
  let isReady = false;
  child.stdout!.on('data', (chunk) => { isReady ||= String(chunk).includes('Press Ctrl-C'); });
  while (!isReady && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGTERM');
  const { code, out } = await ended;
  expect(code).toBe(0);
  return { out, port, awsPort };
}

test('a person reads where everything is', async () => {
  const { out, port, awsPort } = await textOf(app);
  expect(out).toContain(`App/Signed  http://127.0.0.1:${port}  described at http://127.0.0.1:${port}/openapi.json\n  page: http://127.0.0.1:${port}/console\n`);
  expect(out).toContain(`curl -X POST http://127.0.0.1:${port}/runs -H 'content-type: application/json' -d '{}'`);
  expect(out).toContain(`App/Other  http://127.0.0.1:${port + 2}\n`);
  expect(out).toContain(`export AWS_ENDPOINT_URL=http://127.0.0.1:${awsPort}`);
  expect(out).not.toContain('no HeavyBatchApi');
});

test.each<[string, string, (stack: Stack) => void]>([
  ['no API', '\nThe app', () => undefined],
  ['an API of another kind', '  http://127.0.0.1:\\d+\n\nThe app', (stack) => void new apigateway.HttpApi(stack, 'Other')],
])('an app with %s is told to have no endpoint, and where to read about one', async (_, before, more) => {
  const { out } = await textOf(synthesize((stack) => {
    echoJob(stack);
    more(stack);
  }));
  expect(out).toMatch(new RegExp(`${before} has no HeavyBatchApi, so there is no HTTP endpoint for its runs\\. The guide 'api' says how to add one\\.\n\nThe services`));
});

describe('what cannot be served', () => {
  test.each([['--port'], ['--aws-port']])('%s: a port that is in use', async (option) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const other = option === '--port' ? '--aws-port' : '--port';
    const { code, err } = await heavyBatchHere('serve', '--no-state', '--app', app, option, String(port), other, String(await freePort()));
    expect([code, err]).toEqual([2, `heavy-batch: the port ${port} is in use; name another one with ${option}\n`]);
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([['0'], ['65536'], ['80.5'], ['http']])('the port %s', async (port) => {
    const { code, err } = await heavyBatchHere('serve', '--no-state', '--app', app, '--port', port);
    expect(code).toBe(2);
    expect(err).toContain('It must be a port: a whole number from 1 to 65535.');
  });

  test('an app without a job', async () => {
    const { code, err } = await heavyBatchHere('serve', '--no-state', '--app', synthesize(() => undefined));
    expect([code, err]).toEqual([2, 'heavy-batch: the app has no HeavyBatchJob; name the output directory of an app that has one with --app\n']);
  });

  test.each([
    ['http://localhost:5173/', '; use http://localhost:5173'], ['localhost:5173', ', for example http://localhost:5173'], ['*', ', for example http://localhost:5173'],
    ['https://a.example/page', '; use https://a.example'],
  ])('the origin %s', async (origin, advice) => {
    const { code, err } = await heavyBatchHere('serve', '--no-state', '--app', app, '--allow-origin', origin);
    expect([code, err]).toEqual([2, `heavy-batch: --allow-origin ${origin} is not an origin${advice}\n`]);
  });

  test.each([
    ['65535', '8786', '--port 65535 leaves no port for each of the 3 APIs; use 65533 or less'],
    ['9000', '9002', '--aws-port 9002 is one of the ports of the APIs, which are 9000 to 9002; use another one'],
  ])('ports %s and %s', async (port, awsPort, problem) => {
    const { code, err } = await heavyBatchHere('serve', '--no-state', '--app', app, '--port', port, '--aws-port', awsPort);
    expect([code, err]).toEqual([2, `heavy-batch: ${problem}\n`]);
  });

  test('with --json, an error is an object on a line', async () => {
    const { code, out } = await heavyBatchHere('serve', '--no-state', '--app', app, '--json', '--claim', 'tenant');
    expect([code, out]).toEqual([2, '{"type":"error","error":"--claim tenant is not of the form name=value"}\n']);
  });

  test('a claim without a value', async () => {
    const { code, err } = await heavyBatchHere('serve', '--no-state', '--app', app, '--claim', 'tenant');
    expect([code, err]).toEqual([2, 'heavy-batch: --claim tenant is not of the form name=value\n']);
  });
});

describe('functions of the app itself', () => {
  const functionOf = (stack: Stack, id: string, code: string) => {
    const handler = new lambda.Function(stack, id, { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromAsset(imageOf({ 'index.js': code })) });
    new apigateway.HttpApi(stack, `${id}Api`, { defaultIntegration: new HttpLambdaIntegration(id, handler), corsPreflight: { allowOrigins: ['*'], allowMethods: [apigateway.CorsHttpMethod.ANY] } });
  };
  const others = synthesize((stack) => {
    new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({ Dockerfile: 'FROM node:24' }), command: ['node'] });
    functionOf(stack, 'Late', 'exports.handler = async () => { setTimeout(() => { throw new Error("late"); }, 10); return "done"; };');
    functionOf(stack, 'Exits', 'exports.handler = async () => process.exit(3);');
    const inline = new lambda.Function(stack, 'Inline', { runtime: lambda.Runtime.PYTHON_3_13, handler: 'index.handler', code: lambda.Code.fromInline('handler = None') });
    new apigateway.HttpApi(stack, 'InlineApi', { defaultIntegration: new HttpLambdaIntegration('Inline', inline) });
  });

  test('answer `/` of an API with a page, if the app has a route for it', async () => {
    const own = synthesize((stack) => {
      const { httpApi } = new HeavyBatchApi(stack, 'Jobs', { jobs: [{ job: echoJob(stack) }] });
      const handler = new lambda.Function(stack, 'Home', {
        runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromAsset(imageOf({ 'index.js': 'exports.handler = async () => "home";' })),
      });
      httpApi.addRoutes({ path: '/', integration: new HttpLambdaIntegration('Home', handler) });
    });
    const served = await serve('--app', own, '--no-state');
    try {
      const answer = await fetch(`${served.apis[0].url}/`, { headers: { accept: 'text/html' } });
      expect([served.apis[0].start, answer.status, await answer.json()]).toEqual(['/runs', 200, 'home']);
    } finally {
      await stop(served);
    }
  });

  test('do not end the server when they fail, and one that cannot run is not served', async () => {
    const served = await serve('--app', others, '--no-state');
    expect(served.apis.map(({ path }) => path)).toEqual(['App/LateApi', 'App/ExitsApi']);
    const [late, exits] = served.apis.map(({ url }) => url);
    expect(await call(late)).toMatchObject({ status: 200, body: 'done' });
    expect((await call(exits)).status).toBe(500);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await call(late)).status).toBe(200);
    expect((await call(late, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    const { code, err } = await stop(served);
    expect(code).toBe(0);
    expect(err).toContain('not served: App/InlineApi cannot run: App/Inline has code that is not an asset of the app');
    expect(err).toContain('a function failed outside of an invocation: unexpected error: Error: late');
    expect(err).toContain('App/Exits failed: Error: the function has called process.exit(3)');
  });
});
