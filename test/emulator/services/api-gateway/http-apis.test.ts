import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Duration, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as authorizers from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as integrations from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { DeployedFunction } from '../../../../emulator/assembly/deployment';
import { Emulator } from '../../../../emulator/emulator';
import { NO_FAULTS } from '../../../../emulator/faults';
import { HttpAnswer, HttpRequest } from '../../../../emulator/services/api-gateway/http-apis';
import { deploymentOf, temporary } from '../../apps';
import { scriptedEmulator, succeeds } from '../../scripted-emulator';

/** A function that does what the body of its event says, and else answers with its event. */
const OBEDIENT = `exports.handler = async (event) => {
  const { sleep = 0, fails, returns } = event.isBase64Encoded || event.body === undefined ? {} : JSON.parse(event.body);
  await new Promise((resolve) => setTimeout(resolve, sleep));
  if (fails) throw new Error('no');
  return returns !== undefined ? returns : { statusCode: 200, body: JSON.stringify(event) };
};`;

/** A function that writes and reads items with the SDK, and takes ten seconds of its time. */
const RUNS = `import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({});
const TableName = process.env.TABLE;
export const handler = async ({ requestContext, pathParameters: { id } }) => {
  const key = { id: { S: id } };
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  if (requestContext.http.method === 'PUT') {
    await client.send(new PutItemCommand({ TableName, Item: { ...key, at: { N: String(Date.now()) }, by: { S: requestContext.authorizer.jwt.claims.sub } } }));
    return { statusCode: 201 };
  }
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: key }));
  return Item ? { at: Number(Item.at.N), by: Item.by.S } : { statusCode: 404 };
};`;

function functionOf(stack: Stack, id: string, write: (file: string) => void, props: Partial<lambda.FunctionProps> = {}) {
  const directory = temporary();
  write(path.join(directory, 'index.js'));
  return new lambda.Function(stack, id, { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromAsset(directory), timeout: Duration.minutes(1), ...props });
}

/** Bundles a function as the functions of an app are bundled. */
function bundle(source: string, file: string): void {
  execFileSync(path.resolve('node_modules/.bin/esbuild'), ['--bundle', '--platform=node', '--log-level=warning', `--outfile=${file}`], { input: source });
}

const deployment = deploymentOf((stack) => {
  const api = new apigateway.HttpApi(stack, 'Api');
  const obedientFunction = functionOf(stack, 'Obedient', (file) => fs.writeFileSync(file, OBEDIENT));
  const obedient = new integrations.HttpLambdaIntegration('Obedient', obedientFunction);
  const add = (route: string, integration: apigateway.HttpRouteIntegration = obedient, authorizer?: apigateway.IHttpRouteAuthorizer) => {
    const [method, routePath] = route.split(' ');
    api.addRoutes({ path: routePath, methods: [method as apigateway.HttpMethod], integration, authorizer });
  };
  const jwt = new authorizers.HttpJwtAuthorizer('Jwt', 'https://example.com', { jwtAudience: ['a'] });
  add('GET /pets/{id}');
  add('ANY /open/{proxy+}');
  add('POST /iam', obedient, new authorizers.HttpIamAuthorizer());
  add('POST /jwt', obedient, jwt);
  add('POST /custom', obedient, new authorizers.HttpLambdaAuthorizer('Custom', functionOf(stack, 'Authorizer', (file) => fs.writeFileSync(file, OBEDIENT))));
  add('GET /elsewhere', new integrations.HttpUrlIntegration('Elsewhere', 'https://example.com'));

  const table = new dynamodb.TableV2(stack, 'Table', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
  const runs = functionOf(stack, 'Runs', (file) => bundle(RUNS, file), { environment: { TABLE: table.tableName } });
  table.grantReadWriteData(runs);
  add('ANY /runs/{id}', new integrations.HttpLambdaIntegration('Runs', runs), jwt);

  const integration = new integrations.HttpLambdaIntegration('ObedientToo', obedientFunction);
  const withDefault = new apigateway.HttpApi(stack, 'WithDefault', { defaultIntegration: integration });
  withDefault.addRoutes({ path: '/a', methods: [apigateway.HttpMethod.GET], integration });
});
const { emulator, clock, begin } = scriptedEmulator(deployment);

beforeEach(() => begin(succeeds));

/** Sends a request, and lets time pass until there is an answer. */
async function ask(request: Partial<HttpRequest>, api = 'App/Api', of: Emulator = emulator): Promise<HttpAnswer> {
  let isOver = false;
  const answer = of.httpApis.request(api, { method: 'POST', path: '/open/x', ...request }).finally(() => { isOver = true; });
  answer.catch(() => undefined); // it is handled below
  await of.settle(() => isOver);
  return answer;
}
const obey = (command: object) => ask({ body: JSON.stringify(command) });
const eventOf = async (request: Partial<HttpRequest>, api?: string) => JSON.parse(String((await ask(request, api)).body));
const message = (status: number, text: string): HttpAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: `{"message":"${text}"}` });

test('a function gets the event of the payload format 2.0', async () => {
  const { id } = deployment.httpApis[0];
  expect(id).toMatch(/^[a-z0-9]{10}$/);
  expect(await eventOf({ method: 'GET', path: '/pets/a%2Fb%20c?x=1&y=%C3%BC+z&x=2', headers: { 'X-Own': 'A', 'Cookie': 'a=1; b=2', 'User-Agent': 'me' } })).toEqual({
    version: '2.0',
    routeKey: 'GET /pets/{id}',
    rawPath: '/pets/a/b c',
    rawQueryString: 'x=1&y=%C3%BC+z&x=2',
    cookies: ['a=1', 'b=2'],
    headers: { 'x-own': 'A', 'user-agent': 'me', 'host': `${id}.execute-api.us-east-1.amazonaws.com`, 'x-forwarded-for': '127.0.0.1', 'x-forwarded-port': '443', 'x-forwarded-proto': 'https' },
    queryStringParameters: { x: '1,2', y: 'ü z' },
    requestContext: {
      accountId: '123456789012',
      apiId: id,
      domainName: `${id}.execute-api.us-east-1.amazonaws.com`,
      domainPrefix: id,
      http: { method: 'GET', path: '/pets/a/b c', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'me' },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      routeKey: 'GET /pets/{id}',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: Date.UTC(2026, 0, 1),
    },
    pathParameters: { id: 'a/b c' },
    isBase64Encoded: false,
  });
});

test.each<[string | undefined, boolean]>([
  ['text/plain', false], ['application/json; charset=utf-8', false], ['application/problem+json', false], ['application/xml', false], ['Application/JavaScript', false],
  ['application/octet-stream', true], ['application/x-www-form-urlencoded', true], ['application/jsonl', true], ['image/png', true],
])('a body of the type %s is in Base64: %s', async (type, isBase64Encoded) => {
  const body = Buffer.from('{"ü":1}');
  expect(await eventOf({ headers: { 'Content-Type': type! }, body })).toMatchObject({
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded, headers: { 'content-length': '8' },
  });
});

describe('a function answers', () => {
  const TEXT = { 'content-type': 'text/plain;charset=UTF-8' };
  const JSON_TYPE = { 'content-type': 'application/json' };

  test.each<[unknown, HttpAnswer]>([
    [{ statusCode: 204 }, { status: 204, headers: TEXT, body: '' }],
    [{ statusCode: '201', headers: { 'Content-Type': 'a/b', 'X-Number': 1 }, body: 'ü' }, { status: 201, headers: { 'content-type': 'a/b', 'x-number': '1' }, body: 'ü' }],
    [{ statusCode: 200, cookies: ['a=1', 'b=2; Secure'] }, { status: 200, headers: { ...TEXT, 'set-cookie': ['a=1', 'b=2; Secure'] }, body: '' }],
    [{ statusCode: 200, body: 'w7w=', isBase64Encoded: true }, { status: 200, headers: TEXT, body: Buffer.from('ü') }],
    [{ a: 1 }, { status: 200, headers: JSON_TYPE, body: '{"a":1}' }],
    [['a'], { status: 200, headers: JSON_TYPE, body: '["a"]' }],
    [null, { status: 200, headers: JSON_TYPE, body: 'null' }],
    [{ statusCode: 'ok' }, message(500, 'Internal Server Error')],
    [{ statusCode: 200, body: { a: 1 } }, message(500, 'Internal Server Error')],
    [{ statusCode: 200, headers: ['a'] }, message(500, 'Internal Server Error')],
  ])('%j', async (returns, answer) => {
    expect(await obey({ returns })).toEqual(answer);
  });

  test('with an error', async () => {
    expect(await obey({ fails: true })).toEqual(message(500, 'Internal Server Error'));
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
  });

  test('in time, or not', async () => {
    expect((await obey({ sleep: 29_999, returns: 1 })).status).toBe(200);
    begin(succeeds);
    expect(await obey({ sleep: 30_001, returns: 1 })).toEqual(message(503, 'Service Unavailable'));
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1) + 30_000);
  });
});

describe('a request whose client is not known', () => {
  test.each([['/iam', message(403, 'Forbidden')], ['/jwt', message(401, 'Unauthorized')], ['/custom', message(401, 'Unauthorized')]])('to %s is refused', async (to, answer) => {
    expect(await ask({ path: to })).toEqual(answer);
  });
});

test.each([
  ['/iam', { iam: { userArn: 'arn' } }], ['/jwt', { jwt: { claims: { sub: 'a' }, scopes: null } }], ['/custom', { lambda: { name: 'a' } }],
])('a function behind %s gets the client', async (to, authorizer) => {
  expect((await eventOf({ path: to, authorizer })).requestContext.authorizer).toEqual(authorizer);
});

test('a route without an authorizer knows no client', async () => {
  expect((await eventOf({ authorizer: { jwt: {} } })).requestContext).not.toHaveProperty('authorizer');
});

test('what has no route is not found, or goes to the default', async () => {
  expect(await ask({ method: 'DELETE', path: '/pets/1' })).toEqual(message(404, 'Not Found'));
  expect(await eventOf({ method: 'DELETE', path: '/pets/1' }, 'App/WithDefault')).toMatchObject({ routeKey: '$default', rawPath: '/pets/1' });
  expect((await eventOf({ method: 'GET', path: '/a' }, 'App/WithDefault')).routeKey).toBe('GET /a');
});

test('a request that is too large, or has no path, is refused', async () => {
  expect(await ask({ body: Buffer.alloc(10 * 1024 * 1024 + 1), headers: { 'content-type': 'a/b' } })).toEqual(message(413, 'Request Entity Too Large'));
  expect(await ask({ path: '/open/%' })).toEqual(message(400, 'Bad Request'));
});

test('what the emulator does not have is an error', async () => {
  await expect(ask({}, 'App/Other')).rejects.toThrow('the app has no HTTP API App/Other; it has: App/Api, App/WithDefault');
  await expect(ask({ method: 'GET', path: '/elsewhere' })).rejects.toThrow("App/Api has the route 'GET /elsewhere' with an integration that the emulator does not support");
});

describe('a function that API Gateway may not invoke', () => {
  const [{ arn }] = deployment.httpApis;
  const PRINCIPAL = 'apigateway.amazonaws.com';

  test.each<[string, DeployedFunction['permissions'], number]>([
    ['the permission for a path of another route', [{ principal: PRINCIPAL, sourceArn: `${arn}/*/*/pets/{id}` }], 500],
    ['the permission for another method', [{ principal: PRINCIPAL, sourceArn: `${arn}/*/GET/open/{proxy+}` }], 500],
    ['the permission for another API', [{ principal: PRINCIPAL, sourceArn: `${arn}x/*` }], 500],
    ['the permission for another service', [{ principal: 'events.amazonaws.com' }], 500],
    ['no permission', [], 500],
    ['the permission for the route', [{ principal: PRINCIPAL, sourceArn: `${arn}/$default/POST/open/{proxy+}` }], 200],
    ['the permission for all APIs', [{ principal: PRINCIPAL }], 200],
  ])('with %s', async (_, permissions, status) => {
    const functions = deployment.functions.map((deployed) => ({ ...deployed, permissions }));
    const other = new Emulator({ ...deployment, functions }, clock);
    try {
      await other.start({ containers: {} as never, faults: NO_FAULTS });
      expect((await ask({}, 'App/Api', other)).status).toBe(status);
    } finally {
      await other.stop();
    }
  });
});

test('a function behind an API has its items in a table, while virtual time passes', async () => {
  const authorizer = { jwt: { claims: { sub: 'ada' }, scopes: null } };
  const start = clock.now();
  const send = (method: string, id: string) => ask({ method, path: `/runs/${id}`, authorizer });
  expect((await send('PUT', 'a')).status).toBe(201);
  const answer = await send('GET', 'a');
  expect(JSON.parse(String(answer.body))).toEqual({ at: start + 10_000, by: 'ada' });
  expect((await send('GET', 'b')).status).toBe(404);
  expect(clock.now()).toBe(start + 30_000);
});
