import { BatchClient, SubmitJobCommand } from '@aws-sdk/client-batch';
import { oneJob } from './apps';
import { MINUTE, scriptedEmulator, succeeds } from './scripted-emulator';
import { VirtualClock } from '../../emulator/clock';
import { CallFault, Faults, InvocationFault, NO_FAULTS } from '../../emulator/faults';
import { EventBridge } from '../../emulator/services/events/event-bridge';
import type { Lambda } from '../../emulator/services/lambda/lambda';

/** Each fault that can be injected is handed over: with a fault that is forgotten, everything would only be greener. */
const deployment = oneJob();
const { emulator, clock, calls, begin, run } = scriptedEmulator(deployment);
const [queue] = deployment.jobQueues;
const [definition] = deployment.jobDefinitions;
const watchQueue = deployment.queues.find(({ path }) => path.endsWith('WatchQueue'))!;
const submitFunction = deployment.functions.find(({ path }) => path.endsWith('SubmitFunction'))!;

const faults = (some: Partial<Faults>) => ({ faults: { ...NO_FAULTS, ...some } });
const client = () => new BatchClient({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: emulator.keys.user });
const submit = () => client().send(new SubmitJobCommand({ jobName: 'j', jobQueue: queue.arn, jobDefinition: definition.arn }));
const failure = (call: Promise<unknown>) => call.then(() => undefined, (error: Error & { $metadata?: { httpStatusCode?: number } }) => error);

describe('a call', () => {
  const beginWith = (fault: CallFault) => begin(succeeds, faults({ call: () => fault }));

  test('is refused before anything happens', async () => {
    beginWith({ kind: 'refuse', status: 429, code: 'TooManyRequestsException', message: 'slow down' });
    expect(await failure(submit())).toMatchObject({ name: 'TooManyRequestsException', message: 'slow down', $metadata: { httpStatusCode: 429 } });
    expect(emulator.batch.jobs()).toEqual([]);
    expect(calls.map(({ fault, error }) => [fault?.kind, error?.code])).toEqual([['refuse', 'TooManyRequestsException']]);
  });

  test('is carried out, and answered with an error', async () => {
    beginWith({ kind: 'accept-then-fail', status: 500, code: 'ServerException' });
    expect(await failure(submit())).toMatchObject({ name: 'ServerException', message: 'ServerException', $metadata: { httpStatusCode: 500 } });
    expect(emulator.batch.jobs().map((job) => job.plan.jobName)).toEqual(['j']);
  });

  test('is carried out, and its connection is dropped', async () => {
    beginWith({ kind: 'accept-then-drop' });
    expect(await failure(submit())).toMatchObject({ message: expect.stringMatching(/socket hang up|ECONNRESET/) });
    expect(emulator.batch.jobs()).toHaveLength(1);
  });

  test('is carried out, and answered late', async () => {
    beginWith({ kind: 'accept-then-hang', delay: 7_000 });
    const began = clock.now();
    let answeredAt: number | undefined;
    const answer = submit().then(() => { answeredAt = clock.now(); });
    // The call of this test is none that the emulator waits for: it may arrive after the emulator has found nothing to do.
    while (answeredAt === undefined) {
      await emulator.settle(() => answeredAt !== undefined);
      await new Promise(setImmediate);
    }
    await answer;
    expect(answeredAt! - began).toBeGreaterThanOrEqual(7_000);
  });

  test('is answered with what AWS added to its answers', async () => {
    beginWith({ kind: 'alter', alter: (answer: object) => ({ ...answer, jobName: 'altered' }) });
    expect(await submit()).toMatchObject({ jobName: 'altered' });
  });
});

describe('an invocation of a function', () => {
  const invoke = (fault: InvocationFault) => {
    begin(succeeds, faults({ invocation: () => fault }));
    const event = { cleanUp: { execution: 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1', redrive: 0 } };
    return failure((emulator as unknown as { lambda: Lambda }).lambda.invoke(submitFunction.arn, event));
  };
  const actions = () => new Set(calls.map(({ call }) => call.action));

  test('crashes before its handler begins: it makes no call', async () => {
    expect(await invoke({ kind: 'crash-before' })).toMatchObject({ name: 'Runtime.ExitError' });
    expect(actions()).toEqual(new Set());
  });

  test('crashes after its handler ended: its calls were made', async () => {
    expect(await invoke({ kind: 'crash-after' })).toMatchObject({ name: 'Runtime.ExitError' });
    expect(actions()).toEqual(new Set(['ListJobs']));
  });

  test('times out after its handler ended: its calls were made, and the answer comes with the timeout', async () => {
    const began = clock.now();
    const failed = invoke({ kind: 'time-out' });
    let isOver = false;
    void failed.then(() => { isOver = true; });
    await emulator.settle(() => isOver);
    expect(await failed).toMatchObject({ name: 'Sandbox.Timedout', message: expect.stringContaining(`Task timed out after ${submitFunction.timeoutSeconds}.00 seconds`) });
    expect(clock.now() - began).toBeGreaterThanOrEqual(submitFunction.timeoutSeconds * 1000);
    expect(actions()).toEqual(new Set(['ListJobs']));
  });
});

test.each<[string, number[]]>([['is lost', []], ['comes late', [5 * MINUTE]], ['comes twice', [0, 1_000]]])('an event %s', (_, delays) => {
  const time = new VirtualClock(0);
  const sent: [number, string][] = [];
  const sqs = { send: (arn: string) => sent.push([time.now(), arn]) };
  const event = { 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { status: 'FAILED', jobId: 'a', jobQueue: queue.arn } };
  const { faults: injected } = faults({ event: (given) => delays.map((delay) => ({ delay, event: given })) });
  new EventBridge(deployment, time, injected, sqs as never, {} as never).put(event);
  while (time.advance());
  expect(sent).toEqual(delays.map((delay) => [delay, watchQueue.arn]));
});

test('a job has its place, and its start as late as the faults say', async () => {
  begin(succeeds, faults({ placement: () => ({ pending: MINUTE, runnable: 2 * MINUTE, starting: 4 * MINUTE }) }));
  const execution = await run();
  const [job] = emulator.batch.jobs();
  expect(job.startedAt! - job.createdAt).toBe(7 * MINUTE);
  expect(execution.output).toMatchObject({ status: 'SUCCEEDED', queuedSeconds: 420 });
});
