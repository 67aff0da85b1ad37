import { emulatedApi, LOG_GROUP, RESULTS, RETENTION } from './emulated-api';
import type { JobSpec } from '../../../src/contract/job-spec';
import { changeOfExecution, changeOfJob } from '../../../src/functions/api/observations';
import { newRunId, ownerHash } from '../../../src/functions/api/run-id';
import { RunStore } from '../../../src/functions/api/run-store';

const { emulator, clock, calls, open: openApi } = emulatedApi();
const RUN_PATH = /^\/base\/runs\/[0-9a-z-]{50}$/;
const reads = () => calls.filter(({ call }) => call.action === 'GetLogEvents').length;
const actions = () => calls.filter(({ service }) => service === 'sfn').map(({ call }) => call.action);
const executionOf = (id: string) => emulator.stepFunctions.executions().find(({ name }) => name === id)!;

/** The time that the handlers see. It begins with that of the emulator, and does not move by itself. */
let now = 0;
const open: typeof openApi = (options) => {
  const api = openApi(options);
  now = clock.now();
  return api;
};

beforeEach(() => {
  now = clock.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  jest.spyOn(console, 'log').mockImplementation();
});

type Api = ReturnType<typeof open>;
const startOf = (api: Api) => jest.spyOn(api.runs as never as { startExecution(): Promise<void> }, 'startExecution');
const start = async (api: Api, path = '/jobs/slow/runs') => (await api.send('POST', path)).body.id as string;

/** Brings an event to the API that an execution has this status. */
async function hear(api: Api, id: string, status: string, detail: object = {}): Promise<void> {
  const { arn: executionArn, stateMachineArn } = executionOf(id);
  const end = status === 'RUNNING' ? {} : { stopDate: now, error: 'Cancelled' };
  const event = { executionArn, stateMachineArn, status, stopDate: null, output: null, redriveCount: 0, ...end, ...detail };
  await api.runs.observe(changeOfExecution({ 'detail-type': 'Step Functions Execution Status Change', 'time': new Date(now).toISOString(), 'detail': event }));
}

/** Brings an event to the API about the job of a run. */
async function hearOfJob(api: Api, id: string, status: string, detail: object = {}, context: object = {}): Promise<void> {
  const run = { execution: executionOf(id).arn, redrive: 0, round: 1, vcpus: 1, memory: 1, queue: 'q', queueTimeout: 1, logGroup: LOG_GROUP, earlier: [], ...context };
  const parameters = { heavyBatchRun: JSON.stringify(run) };
  const change = changeOfJob({ 'detail-type': 'Batch Job State Change', 'time': new Date(now).toISOString(), 'detail': { jobId: 'job-1', status, parameters, ...detail } });
  await api.runs.observe(change!);
}

describe('POST starts a run', () => {
  test('and says where it is', async () => {
    const api = open();
    const { status, headers, body } = await api.send('POST', '/jobs/slow/runs', { body: { n: 7 }, headers: { 'content-type': 'application/json' } });
    expect(status).toBe(202);
    expect(headers).toMatchObject({ 'location': `/base/runs/${body.id}`, 'retry-after': '2', 'content-type': expect.stringContaining('application/json'), 'cache-control': 'private, no-cache' });
    expect(headers.location).toMatch(RUN_PATH);
    expect(headers).not.toHaveProperty('idempotency-replayed');
    expect(headers).not.toHaveProperty('preference-applied');
    expect(body).toMatchObject({ job: 'slow', status: 'SUBMITTED', redrives: 0 });
    expect(executionOf(body.id).input).toEqual({ parameters: { n: '7' } });
  });

  test('by a shorter path where there is one job', async () => {
    const api = open({ names: ['slow'] });
    expect((await api.send('POST', '/runs')).status).toBe(202);
    expect(await open().send('POST', '/runs')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  });

  test.each([
    ['a wrong type', { body: { n: 'x' } }, 400, "'n' is not of the type integer"],
    ['an unknown parameter', { body: { m: 1 } }, 400, "'parameters.m' is not a parameter of this job; it takes n"],
    ['no JSON', { body: '{"n":' }, 400, "'body' is text that is not JSON"],
    ['bytes that are no text', { body: new Uint8Array([0xff, 0xfe]) }, 400, 'the body is not text in UTF-8'],
    ['another type', { body: 'n=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'the body is not JSON'],
    ['a body that is too large', { body: ' '.repeat(256 * 1024 + 1) }, 413, 'the body has more than 262144 bytes'],
    ['a key that is none', { headers: { 'idempotency-key': '' } }, 400, "the header 'Idempotency-Key'"],
  ])('but not one with %s', async (_, sent, expected, detail) => {
    const api = open();
    const { status, headers, body } = await api.send('POST', '/jobs/slow/runs', sent);
    expect([status, headers['content-type']]).toEqual([expected, 'application/problem+json']);
    expect(body).toMatchObject({ type: 'about:blank', status: expected, detail: expect.stringContaining(detail), requestId: 'request-1' });
    expect(emulator.stepFunctions.executions()).toEqual([]);
    expect((await api.send('GET', '/runs')).body).toEqual({ runs: [] });
  });

  test('of a job that there is', async () => {
    expect(await open().send('POST', '/jobs/other/runs')).toMatchObject({ status: 404, body: { detail: 'there is no such job; the jobs are slow, broken' } });
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'order 1' };

  test('with the same body is the same run, also 50 times at once', async () => {
    const api = open();
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.send('POST', '/jobs/slow/runs', { body: { n: 1 }, headers: key })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(49);
    expect(emulator.stepFunctions.executions()).toHaveLength(1);
  });

  test('with another body is refused', async () => {
    const api = open();
    await api.send('POST', '/jobs/slow/runs', { body: { n: 1 }, headers: key });
    expect(await api.send('POST', '/jobs/slow/runs', { body: { n: 2 }, headers: key })).toMatchObject({ status: 422, body: { detail: expect.stringContaining('use a new key') } });
  });

  test('with another job is another run', async () => {
    const api = open();
    const [slow, broken] = [await api.send('POST', '/jobs/slow/runs', { headers: key }), await api.send('POST', '/jobs/broken/runs', { headers: key })];
    expect(broken.body.id).not.toBe(slow.body.id);
  });

  test('of another owner is another run', async () => {
    const api = open({ ownerClaim: 'sub' });
    const [first, second] = await Promise.all(['a', 'b'].map((caller) => api.send('POST', '/jobs/slow/runs', { body: { n: 1 }, headers: key, caller })));
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.id).not.toBe(first.body.id);
    expect(await api.send('POST', '/jobs/slow/runs', { body: { n: 2 }, headers: key, caller: 'b' })).toMatchObject({ status: 422 });
  });

  test('of a run that failed is that run', async () => {
    const api = open();
    const { body: { id } } = await api.send('POST', '/jobs/broken/runs', { headers: key });
    await hear(api, id, 'FAILED', { error: 'ExitCode' });
    expect(await api.send('POST', '/jobs/broken/runs', { headers: key })).toMatchObject({ status: 200, headers: { 'idempotency-replayed': 'true' }, body: { id, status: 'FAILED' } });
  });

  test('may be used again when it has expired', async () => {
    const api = open();
    const { body: { id } } = await api.send('POST', '/jobs/slow/runs', { headers: key });
    now += (RETENTION + 1) * 1000;
    const again = await api.send('POST', '/jobs/slow/runs', { headers: key });
    expect(again.status).toBe(202);
    expect(again.body.id).not.toBe(id);
  });
});

describe('the timeline of a run', () => {
  const timelineOf = async (api: Api, id: string) => {
    const { body: { timeline } } = await api.send('GET', `/runs/${id}`);
    return timeline.map(({ at, ...entry }: { at: string }) => [(Date.parse(at) - begun) / 1000, ...Object.values(entry)]);
  };
  let begun: number;
  beforeEach(() => { begun = now; });
  /** Starts a run, and then lets each step take a second. */
  const started = async (api: Api) => {
    const { body: { id } } = await api.send('POST', '/jobs/broken/runs', {});
    const step = async (work: () => Promise<unknown>) => {
      now += 1_000;
      await work();
    };
    return { id, step };
  };

  test('has each status that it came to, and why it waited', async () => {
    const api = open();
    const { id, step } = await started(api);
    await step(() => hearOfJob(api, id, 'RUNNABLE'));
    await step(() => hearOfJob(api, id, 'RUNNABLE', { statusReason: 'CAPACITY' }));
    await step(() => hearOfJob(api, id, 'RUNNABLE', { statusReason: 'CAPACITY' }));
    await step(() => hearOfJob(api, id, 'RUNNING'));
    await step(() => hearOfJob(api, id, 'STARTING')); // it is late
    await step(() => hearOfJob(api, id, 'RUNNABLE', { attempts: [{}] }));
    await step(() => hear(api, id, 'FAILED', { error: 'ExitCode' }));
    expect(await timelineOf(api, id)).toEqual([
      [0, 'SUBMITTED', 0],
      [1, 'RUNNABLE', 0, 1, 1],
      [2, 'RUNNABLE', 0, 1, 1, 'CAPACITY'],
      [4, 'RUNNING', 0, 1, 1],
      [6, 'RUNNABLE', 0, 1, 2],
      [7, 'FAILED', 0],
    ]);
    await step(() => hear(api, id, 'RUNNING', { redriveCount: 1 }));
    expect((await timelineOf(api, id)).slice(6)).toEqual([[8, 'SUBMITTED', 1]]);
  });

  test('does not go back where the time of an event is in whole seconds', async () => {
    const api = open();
    const { id } = await started(api);
    now -= 900;
    await hearOfJob(api, id, 'RUNNABLE');
    await hear(api, id, 'FAILED', { stopDate: now });
    expect(await timelineOf(api, id)).toEqual([[0, 'SUBMITTED', 0], [0, 'RUNNABLE', 0, 1, 1], [0, 'FAILED', 0]]);
    expect((await api.send('GET', `/runs/${id}`)).body.updatedAt).toBe(new Date(begun).toISOString());
  });

  test('is only of a run that is asked for, and not of a list', async () => {
    const api = open();
    await started(api);
    const { body: { runs: [run] } } = await api.send('GET', '/runs');
    expect(run).not.toHaveProperty('timeline');
  });

  test('ends somewhere, and has the end of the run nevertheless', async () => {
    const api = open();
    const { id, step } = await started(api);
    for (let attempt = 0; attempt < 110; attempt++) await hearOfJob(api, id, 'RUNNING', { attempts: Array.from({ length: attempt }, () => ({})) });
    await step(() => hear(api, id, 'FAILED', { error: 'ExitCode' }));
    const timeline = await timelineOf(api, id);
    expect([timeline.length, timeline.at(-1)]).toEqual([101, [1, 'FAILED', 0]]);
    expect((await api.send('GET', `/runs/${id}`)).body.timelineTruncated).toBe(true);
  });

  test('has room for what a run does, however many reasons it had to wait', async () => {
    const api = open();
    const { id, step } = await started(api);
    for (let count = 0; count < 60; count++) await hearOfJob(api, id, 'RUNNABLE', { statusReason: `reason ${count}` });
    await step(() => hearOfJob(api, id, 'RUNNING'));
    const timeline = await timelineOf(api, id);
    expect([timeline.length, timeline.at(-2), timeline.at(-1)]).toEqual([51, [0, 'RUNNABLE', 0, 1, 1, 'reason 48'], [1, 'RUNNING', 0, 1, 1]]);
    expect((await api.send('GET', `/runs/${id}`)).body).not.toHaveProperty('timelineTruncated');
  });

  test('of a run whose execution was never started has its end', async () => {
    const api = open();
    startOf(api).mockRejectedValueOnce(new Error('lost'));
    const headers = { 'idempotency-key': 'k' };
    await api.send('POST', '/jobs/broken/runs', { headers });
    now += 6 * 60_000;
    const { body: { runs: [{ id, failure }] } } = await api.send('GET', '/runs');
    expect([failure.reason, await timelineOf(api, id)]).toEqual(['NotStarted', [[0, 'SUBMITTED', 0], [360, 'FAILED', 0]]]);
    await api.send('POST', '/jobs/broken/runs', { headers });
    expect((await timelineOf(api, id)).at(-1)).toEqual([360, 'SUBMITTED', 0]);
  });
});

describe('a request that fails half way', () => {
  const headers = { 'idempotency-key': 'k' };

  test('before the execution is started: the next one with the key starts it', async () => {
    const api = open();
    startOf(api).mockRejectedValueOnce(new Error('lost')).mockRejectedValueOnce(Object.assign(new Error(), { name: 'ThrottlingException' }));
    expect((await api.send('POST', '/jobs/slow/runs', { headers })).status).toBe(500);
    expect((await api.send('POST', '/jobs/slow/runs', { headers }))).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    expect(emulator.stepFunctions.executions()).toEqual([]);
    expect((await api.send('POST', '/jobs/slow/runs', { headers })).status).toBe(202);
    expect(emulator.stepFunctions.executions()).toHaveLength(1);
  });

  test('after the execution is started: the next one finds it, also when it is over', async () => {
    const api = open();
    startOf(api).mockImplementationOnce(async () => {
      const [{ id }] = (await api.store.list(ownerHash(''), {}, 1)).runs;
      emulator.stepFunctions.start(api.jobs[1].stateMachineArn, { parameters: {} }, id);
      throw new Error('lost');
    });
    expect((await api.send('POST', '/jobs/broken/runs', { headers })).status).toBe(500);
    expect((await api.send('POST', '/jobs/broken/runs', { headers })).status).toBe(202);
    expect(emulator.stepFunctions.executions()).toHaveLength(1);
  });

  test('when the execution has been started: the caller has its id, and no reason to send it again', async () => {
    const api = open();
    const failure = Object.assign(new Error(), { name: 'ThrottlingException' });
    jest.spyOn(api.store, 'started').mockRejectedValueOnce(failure);
    jest.spyOn(api.store, 'durations').mockRejectedValueOnce(failure);
    jest.spyOn(api.limits, 'takePlace').mockRejectedValueOnce(failure);
    const { status, body } = await api.send('POST', '/jobs/slow/runs', { headers: { prefer: 'wait=5' } });
    expect([status, body.status]).toEqual([202, 'SUBMITTED']);
    await hearOfJob(api, body.id, 'RUNNABLE');
    expect((await api.send('GET', `/runs/${body.id}`)).body.status).toBe('RUNNABLE');
  });

  test('and is sent again late, while another request looks for it: it is not given up', async () => {
    const api = open();
    startOf(api).mockRejectedValueOnce(new Error('lost'));
    await api.send('POST', '/jobs/slow/runs', { headers });
    now += 6 * 60_000;
    const [old] = (await api.store.list(ownerHash(''), {}, 1)).runs;
    const again = await api.send('POST', '/jobs/slow/runs', { headers });
    await api.store.gone(old, { reason: 'NotStarted' });
    expect([again.status, (await api.send('GET', `/runs/${old.id}`)).body.status]).toEqual([202, 'SUBMITTED']);
  });

  test('and is not sent again: the run has failed after some minutes, and is no run that goes on for ever', async () => {
    const api = open();
    startOf(api).mockRejectedValueOnce(new Error('lost'));
    await api.send('POST', '/jobs/slow/runs', { headers });
    now += 2 * 60_000;
    expect((await api.send('GET', '/runs')).body.runs).toMatchObject([{ status: 'SUBMITTED' }]);
    now += 4 * 60_000;
    const { body: { runs: [run] } } = await api.send('GET', '/runs');
    expect(run).toMatchObject({ status: 'FAILED', failure: { reason: 'NotStarted' } });
    expect(await api.send('POST', `/runs/${run.id}/redrive`)).toMatchObject({ status: 409 });
    // The key still starts it.
    expect(await api.send('POST', '/jobs/slow/runs', { headers })).toMatchObject({ status: 202, body: { id: run.id, status: 'SUBMITTED' } });
    expect((await api.send('GET', `/runs/${run.id}`)).body).not.toHaveProperty('failure');
  });
});

describe('GET shows a run', () => {
  test('as its events bring it forward, and no late event brings it back', async () => {
    const api = open();
    const id = await start(api);
    const see = async () => (await api.send('GET', `/runs/${id}`)).body;
    await hearOfJob(api, id, 'RUNNABLE');
    expect(await see()).toMatchObject({ status: 'RUNNABLE', round: 1, attempt: 1, jobId: 'job-1' });
    await hearOfJob(api, id, 'RUNNABLE', { statusReason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' });
    expect(await see()).toMatchObject({ status: 'RUNNABLE', reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' });
    await hearOfJob(api, id, 'RUNNABLE');
    expect(await see()).toMatchObject({ reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' });
    await hearOfJob(api, id, 'RUNNING', { startedAt: now });
    expect(await see()).toMatchObject({ status: 'RUNNING', startedAt: new Date(now).toISOString() });
    expect(await see()).not.toHaveProperty('reason');
    await hearOfJob(api, id, 'STARTING');
    await hear(api, id, 'RUNNING');
    expect(await see()).toMatchObject({ status: 'RUNNING' });
    await hearOfJob(api, id, 'RUNNABLE', { attempts: [{}] });
    expect(await see()).toMatchObject({ status: 'RUNNABLE', attempt: 2 });
    expect(await see()).not.toHaveProperty('startedAt');
    await hear(api, id, 'SUCCEEDED', { output: JSON.stringify({ rounds: 1, jobId: 'job-1', result: { rows: 3 } }) });
    await hearOfJob(api, id, 'RUNNING', { attempts: [{}] });
    const { status, body, headers } = await api.send('GET', `/runs/${id}`);
    expect([status, body.status, body.result, body.attempt]).toEqual([200, 'SUCCEEDED', { rows: 3 }, 2]);
    expect(headers).not.toHaveProperty('retry-after');
  });

  test('of its owner only, in the same words as none', async () => {
    const api = open({ ownerClaim: 'sub' });
    const { body: { id } } = await api.send('POST', '/jobs/slow/runs', { caller: 'a' });
    const none = newRunId(ownerHash('sub:b'), now);
    const answersOf = async (run: string) => Promise.all([['GET', ''], ['DELETE', ''], ['POST', '/redrive']].map(([method, rest]) => api.send(method, `/runs/${run}${rest}`, { caller: 'b' })));
    expect((await answersOf(id)).map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(await answersOf(id)).toEqual(await answersOf(none));
    expect((await api.send('GET', '/runs', { caller: 'b' })).body).toEqual({ runs: [] });
    expect((await api.send('GET', '/runs', { caller: 'a' })).body.runs).toMatchObject([{ id }]);
    expect(await api.send('GET', '/runs')).toMatchObject({ status: 403, body: { detail: expect.stringContaining("the caller has no 'sub'") } });
  });

  test.each(['x', `${'0'.repeat(29)}-${'0'.repeat(20)}`, '%00', 'constructor', 'a'.repeat(5_000)])('but no run with the id %s', async (id) => {
    expect(await open().send('GET', `/runs/${id}`)).toMatchObject({ status: 404, body: { detail: 'there is no such run' } });
  });

  test('until it has expired', async () => {
    const api = open();
    const id = await start(api);
    await hear(api, id, 'ABORTED');
    now += RETENTION * 1000;
    expect((await api.send('GET', `/runs/${id}`)).status).toBe(200);
    now += 1000;
    expect((await api.send('GET', `/runs/${id}`)).status).toBe(404);
    expect((await api.send('GET', '/runs')).body.runs).toEqual([]);
  });

  test('and reads its execution when nothing was heard of it, once for all who ask', async () => {
    const api = open();
    const id = await start(api);
    executionOf(id).stop('Cancelled', 'by hand');
    expect((await api.send('GET', `/runs/${id}`)).body.status).toBe('SUBMITTED');
    now += 60_000;
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.send('GET', `/runs/${id}`)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await api.send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'CANCELLED', failure: { reason: 'Cancelled', message: 'by hand' } });
    expect(actions().filter((action) => action === 'DescribeExecution')).toHaveLength(1);
  });

  test('and shows what it knows where Step Functions asks for fewer calls', async () => {
    const api = open();
    const id = await start(api);
    now += 60_000;
    jest.spyOn(api.runs as never as { observe(): Promise<void> }, 'observe').mockRejectedValueOnce(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
    expect(await api.send('GET', `/runs/${id}`)).toMatchObject({ status: 200, body: { status: 'SUBMITTED' } });
    now += 60_000;
    jest.spyOn(api.runs as never as { observe(): Promise<void> }, 'observe').mockRejectedValueOnce(new Error('a defect'));
    expect((await api.send('GET', '/runs')).body.runs).toMatchObject([{ id, status: 'SUBMITTED' }]);
  });

  test('and reads an execution less and less often, the longer nothing was heard of it', async () => {
    const api = open();
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING');
    const readAt: number[] = [];
    for (let minute = 1; minute <= 240; minute++) {
      now += 60_000;
      const before = actions().length;
      await api.send('GET', `/runs/${id}`);
      if (actions().length > before) readAt.push(minute);
    }
    expect(readAt.slice(0, 3)).toEqual([1, 2, 3]);
    expect(readAt.slice(-2)[1] - readAt.slice(-2)[0]).toBeGreaterThanOrEqual(14);
    expect(readAt.length).toBeLessThan(45);
  });

  test('and all runs share a budget of readings', async () => {
    const api = open();
    const ids = await Promise.all(Array.from({ length: 22 }, () => start(api)));
    now = Math.ceil((now + 60_000) / 2_000) * 2_000;
    for (const readings of [10, 20, 22, 22]) {
      await Promise.all(ids.map((id) => api.send('GET', `/runs/${id}`)));
      expect(actions().filter((action) => action === 'DescribeExecution')).toHaveLength(readings);
      now += 2_000;
    }
  });
});

describe('a list', () => {
  test('has the newest first, in pages', async () => {
    const api = open();
    const ids: string[] = [];
    for (let run = 0; run < 5; run++) {
      now += 1;
      ids.unshift(await start(api, run % 2 ? '/jobs/broken/runs' : '/jobs/slow/runs'));
    }
    const pages: string[][] = [];
    let next: string | undefined;
    do {
      const { body } = await api.send('GET', `/runs?limit=2${next ? `&next=${next}` : ''}`);
      pages.push(body.runs.map(({ id }: { id: string }) => id));
      ({ next } = body);
    } while (next);
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    const idsOf = async (query: string) => (await api.send('GET', `/runs?${query}`)).body.runs.map(({ id }: { id: string }) => id);
    expect(await idsOf('job=broken')).toEqual([ids[1], ids[3]]);
    expect(await idsOf('job=broken&limit=1')).toEqual([ids[1]]);
    expect(await idsOf(`job=broken&limit=1&next=${ids[1]}`)).toEqual([ids[3]]);
    await hear(api, ids[1], 'FAILED', { error: 'ExitCode' });
    expect(await idsOf('status=FAILED')).toEqual([ids[1]]);
    expect(await idsOf('status=SUBMITTED&limit=2')).toEqual([ids[0], ids[2]]);
    expect(await idsOf(`status=SUBMITTED&next=${ids[2]}`)).toEqual([ids[3], ids[4]]);
    expect(await idsOf('status=SUBMITTED&job=slow')).toEqual([ids[0], ids[2], ids[4]]);
  });

  test('of another owner gives no page of this one', async () => {
    const api = open({ ownerClaim: 'sub' });
    const ids = await Promise.all(['a', 'a', 'b', 'b'].map(async (caller) => (await api.send('POST', '/jobs/slow/runs', { caller })).body.id as string));
    for (const next of ids) {
      const { body: { runs } } = await api.send('GET', `/runs?next=${next}`, { caller: 'b' });
      expect(runs.map(({ id }: { id: string }) => id).filter((id: string) => !ids.slice(2).includes(id))).toEqual([]);
    }
  });

  test('agrees with its runs: what was not heard of is read', async () => {
    const api = open();
    const id = await start(api);
    executionOf(id).stop();
    now += 60_000;
    expect((await api.send('GET', '/runs?status=SUBMITTED')).body.runs).toEqual([]);
    expect((await api.send('GET', '/runs')).body.runs).toMatchObject([{ id, status: 'CANCELLED' }]);
  });

  test.each([['limit=0', 'limit'], ['status=DONE', 'status'], ['next=x', 'next'], ['job=other', 'job']])('with %s is refused', async (query, name) => {
    expect(await open().send('GET', `/runs?${query}`)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(`'${name}'`) } });
  });

  test('of a job that there is not says which there are', async () => {
    expect((await open().send('GET', '/runs?job=other')).body.detail).toBe("'job' is no job of this API; use slow, broken");
  });
});

describe('progress', () => {
  const begin = async (api: Api) => {
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING', { startedAt: now, container: { logStreamName: 'first' } });
    return id;
  };
  const see = async (api: Api, id: string) => (await api.send('GET', `/runs/${id}`)).body;

  test('is what the container said last, and is read when somebody asks', async () => {
    const api = open();
    const id = await begin(api);
    expect(await see(api, id)).not.toHaveProperty('progress'); // there is no stream yet
    now += 2_000;
    ['begin', '::progress 10 load', '::progress 42 rendering tiles', 'words'].forEach((line) => emulator.logs.write(LOG_GROUP, 'first', line));
    expect((await see(api, id)).progress).toEqual({ percentage: 42, message: 'rendering tiles', at: expect.stringMatching(/Z$/) });
    emulator.logs.write(LOG_GROUP, 'first', '::progress 201/300');
    now += 1_999;
    expect((await see(api, id)).progress).toMatchObject({ percentage: 42 });
    now += 1;
    expect((await see(api, id)).progress).toMatchObject({ percentage: 67, done: 201, total: 300 });
  });

  test('is read once for all who ask', async () => {
    const api = open();
    const id = await begin(api);
    emulator.logs.write(LOG_GROUP, 'first', '::progress 5');
    await Promise.all(Array.from({ length: 20 }, () => see(api, id)));
    expect(reads()).toBe(1);
    const writes = () => calls.filter(({ call }) => call.action === 'UpdateItem').length;
    const before = writes();
    expect((await see(api, id)).progress).toMatchObject({ percentage: 5 });
    expect([reads(), writes() - before]).toEqual([1, 0]);
  });

  test('of an earlier attempt is none of the next one', async () => {
    const api = open();
    const id = await begin(api);
    emulator.logs.write(LOG_GROUP, 'first', '::progress 80');
    expect((await see(api, id)).progress).toMatchObject({ percentage: 80 });
    await hearOfJob(api, id, 'RUNNABLE', { attempts: [{}] });
    expect(await see(api, id)).not.toHaveProperty('progress');
    await hearOfJob(api, id, 'RUNNING', { attempts: [{}], container: { logStreamName: 'second' } });
    emulator.logs.write(LOG_GROUP, 'second', '::progress 3');
    now += 2_000;
    expect((await see(api, id)).progress).toMatchObject({ percentage: 3 });
  });

  test('stays when a run fails, and is not read any more', async () => {
    const api = open();
    const id = await begin(api);
    emulator.logs.write(LOG_GROUP, 'first', '::progress 80');
    await see(api, id);
    await hear(api, id, 'FAILED', { error: 'ExitCode' });
    now += 2_000;
    expect((await see(api, id)).progress).toMatchObject({ percentage: 80 });
    expect(reads()).toBe(1);
  });

  test('has a budget that all runs share', async () => {
    const api = open();
    const ids = await Promise.all(Array.from({ length: 22 }, () => begin(api)));
    now = Math.ceil(now / 2_000) * 2_000;
    await Promise.all(ids.map((id) => see(api, id)));
    expect(reads()).toBe(10);
    const writes = () => calls.filter(({ call }) => call.action === 'UpdateItem').length;
    const before = writes();
    await Promise.all(ids.map((id) => see(api, id)));
    expect([reads(), writes() - before]).toEqual([10, 0]); // it is known that no call is left
    now += 2_000;
    await Promise.all(ids.map((id) => see(api, id)));
    expect(reads()).toBe(20);
  });

  test('that cannot be read is left out, and the run is shown', async () => {
    const api = open();
    const id = await begin(api);
    jest.spyOn(api.limits, 'takeCall').mockRejectedValueOnce(Object.assign(new Error(), { name: 'AccessDeniedException' }));
    expect(await see(api, id)).toMatchObject({ status: 'RUNNING' });
    const line = JSON.stringify({ notice: 'failed', runId: id, error: 'AccessDeniedException', message: 'GetLogEvents: the progress may be old' });
    expect(console.log).toHaveBeenCalledWith(line);
  });

  test('of an array job is none', async () => {
    const api = open();
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING');
    expect(await see(api, id)).not.toHaveProperty('progress');
    expect(reads()).toBe(0);
  });
});

describe('the logs of a run', () => {
  const textsOf = ({ lines }: { lines: { text: string }[] }) => lines.map(({ text }) => text);
  const write = (stream: string, ...lines: string[]) => lines.forEach((line) => emulator.logs.write(LOG_GROUP, stream, line));

  test('are those of all its containers, page by page, to the end', async () => {
    const api = open();
    const id = await start(api);
    const page = async (query: string) => (await api.send('GET', `/runs/${id}/logs?${query}`)).body;
    expect(await page('')).toEqual({ lines: [], reason: 'no container of this run has started yet' });
    await hearOfJob(api, id, 'RUNNING', { container: { logStreamName: 'first' } });
    const none = await page('');
    expect(none).toEqual({ lines: [], reason: 'the log stream does not exist yet', next: expect.any(String) });
    write('first', 'a', 'b', 'c');
    const first = await page(`limit=2&next=${none.next}`);
    expect([textsOf(first), first.lines[0].at]).toEqual([['a', 'b'], expect.stringMatching(/Z$/)]);
    const second = await page(`next=${first.next}`);
    expect(textsOf(second)).toEqual(['c']);
    const waiting = await page(`next=${second.next}`);
    expect(waiting).toEqual({ lines: [], next: second.next });
    await hearOfJob(api, id, 'RUNNABLE', { attempts: [{}] });
    await hearOfJob(api, id, 'RUNNING', { attempts: [{}], container: { logStreamName: 'second' } });
    write('second', 'd');
    const over = await page(`next=${waiting.next}`);
    const fourth = await page(`next=${over.next}`);
    expect([textsOf(over), textsOf(fourth)]).toEqual([[], ['d']]);
    await hear(api, id, 'FAILED', { error: 'ExitCode' });
    const last = await page(`next=${fourth.next}`);
    expect(last).toEqual({ lines: [] });
    expect(textsOf(await page('from=tail&limit=1'))).toEqual(['d']);
    expect(textsOf(await page('from=head&limit=1'))).toEqual(['a']);
  });

  test('go on from the tail', async () => {
    const api = open();
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING', { container: { logStreamName: 'first' } });
    write('first', 'a', 'b', 'c');
    const tail = (await api.send('GET', `/runs/${id}/logs?from=tail&limit=2`)).body;
    write('first', 'd');
    expect([textsOf(tail), textsOf((await api.send('GET', `/runs/${id}/logs?next=${tail.next}`)).body)]).toEqual([['b', 'c'], ['d']]);
  });

  test('are in the log group of the job, whatever a job in Batch names as its own', async () => {
    const api = open();
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING', { container: { logStreamName: 'forged' } }, { round: 9, logGroup: 'of an attacker' });
    emulator.logs.write(LOG_GROUP, 'forged', 'a');
    expect(textsOf((await api.send('GET', `/runs/${id}/logs`)).body)).toEqual(['a']);
    expect((await api.store.get(id))!.logGroup).toBe(LOG_GROUP);
  });

  test('go on after a stream that does not exist', async () => {
    const api = open();
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING', { container: { logStreamName: 'deleted' } });
    await hearOfJob(api, id, 'RUNNING', { attempts: [{}], container: { logStreamName: 'second' } });
    write('second', 'b');
    const { lines, next } = (await api.send('GET', `/runs/${id}/logs`)).body;
    expect([lines, textsOf((await api.send('GET', `/runs/${id}/logs?next=${next}`)).body)]).toEqual([[], ['b']]);
  });

  test('of an imported job cannot be read, and the answer says so', async () => {
    const api = open();
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING', { container: { logStreamName: 'first' } });
    jest.spyOn(api.limits, 'takeCall').mockRejectedValueOnce(Object.assign(new Error(), { name: 'AccessDeniedException' }));
    expect(await api.send('GET', `/runs/${id}/logs`)).toMatchObject({ status: 200, body: { lines: [], reason: 'this API may not read the log of this job' } });
  });

  test('are known from the output where events were lost', async () => {
    const api = open();
    const id = await start(api);
    write('named', 'a');
    await hear(api, id, 'SUCCEEDED', { output: JSON.stringify({ logGroup: LOG_GROUP, logStreams: ['named', 7] }) });
    expect(textsOf((await api.send('GET', `/runs/${id}/logs`)).body)).toEqual(['a']);
    const other = await start(api);
    await hear(api, other, 'FAILED', { cause: 'words' });
    expect((await api.send('GET', `/runs/${other}/logs`)).body).toEqual({ lines: [], reason: 'no container of this run has started, or its log is not in CloudWatch Logs' });
    const gone = await start(api);
    await hear(api, gone, 'SUCCEEDED', { output: JSON.stringify({ logGroup: LOG_GROUP, logStreams: ['gone'] }) });
    expect((await api.send('GET', `/runs/${gone}/logs`)).body).toEqual({ lines: [], reason: 'the log stream does not exist any more' });
  });

  const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  test.each([
    ['limit=0', 'limit'], ['limit=1001', 'limit'], ['from=middle', 'from'], ['next=x', 'next'], [`next=${cursor([1])}`, 'next'], [`next=${cursor(['first'])}`, 'next'],
    [`next=${cursor([0, 7])}`, 'next'], [`next=${cursor([0, 'no token'])}`, 'next'], [`next=${cursor({})}`, 'next'],
    [`next=%F4${cursor([0])}`, 'next'],
  ])('with %s are refused', async (query, name) => {
    const api = open();
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING', { container: { logStreamName: 'first' } });
    write('first', 'a');
    expect(await api.send('GET', `/runs/${id}/logs?${query}`)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(`'${name}'`) } });
  });

  test('with a page of no log are refused also where no container has started', async () => {
    const api = open();
    expect(await api.send('GET', `/runs/${await start(api)}/logs?next=x`)).toMatchObject({ status: 400 });
  });

  test('of another owner are not there', async () => {
    const api = open({ ownerClaim: 'sub' });
    const { body: { id } } = await api.send('POST', '/jobs/slow/runs', { caller: 'a' });
    expect((await api.send('GET', `/runs/${id}/logs`, { caller: 'b' })).status).toBe(404);
  });

  test('are refused with 429 where they are read too often, and nothing of a failure is shown', async () => {
    const api = open();
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING', { container: { logStreamName: 'first' } });
    write('first', 'a');
    const take = jest.spyOn(api.limits, 'takeCall');
    take.mockResolvedValueOnce(false);
    expect(await api.send('GET', `/runs/${id}/logs`)).toMatchObject({ status: 429, headers: { 'retry-after': '2' }, body: { title: 'Too Many Requests', detail: expect.stringContaining('read too often') } });
    expect(take).toHaveBeenCalledWith('GetLogEvents', { calls: 10, period: 2 });
    take.mockRejectedValueOnce(Object.assign(new Error(), { name: 'ThrottlingException' }));
    expect(await api.send('GET', `/runs/${id}/logs`)).toMatchObject({ status: 429 });
    take.mockRejectedValueOnce(Object.assign(new Error('secret'), { name: 'ValidationException' }));
    expect(await api.send('GET', `/runs/${id}/logs`)).toMatchObject({ status: 500 });
  });
});

describe('a result that is not in the answer', () => {
  const KEY = `results/${RESULTS.folder}/run`;
  const URI = `s3://${RESULTS.bucket}/${KEY}`;
  const ended = async (api: Api, output: object) => {
    const id = await start(api);
    await hear(api, id, 'SUCCEEDED', { output: JSON.stringify(output) });
    return id;
  };
  const put = (key = KEY) => emulator.s3.put(RESULTS.bucket, key, '{"rows":[1,2,3]}');
  const linkOf = async (api: Api, id: string) => (await api.send('GET', `/runs/${id}`)).body.resultLink;

  test('has a link for some minutes, which needs no credentials, and which a browser saves', async () => {
    const api = open();
    put();
    const { body } = await api.send('GET', `/runs/${await ended(api, { result: null, resultUri: URI, resultError: 'too large' })}`);
    expect(body).toMatchObject({ result: null, resultUri: URI, resultError: 'too large', resultLink: { expiresAt: new Date(now + 900_000).toISOString(), size: 16 } });
    const response = await fetch(body.resultLink.url);
    expect([response.status, response.headers.get('content-disposition'), await response.text()]).toEqual([200, 'attachment', '{"rows":[1,2,3]}']);
    const altered = new URL(body.resultLink.url);
    altered.pathname = `/${RESULTS.bucket}/results/other/run`;
    put('results/other/run');
    expect((await fetch(altered)).status).toBe(403);
  });

  test.each<[string, object]>([
    ['a result that is in the answer', { result: { rows: 3 }, resultUri: URI }], ['no result', { result: null, resultUri: null }], ['a URI that is no text', { resultUri: 7 }],
    ['the result of another job', { resultUri: `s3://${RESULTS.bucket}/results/other/run` }], ['an object that is no result', { resultUri: `s3://${RESULTS.bucket}/payloads/slow-1/run` }],
    ['an object of another bucket', { resultUri: 's3://other/results/slow-1/run' }], ['the results of an array', { resultUri: `s3://${RESULTS.bucket}/results/slow-1/run/` }],
    ['what only begins like the folder', { resultUri: `s3://${RESULTS.bucket}/results/slow-12/run` }],
  ])('does not make a link to %s', async (_, output) => {
    const api = open();
    for (const key of [KEY, 'results/other/run', 'payloads/slow-1/run', 'results/slow-1/run/', 'results/slow-12/run']) put(key);
    expect(await linkOf(api, await ended(api, output))).toBeUndefined();
  });

  test('has none when the object is gone, when the run failed, and in a list', async () => {
    const api = open();
    const id = await ended(api, { resultUri: URI });
    expect(await linkOf(api, id)).toBeUndefined();
    put();
    expect(await linkOf(api, id)).toBeDefined();
    for (const name of ['resultLink', 'result', 'resultUri']) expect((await api.send('GET', '/runs')).body.runs[0]).not.toHaveProperty(name);
    const failed = await start(api);
    await hear(api, failed, 'FAILED', { error: 'ExitCode', cause: JSON.stringify({ resultUri: URI }) });
    expect(await linkOf(api, failed)).toBeUndefined();
  });

  test('has none where the job keeps no results, and where the API has the job no longer', async () => {
    const api = open();
    put();
    const id = await ended(api, { resultUri: URI });
    const of = jest.spyOn(api.specs, 'of').mockResolvedValueOnce({} as JobSpec);
    expect(await linkOf(api, id)).toBeUndefined();
    of.mockRejectedValueOnce(Object.assign(new Error(), { name: 'AccessDeniedException' }));
    expect(await linkOf(api, id)).toBeUndefined();
    expect(console.log).toHaveBeenCalledWith(JSON.stringify({ notice: 'failed', runId: id, error: 'AccessDeniedException', message: 'the answer has no link to the result' }));
    expect(await linkOf(api, id)).toBeDefined();
  });
});

describe('a run that waits', () => {
  const QUEUE = 'arn:aws:batch:us-east-1:123456789012:job-queue/q';
  /** The jobs of the queue, and how often it was read. */
  let front: string[];
  let readings: string[];
  const waits = async (api: Api, detail: object = {}) => {
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNABLE', { jobQueue: QUEUE, ...detail });
    return id;
  };
  const queueOf = async (api: Api, id: string) => (await api.send('GET', `/runs/${id}`)).body.queue;

  const openWithQueue = () => {
    const api = open();
    [front, readings] = [[], []];
    jest.spyOn(emulator.batch, 'handle').mockImplementation(async ({ action, input }) => {
      readings.push(`${action} ${input.jobQueue}`);
      return { frontOfQueue: { jobs: front.map((id) => ({ jobArn: `arn:aws:batch:us-east-1:123456789012:job/${id}` })), lastUpdatedAt: now - 1_000 } };
    });
    jest.spyOn(emulator.batch, 'authorizations').mockReturnValue([]);
    return api;
  };

  test('has its place in the queue, which is read once for all who ask within ten seconds', async () => {
    const api = openWithQueue();
    const [id, second] = [await waits(api), await waits(api, { jobId: 'job-2' })];
    front = ['other', 'job-1', 'job-2'];
    expect(await queueOf(api, id)).toEqual({ position: 2, at: new Date(now - 1_000).toISOString() });
    front = ['job-1', 'job-2'];
    expect(await Promise.all([queueOf(api, second), queueOf(api, id)])).toMatchObject([{ position: 3 }, { position: 2 }]);
    expect(readings).toEqual([`GetJobQueueSnapshot ${QUEUE}`]);
    now += 10_000;
    expect(await Promise.all([queueOf(api, second), queueOf(api, id)])).toMatchObject([{ position: 2 }, { position: 1 }]);
    expect(readings).toHaveLength(2);
    expect((await api.send('GET', '/runs')).body.runs[0]).not.toHaveProperty('queue');
  });

  test('has the least place that it can have, where AWS Batch tells others only', async () => {
    const api = openWithQueue();
    front = Array.from({ length: 100 }, (_, index) => `other-${index}`);
    expect(await queueOf(api, await waits(api))).toEqual({ positionAtLeast: 101, at: new Date(now - 1_000).toISOString() });
  });

  test('has another tag at another place', async () => {
    const api = openWithQueue();
    const id = await waits(api);
    const tagWith = async (jobs: string[]) => {
      now += 10_000;
      front = jobs;
      return (await api.send('GET', `/runs/${id}`)).headers.etag;
    };
    const others = Array.from({ length: 100 }, (_, index) => `other-${index}`);
    const tags = [await tagWith(['a', 'job-1']), await tagWith(['b', 'job-1']), await tagWith(['job-1']), await tagWith(others), await tagWith([])];
    expect(tags[1]).toBe(tags[0]);
    expect(new Set(tags).size).toBe(4);
  });

  test.each<[string, (api: Api) => Promise<string>, number]>([
    ['is not in a short list', (api) => waits(api, { jobId: 'job-2' }), 1],
    ['is not known to be in a queue', (api) => waits(api, { jobQueue: undefined }), 0],
    ['is not submitted yet', (api) => start(api), 0],
    ['is an array job, which is PENDING', async (api) => {
      const id = await start(api);
      await hearOfJob(api, id, 'PENDING', { jobQueue: QUEUE });
      return id;
    }, 0],
    ['runs by now', async (api) => {
      const id = await waits(api);
      await hearOfJob(api, id, 'RUNNING', { jobQueue: QUEUE });
      return id;
    }, 0],
    ['was redriven, and has no job yet', async (api) => {
      const id = await waits(api);
      await hear(api, id, 'RUNNING', { redriveCount: 1 });
      return id;
    }, 0],
  ])('has none where it %s', async (_, begin, count) => {
    const api = openWithQueue();
    front = ['job-1'];
    const id = await begin(api);
    expect(await queueOf(api, id)).toBeUndefined();
    expect(readings).toHaveLength(count);
  });

  test('has none where the queue cannot be read, which is not tried for each request', async () => {
    const api = openWithQueue();
    const id = await waits(api);
    front = ['job-1'];
    jest.mocked(emulator.batch.handle).mockImplementationOnce(() => { throw new Error('secret'); });
    const take = jest.spyOn(api.limits, 'takeCall');
    expect([await queueOf(api, id), await queueOf(api, id)]).toEqual([undefined, undefined]);
    expect(take.mock.calls).toEqual([['GetJobQueueSnapshot', { calls: 10, period: 2 }]]);
    const line = { notice: 'failed', error: 'InternalFailure', message: 'GetJobQueueSnapshot: the answer has no position in the queue' };
    expect(console.log).toHaveBeenCalledWith(JSON.stringify(line));
    now += 10_000;
    expect(await queueOf(api, id)).toMatchObject({ position: 1 });
  });

  test('has none where the queues are read too often: all runs share a budget', async () => {
    const api = openWithQueue();
    now = Math.ceil(now / 2_000) * 2_000;
    const ids = await Promise.all(Array.from({ length: 12 }, (_, index) => waits(api, { jobId: `job-${index}`, jobQueue: `${QUEUE}${index}` })));
    front = Array.from({ length: 12 }, (_, index) => `job-${index}`);
    const places = await Promise.all(ids.map((id) => queueOf(api, id)));
    expect([places.filter((place) => place !== undefined).length, readings.length]).toEqual([10, 10]);
  });
});

describe('an answer about a run', () => {
  test('has a tag that stays while nothing is heard of the run', async () => {
    const api = open();
    const id = await start(api);
    const ask = (tag?: string) => api.send('GET', `/runs/${id}`, { headers: tag === undefined ? {} : { 'if-none-match': tag } });
    const { headers: { etag } } = await ask();
    expect(etag).toMatch(/^W\/"[0-9a-f]{32}"$/);
    expect(await ask(etag)).toMatchObject({ status: 304, body: undefined, headers: { etag, 'retry-after': '2' } });
    expect((await ask('W/"other"')).status).toBe(200);
    await hearOfJob(api, id, 'RUNNABLE');
    const changed = await ask(etag);
    expect([changed.status, changed.headers.etag === etag]).toEqual([200, false]);
    await api.send('DELETE', `/runs/${id}`);
    expect((await ask(changed.headers.etag)).status).toBe(200);
  });

  test('says how long earlier runs took, when three are known, and when to ask again', async () => {
    const api = open();
    for (const duration of [100, 200, 600]) {
      const id = await start(api);
      now += duration * 1000;
      const random = jest.spyOn(Math, 'random').mockReturnValue(duration / 1000); // another place for each
      await hear(api, id, 'SUCCEEDED', { output: '{}' });
      random.mockRestore();
    }
    now += 60_000;
    const { body, headers } = await api.send('POST', '/jobs/slow/runs');
    expect([body.estimate, headers['retry-after']]).toEqual([{ runs: 3, medianSeconds: 200, p90Seconds: 600 }, '20']);
    now += 150_000;
    expect((await api.send('GET', `/runs/${body.id}`)).headers['retry-after']).toBe('5');
    await hear(api, body.id, 'FAILED');
    expect((await api.send('GET', `/runs/${body.id}`)).body).not.toHaveProperty('estimate');
    expect((await api.send('POST', '/jobs/broken/runs')).body).not.toHaveProperty('estimate');
  });
});

describe('a request that waits', () => {
  /** Waiting takes no time here. It may do something instead, in its third second. */
  let inThirdSecond: (() => Promise<void>) | undefined;
  let passed = 0;
  let onSleep: (() => void) | undefined;
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
    onSleep?.();
    if (++passed === 3) await inThirdSecond?.();
  };
  beforeEach(() => {
    inThirdSecond = onSleep = undefined;
    passed = 0;
  });

  test('is answered when the run is over', async () => {
    const api = open({ sleep });
    const id = await start(api);
    inThirdSecond = () => hear(api, id, 'SUCCEEDED', { output: '{"result":1}' });
    const began = now;
    expect((await api.send('GET', `/runs/${id}?wait=25`)).body).toMatchObject({ status: 'SUCCEEDED', result: 1 });
    expect(now - began).toBe(3_000);
  });

  test('is answered when its time is over', async () => {
    const api = open({ sleep });
    const id = await start(api);
    const began = now;
    expect((await api.send('GET', `/runs/${id}?wait=10`)).body).toMatchObject({ status: 'SUBMITTED' });
    expect(now - began).toBe(10_000);
  });

  test('starts a run and gives its result with 200, or says 202', async () => {
    const api = open({ sleep });
    const waited = await api.send('POST', '/jobs/slow/runs', { headers: { 'prefer': 'wait=2', 'idempotency-key': 'k' } });
    expect(waited).toMatchObject({ status: 202, headers: { 'preference-applied': 'wait=2', 'retry-after': '2' } });
    await hear(api, waited.body.id, 'SUCCEEDED', { output: '{"result":1}' });
    const done = await api.send('POST', '/jobs/slow/runs', { headers: { 'prefer': 'wait=2', 'idempotency-key': 'k' } });
    expect(done).toMatchObject({ status: 200, headers: { 'preference-applied': 'wait=2', 'location': waited.headers.location }, body: { result: 1 } });
  });

  test('does not wait when the most wait already, and its place is free again when one ends', async () => {
    const api = open({ mostWaiting: 1, sleep });
    const id = await start(api);
    const giveBack = await api.limits.takePlace();
    const began = now;
    expect(await api.send('POST', '/jobs/slow/runs', { headers: { prefer: 'wait=5' } })).toMatchObject({ status: 202, headers: expect.not.objectContaining({ 'preference-applied': 'wait=5' }) });
    expect(now).toBe(began);
    await giveBack!();
    await api.send('GET', `/runs/${id}?wait=5`);
    expect(now - began).toBe(5_000);
    await api.send('GET', `/runs/${id}?wait=5`);
    expect(now - began).toBe(10_000);
  });

  test('for lines of a log gives them as soon as they are there, and none after the time', async () => {
    const api = open({ sleep });
    const id = await start(api);
    const began = now;
    const none = await api.send('GET', `/runs/${id}/logs?wait=5`);
    expect([none.status, none.body, now - began]).toEqual([200, { lines: [], reason: 'no container of this run has started yet' }, 4_000]);
    await hearOfJob(api, id, 'RUNNING', { container: { logStreamName: 'first' } });
    onSleep = () => { if (now - began > 8_000) emulator.logs.write(LOG_GROUP, 'first', 'a'); };
    const { lines, next } = (await api.send('GET', `/runs/${id}/logs?wait=25`)).body;
    expect([lines.map(({ text }: { text: string }) => text), now - began]).toEqual([['a'], 10_000]);
    onSleep = undefined;
    const stepped = now;
    const { body } = await api.send('GET', `/runs/${id}/logs?next=${next}&wait=3`);
    expect([body.lines, now - stepped]).toEqual([[], 2_000]);
    await hear(api, id, 'SUCCEEDED', { output: '{}' });
    expect((await api.send('GET', `/runs/${id}/logs?next=${next}&wait=25`)).body).toEqual({ lines: [] });
    expect(now - stepped).toBe(2_000);
    expect(await api.send('GET', `/runs/${id}/logs?wait=26`)).toMatchObject({ status: 400, body: { detail: expect.stringContaining("'wait'") } });
  });

  test('for lines of a log that is read too often meanwhile gives what it has', async () => {
    const api = open({ sleep });
    const id = await start(api);
    await hearOfJob(api, id, 'RUNNING', { container: { logStreamName: 'first' } });
    emulator.logs.write(LOG_GROUP, 'first', 'a');
    const { next } = (await api.send('GET', `/runs/${id}/logs`)).body;
    const take = jest.spyOn(api.limits, 'takeCall').mockResolvedValueOnce(true).mockResolvedValue(false);
    expect(await api.send('GET', `/runs/${id}/logs?next=${next}&wait=5`)).toMatchObject({ status: 200, body: { lines: [], next } });
    expect(take).toHaveBeenCalledTimes(3);
  });

  test('keeps its place for some seconds only, if it ends without giving it back', async () => {
    const { limits } = open({ mostWaiting: 1 });
    expect(await limits.takePlace()).toBeDefined();
    now += 40_000;
    expect(await limits.takePlace()).toBeUndefined();
    now += 2_000;
    expect(await limits.takePlace()).toBeDefined();
    expect(await open({ mostWaiting: 0 }).limits.takePlace()).toBeUndefined();
  });

  test('gives no place back that another one has meanwhile', async () => {
    const { limits } = open({ mostWaiting: 1 });
    const giveBack = await limits.takePlace();
    now += 42_000;
    await limits.takePlace();
    await giveBack!();
    expect(await limits.takePlace()).toBeUndefined();
  });
});

describe('DELETE stops a run', () => {
  test('and says that it was asked to', async () => {
    const api = open();
    const id = await start(api);
    expect(await api.send('DELETE', `/runs/${id}`)).toMatchObject({ status: 202, headers: { 'retry-after': '2' }, body: { status: 'SUBMITTED', cancelRequestedAt: new Date(now).toISOString() } });
    expect(executionOf(id)).toMatchObject({ status: 'ABORTED', error: 'Cancelled', cause: 'a caller of the API cancelled the run' });
    now += 1_000;
    await hearOfJob(api, id, 'RUNNING');
    expect((await api.send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'RUNNING', cancelRequestedAt: new Date(now - 1_000).toISOString() });
    await hear(api, id, 'ABORTED', { error: 'Cancelled', cause: 'a caller of the API cancelled the run' });
    expect(await api.send('DELETE', `/runs/${id}`)).toMatchObject({ status: 200, body: { status: 'CANCELLED', failure: { reason: 'Cancelled' } } });
    expect(actions().filter((action) => action === 'StopExecution')).toHaveLength(1);
  });

  test('but not one that is not started yet', async () => {
    const api = open();
    startOf(api).mockResolvedValueOnce();
    const id = await start(api);
    expect(await api.send('DELETE', `/runs/${id}`)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('the execution of this run does not exist') } });
  });
});

describe('DELETE says that a run is being stopped', () => {
  test.each([['its job goes on', 'RUNNING'], ['its execution has ended', 'ABORTED']])('also when %s meanwhile', async (_, status) => {
    const api = open();
    const id = await start(api);
    const requested = api.store.cancelRequested.bind(api.store);
    jest.spyOn(api.store, 'cancelRequested').mockImplementationOnce(async (run) => {
      if (status === 'RUNNING') await hearOfJob(api, id, status);
      else await hear(api, id, status);
      return requested(run);
    });
    expect(await api.send('DELETE', `/runs/${id}`)).toMatchObject({ status: 202, body: { cancelRequestedAt: expect.any(String) } });
  });
});

describe('POST redrives a run', () => {
  test('that was redriven without the API before', async () => {
    const api = open();
    const id = await start(api, '/jobs/broken/runs');
    await hear(api, id, 'FAILED');
    executionOf(id).redrive();
    await emulator.settle(() => executionOf(id).status !== 'RUNNING');
    expect((await api.send('POST', `/runs/${id}/redrive`)).body).toMatchObject({ status: 'SUBMITTED', redrives: 2 });
  });


  test('that failed, and its events are of the new start', async () => {
    const api = open();
    const id = await start(api, '/jobs/broken/runs');
    await hear(api, id, 'FAILED', { error: 'ExitCode', cause: '{"message":"exit code 3"}' });
    expect((await api.send('GET', `/runs/${id}`)).body.failure).toMatchObject({ reason: 'ExitCode', message: 'exit code 3' });
    const { status, body } = await api.send('POST', `/runs/${id}/redrive`);
    expect([status, body.status, body.redrives]).toEqual([202, 'SUBMITTED', 1]);
    expect(body).not.toHaveProperty('failure');
    expect(body).not.toHaveProperty('endedAt');
    expect(executionOf(id).redriveCount).toBe(1);
    await hear(api, id, 'FAILED', { error: 'late' });
    expect((await api.send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'SUBMITTED' });
    await hear(api, id, 'SUCCEEDED', { redriveCount: 1, output: '{"result":2}' });
    expect((await api.send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'SUCCEEDED', result: 2, redrives: 1 });
  });

  test('that was cancelled, and it is cancelled no more', async () => {
    const api = open();
    const id = await start(api);
    await api.send('DELETE', `/runs/${id}`);
    await hear(api, id, 'ABORTED');
    expect((await api.send('POST', `/runs/${id}/redrive`)).body).not.toHaveProperty('cancelRequestedAt');
  });

  test('but none that goes on, succeeded, or went on meanwhile', async () => {
    const api = open();
    const id = await start(api);
    expect(await api.send('POST', `/runs/${id}/redrive`)).toMatchObject({ status: 409, body: { detail: 'the run is SUBMITTED; only one that failed or was cancelled can be redriven' } });
    await hear(api, id, 'FAILED');
    expect(await api.send('POST', `/runs/${id}/redrive`)).toMatchObject({ status: 409, body: { detail: 'Step Functions cannot redrive the execution of this run: Execution is RUNNING and cannot be redriven' } });
    expect(executionOf(id).redriveCount).toBe(0);
  });

  test('and one that another caller redrives at the same time is a conflict', async () => {
    const api = open();
    const id = await start(api);
    await api.send('DELETE', `/runs/${id}`);
    await hear(api, id, 'ABORTED');
    const observe = api.runs.observe.bind(api.runs);
    jest.spyOn(api.runs, 'observe').mockImplementation(async (change) => {
      await observe(change);
      executionOf(id).redrive();
    });
    expect(await api.send('POST', `/runs/${id}/redrive`)).toMatchObject({
      status: 409, body: { detail: 'Step Functions cannot redrive the execution of this run: its status has just changed; ask for the run again' },
    });
  });
});

test('a run of a job that the API has no longer is shown, and cannot be stopped', async () => {
  const api = open();
  const [id, over] = [await start(api), await start(api)];
  await hear(api, over, 'FAILED');
  api.jobs.splice(0, 1);
  const refused = { status: 409, body: { detail: expect.stringContaining("the API no longer has the job 'slow' of this run") } };
  expect((await api.send('GET', `/runs/${id}`)).status).toBe(200);
  expect(await api.send('DELETE', `/runs/${id}`)).toMatchObject(refused);
  expect(await api.send('POST', `/runs/${over}/redrive`)).toMatchObject(refused);
});

test('a run whose execution does not exist any more, or cannot be read any more, is lost', async () => {
  const api = open();
  const [id, other] = [await start(api), await start(api)];
  const describe = jest.spyOn(api.runs as never as { describe(): Promise<void> }, 'describe');
  describe.mockRejectedValueOnce(Object.assign(new Error(), { name: 'ExecutionDoesNotExist' }));
  now += 5 * 60_000;
  expect((await api.send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'FAILED', failure: { reason: 'Lost' } });
  describe.mockRejectedValue(Object.assign(new Error(), { name: 'AccessDeniedException' }));
  expect((await api.send('GET', `/runs/${other}`)).body).toMatchObject({ status: 'SUBMITTED' });
  api.jobs.splice(0, 1);
  now += 60_000;
  expect((await api.send('GET', `/runs/${other}`)).body).toMatchObject({ status: 'FAILED', failure: { reason: 'Lost' } });
});

test('an execution that the API did not start has no record', async () => {
  const api = open();
  const [{ stateMachineArn }] = api.jobs;
  emulator.stepFunctions.start(stateMachineArn, {}, 'by-hand');
  await hear(api, 'by-hand', 'ABORTED');
  const foreign = newRunId(ownerHash(''), now);
  emulator.stepFunctions.start(stateMachineArn, {}, foreign);
  await hear(api, foreign, 'ABORTED');
  expect((await api.send('GET', '/runs')).body).toEqual({ runs: [] });
});

test('an output of an execution that has no record is not kept', async () => {
  const api = open();
  const [{ stateMachineArn }] = api.jobs;
  const id = newRunId(ownerHash(''), now);
  emulator.stepFunctions.start(stateMachineArn, {}, id);
  await hear(api, id, 'SUCCEEDED', { output: '{"result":1}' });
  expect(await api.store.output({ id, redrives: 0 } as never)).toBeUndefined();
});

test('an execution of another job with the name of a run changes nothing', async () => {
  const api = open();
  const id = await start(api);
  const { stateMachineArn } = api.jobs[1];
  await api.runs.observe({ id, stateMachineArn, status: 'FAILED', step: '0000.9999.9999.0009', at: now, details: { redrives: 0 } });
  expect((await api.send('GET', `/runs/${id}`)).body.status).toBe('SUBMITTED');
});

test('a job that names a run, and a redrive that there is not, does not hide the end of the run', async () => {
  const api = open();
  const id = await start(api);
  await hearOfJob(api, id, 'RUNNING', {}, { redrive: 9_000 });
  expect((await api.send('GET', `/runs/${id}`)).body.status).toBe('SUBMITTED');
  await hearOfJob(api, id, 'RUNNING', {}, { round: 9_999 });
  await hear(api, id, 'SUCCEEDED', { output: '{"result":1}' });
  expect((await api.send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'SUCCEEDED', result: 1 });
});

describe('an event that leaves out what it is about', () => {
  const detailOf = (id: string) => ({ executionArn: executionOf(id).arn, stateMachineArn: executionOf(id).stateMachineArn });
  const partial = (id: string, detail: object) => api.runs.observe(changeOfExecution({
    'detail-type': 'Step Functions Execution Status Change', 'time': new Date(now).toISOString(), 'detail': { ...detailOf(id), stopDate: now, output: null, ...detail } as never,
  }));
  let api: Api;

  test('has the execution read: an output that is too long, and an error that is not told', async () => {
    api = open();
    const id = await start(api);
    await emulator.settle(() => executionOf(id).status !== 'RUNNING');
    await partial(id, { status: 'SUCCEEDED', redriveCount: 0 });
    expect((await api.send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'SUCCEEDED', result: { rows: 3 } });
    const other = await start(api, '/jobs/broken/runs');
    await partial(other, { status: 'FAILED', redriveCount: 0 });
    expect((await api.send('GET', `/runs/${other}`)).body).toMatchObject({ status: 'FAILED', failure: { reason: 'ExitCode', message: 'exit code 3' } });
  });

  test('and of which redrive it is', async () => {
    api = open();
    const id = await start(api, '/jobs/broken/runs');
    executionOf(id).redrive();
    await partial(id, { status: 'FAILED', error: 'ExitCode' });
    expect((await api.send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'FAILED', redrives: 1 });
  });

  test('and that a run which was over goes on', async () => {
    api = open();
    const id = await start(api);
    await partial(id, { status: 'RUNNING', stopDate: null });
    expect(actions()).not.toContain('DescribeExecution');
    executionOf(id).stop();
    await hear(api, id, 'ABORTED');
    executionOf(id).redrive();
    await partial(id, { status: 'RUNNING', stopDate: null });
    expect((await api.send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'SUBMITTED', redrives: 1 });
  });

  test('is not read for an execution that has no record', async () => {
    api = open();
    const [{ stateMachineArn }] = api.jobs;
    const foreign = newRunId(ownerHash(''), now);
    emulator.stepFunctions.start(stateMachineArn, {}, foreign);
    emulator.stepFunctions.start(stateMachineArn, {}, 'by-hand');
    await partial(foreign, { status: 'SUCCEEDED' });
    await partial('by-hand', { status: 'SUCCEEDED' });
    expect(actions()).not.toContain('DescribeExecution');
  });
});

test('the document is served, and an unknown path says so', async () => {
  const api = open();
  expect((await api.send('GET', '/openapi.json')).body).toMatchObject({ openapi: '3.1.1', servers: [{ url: '/base' }] });
  expect(await api.send('GET', '/other')).toMatchObject({ status: 404, body: { detail: 'there is no GET /other; GET /openapi.json has what there is' } });
  expect(await api.send('POST', '/runs/x')).toMatchObject({ status: 405, headers: { allow: 'GET, DELETE' }, body: { detail: '/runs/x has no POST; it has GET and DELETE' } });
});

test.each([
  ['/runs', 'GET, POST'], ['/jobs/slow/runs', 'POST'], [`/runs/${newRunId(ownerHash(''), 0)}`, 'GET, DELETE'], ['/runs/x/logs', 'GET'], ['/runs/x/redrive', 'POST'], ['/openapi.json', 'GET'],
])('%s says which methods it has', async (path, allow) => {
  const api = open({ names: ['slow'] });
  for (const method of ['GET', 'POST', 'DELETE'].filter((each) => !allow.includes(each))) {
    expect(await api.send(method, path)).toMatchObject({ status: 405, headers: { allow }, body: { detail: `${path} has no ${method}; it has ${allow.replace(', ', ' and ')}` } });
  }
});

test('a table that fails is a problem without what is inside', async () => {
  const api = open();
  jest.spyOn(RunStore.prototype, 'list').mockRejectedValueOnce(Object.assign(new Error('arn:aws:dynamodb:secret'), { name: 'AccessDeniedException' }));
  const { status, body } = await api.send('GET', '/runs');
  expect([status, JSON.stringify(body).includes('secret')]).toEqual([500, false]);
  expect(console.log).toHaveBeenCalledWith(expect.stringContaining('"message":"arn:aws:dynamodb:secret"'));
  jest.restoreAllMocks();
});
