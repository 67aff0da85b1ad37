import type { ApiObservations, Exchange, Order } from '../../simulation/api-observations';
import { expectTrueApi } from '../../simulation/expected-api';
import { noObservations, Observations } from '../../simulation/observations';
import { readScenario } from '../../simulation/scenario';
import { openApiDocument } from '../../src/contract/openapi';

const T0 = Date.parse('2026-01-01T00:00:00Z');
const HASH = 'a'.repeat(20);
const OTHER_HASH = 'b'.repeat(20);
const ID = `0mjuohs00${'0'.repeat(20)}-${HASH}`;
const OTHER_ID = `0mjuohs00${'0'.repeat(20)}-${OTHER_HASH}`;
const SCENARIO = readScenario('by-hand', 'description: A world that is made by hand.\njob: Requested\nrequests: { owners: 2 }');
const DOCUMENT = openApiDocument({ title: 'Test', version: '1', jobs: [{ name: 'requested', parameters: { size: {} } }] });

/** A part that a test changes into a lie. */
type Changed = any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a lie may have any form

interface World {
  readonly observations: Changed;
  readonly api: Changed;
}

/** One run of each of two owners. It began at once, and succeeded after a minute. */
function world(): World {
  const orders: Order[] = ['one', 'two'].map((name, index) => ({ name, owner: `owner-${name}`, key: 'key', text: `size of ${name}`, ids: new Set([[ID, OTHER_ID][index]]) }));
  const run = (id: string, order: Order) => ({
    execution: {
      name: id,
      input: { parameters: { size: order.text } },
      output: { result: 3, jobId: `job of ${order.name}`, rounds: 1 },
      history: [{ type: 'ExecutionStarted', timestamp: T0, details: {} }, { type: 'ExecutionSucceeded', timestamp: T0 + 60_000, details: {} }],
    },
    stops: [],
  });
  const exchanges = orders.flatMap((order) => {
    const [id] = order.ids;
    const shown = { id, job: 'requested', status: 'RUNNING', createdAt: new Date(T0).toISOString(), updatedAt: new Date(T0).toISOString(), elapsedSeconds: 0, redrives: 0 };
    const over = { ...shown, status: 'SUCCEEDED', endedAt: new Date(T0 + 60_000).toISOString(), jobId: `job of ${order.name}`, round: 1 };
    const exchange = (purpose: Exchange['purpose'], method: string, path: string, at: number, status: number, body: unknown): Exchange => ({
      owner: order.owner, purpose, request: { method, path }, order, at, answeredAt: at, answer: { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }, body,
    });
    return [
      exchange('start', 'POST', '/jobs/requested/runs', T0, 202, shown),
      exchange('ask', 'GET', `/runs/${id}`, T0 + 30_000, 200, { ...shown, attempt: 1, round: 1 }),
      exchange('ask', 'GET', `/runs/${id}`, T0 + 90_000, 200, { ...over, result: 3 }),
      exchange('list', 'GET', '/runs', T0 + 100_000, 200, { runs: [over] }),
      exchange('last', 'GET', `/runs/${id}`, T0 + 100_000, 200, { ...over, result: 3 }),
    ];
  });
  const api: ApiObservations = { facts: { path: 'Api', roleArn: 'role', document: DOCUMENT }, orders, exchanges, logs: [] };
  const observations = { ...noObservations({ api } as unknown as Observations), runs: [run(ID, orders[0]), run(OTHER_ID, orders[1])] };
  return { observations, api };
}

function findingsOf({ observations, api }: World): string[] {
  const findings: string[] = [];
  expectTrueApi(SCENARIO, observations, api, (kind, run, message) => findings.push(`${kind}: ${run}: ${message}`));
  return findings;
}

/** Changes the body of an answer, by its index. */
const body = (index: number, fields: object) => ({ api }: World) => {
  const exchange = api.exchanges[index];
  exchange.body = JSON.parse(JSON.stringify({ ...exchange.body, ...fields }));
  exchange.answer = { ...exchange.answer, body: JSON.stringify(exchange.body) };
};

test('the oracle finds nothing in what is true', () => {
  expect(findingsOf(world())).toEqual([]);
});

test.each<[string, (world: World) => void, RegExp]>([
  ['two executions of one order', ({ observations }) => { observations.runs[1].execution.input.parameters.size = 'size of one'; }, /doubled: one: 2 executions for one order/],
  ['an execution that no request asked for', ({ observations }) => { observations.runs[0].execution.input.parameters.size = 'other'; }, /doubled: .* no request asked for/],
  ['two ids for one key', ({ api }) => { api.orders[0].ids.add(OTHER_ID); }, /the requests with one key were answered with/],
  ['an id without an execution', ({ observations }) => { observations.runs.shift(); }, /lost: .*was never started/],
  ['two answers that are the first with their key', ({ api }) => { api.exchanges.push(api.exchanges[0]); }, /2 answers say that they are the first one/],
  ['a failure that the scenario does not allow', ({ api }) => { api.exchanges[1].answer = { ...api.exchanges[1].answer, status: 500 }; }, /was answered with 500/],
  ['an end that has not happened', body(1, { status: 'FAILED', failure: { reason: 'ExitCode' } }), /it had no such end/],
  ['another end', body(2, { status: 'FAILED', failure: { reason: 'ExitCode' } }), /says that the run is FAILED, and it is SUCCEEDED/],
  ['another result', body(2, { result: 4 }), /shows another result/],
  ['another time of the end', body(2, { endedAt: new Date(T0).toISOString() }), /says that the run ended at 2026-01-01T00:00:00.000Z/],
  ['another job', body(2, { jobId: 'job of an attacker' }), /shows the job job of an attacker of round 1/],
  ['a redrive that was not', body(1, { redrives: 1 }), /shows 1 redrives, and there were fewer/],
  ['a run that goes on for ever', body(4, { status: 'RUNNING', endedAt: undefined }), /lost: .*shows RUNNING for ever/],
  ['an end that is told late', body(2, { status: 'RUNNING', attempt: 1 }), /hung: .*shows RUNNING after 0 redrives, 30 s after the run was SUCCEEDED/],
  ['a way back', body(4, { status: 'RUNNING' }), /the API went back from [\d.]+ to 0\.0\.1\.0\.4/],
  ['a run that is said not to have been started', body(2, { status: 'FAILED', failure: { reason: 'NotStarted' } }), /was not started, and it was/],
  ['a run that is in no list', body(3, { runs: [] }), /lost: .*its owner finds it in no list/],
  ['a cancelled run that goes on', ({ api }) => { api.exchanges.push({ ...api.exchanges[1], purpose: 'cancel', request: { method: 'DELETE', path: `/runs/${ID}` }, answer: { ...api.exchanges[1].answer, status: 202 } }); }, /the run goes on/],
  ['what is of another owner', body(1, { reason: 'size of two' }), /stolen: .*was answered with what is of owner-two/],
  ['a body that is not of its schema', body(1, { redrives: 'none' }), /redrives/],
  ['a status that the document does not have', ({ api }) => { api.exchanges[1].answer = { ...api.exchanges[1].answer, status: 201 }; }, /the document has no such status/],
  ['a throttled answer without a time', ({ api }) => { api.exchanges[1].answer = { ...api.exchanges[1].answer, status: 429 }; }, /there is no Retry-After/],
])('the oracle finds %s', (_, lie, finding) => {
  const lying = world();
  lie(lying);
  expect(findingsOf(lying)).toEqual(expect.arrayContaining([expect.stringMatching(finding)]));
});
