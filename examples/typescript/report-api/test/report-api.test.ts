import { Match, Template } from 'aws-cdk-lib/assertions';
import { HeavyBatchAttempt, HeavyBatchTestKit } from 'cdk-heavy-batch/testing';
import { app, stack } from '../app';

// What would be deployed runs here, without AWS: the API, its function and the state machine. Time is virtual: a run of an hour takes milliseconds.
let kit: HeavyBatchTestKit;
beforeAll(async () => { kit = await HeavyBatchTestKit.start({ app: app.synth().directory }); });
beforeEach(() => kit.reset());
afterAll(() => kit.stop());

/** Sends a request to the API. */
async function call(method: string, path: string, body?: object) {
  const response = await fetch(`${kit.url()}${path}`, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  return { status: response.status, location: response.headers.get('location'), body: await response.json() };
}

test('a report is answered at once with 202; the run shows its progress, and then the report', async () => {
  const report = { months: [{ month: '2026-01', customers: 7, orders: 9, revenue: 500 }] };
  await kit.script('Shop/Report', HeavyBatchAttempt.succeeds({ runsFor: { minutes: 20 }, output: ['::progress 7/14 orders until 2026-01-07'], result: report }));
  const { status, location } = await call('POST', '/runs', { from: '2026-01-01', days: 14 });
  expect(status).toBe(202);
  await kit.advance({ minutes: 15 });
  expect((await call('GET', location!)).body).toMatchObject({ status: 'RUNNING', progress: { percentage: 50, message: 'orders until 2026-01-07' } });
  await kit.untilRunsEnd();
  expect((await call('GET', location!)).body).toMatchObject({ status: 'SUCCEEDED', result: report });
  expect((await kit.containers()).map(({ command }) => command)).toEqual([['node', 'report.js', '2026-01-01', '14', 'all']]);
});

test('a report that runs out of memory is computed again with more', async () => {
  await kit.script('Shop/Report', HeavyBatchAttempt.outOfMemory(), HeavyBatchAttempt.succeeds({ result: { months: [] } }));
  const { location } = await call('POST', '/runs', {});
  await kit.untilRunsEnd();
  expect((await call('GET', location!)).body).toMatchObject({ status: 'SUCCEEDED', round: 2 });
  expect((await kit.containers()).map(({ memory }) => memory)).toEqual([1024, 2048]);
});

test('a report is cancelled', async () => {
  await kit.script('Shop/Report', HeavyBatchAttempt.neverEnds());
  const { location } = await call('POST', '/runs', {});
  await kit.advance({ minutes: 10 });
  expect((await call('DELETE', location!)).status).toBe(202);
  await kit.untilRunsEnd();
  expect((await call('GET', location!)).body).toMatchObject({ status: 'CANCELLED' });
});

test('a number of days that is too large is refused, and nothing starts', async () => {
  expect(await call('POST', '/runs', { days: 5000 })).toMatchObject({ status: 400, body: { detail: "'days' is more than 1100" } });
  expect((await call('GET', '/runs')).body).toEqual({ runs: [] });
  expect(await kit.containers()).toEqual([]);
});

test('the page is a route of the API', async () => {
  const page = await fetch(`${kit.url()}/`);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toContain('<h1>Sales report</h1>');
});

test('at most 4 vCPUs work at once, and only the page and the API are open', () => {
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: Match.objectLike({ MaxvCpus: 4 }) });
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties.RouteKey);
  expect(routes.sort()).toEqual(['DELETE /{proxy+}', 'GET /', 'GET /{proxy+}', 'POST /{proxy+}']);
});
