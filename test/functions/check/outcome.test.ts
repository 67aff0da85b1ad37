import type { JobDetail } from '@aws-sdk/client-batch';
import type { RunOutput } from '../../../src/contract/run-output';
import { answerOf, outcomeOf } from '../../../src/functions/check/outcome';
import type { RunContext } from '../../../src/functions/shared/run-context';

const context: RunContext = {
  execution: 'arn', redrive: 0, round: 1, vcpus: 1, memory: 1024, maxMemory: 4096, queue: 'spot', onDemandQueue: 'on-demand', queueTimeout: 60, logGroup: 'log', earlier: [],
};
const job = (more: Partial<JobDetail>) => ({ jobId: 'job-1', ...more }) as JobDetail;
const outOfMemory = job({ status: 'FAILED', container: { reason: 'OutOfMemoryError: Container killed due to memory usage' } });
const output = { runId: 'run-1' } as RunOutput;
const answer = (ended: JobDetail, firstFailed: JobDetail[] = []) => answerOf(outcomeOf(ended, firstFailed, context), output);

test('a success succeeds the task with the output of the run', () => {
  expect(answer(job({ status: 'SUCCEEDED' }))).toEqual({ kind: 'success', output: '{"runId":"run-1"}' });
});

test('a final failure fails the task with the reason and the output', () => {
  expect(answer(job({ status: 'FAILED', container: { exitCode: 3 } }))).toEqual({ kind: 'failure', error: 'ExitCode', cause: '{"runId":"run-1"}' });
});

test('a failure that another round may cure succeeds the task, and the output asks for the round', () => {
  const { kind, output: asked } = answer(outOfMemory) as { kind: string; output: string };
  expect([kind, JSON.parse(asked)]).toMatchObject(['success', { nextRound: { round: 2, memory: 2048, queue: 'spot' } }]);
});

test('an array job has no other round, whatever its children failed for', () => {
  const array = job({ status: 'FAILED', arrayProperties: { size: 2, statusSummary: { SUCCEEDED: 1, FAILED: 1 } } });
  const child = { ...outOfMemory, jobId: 'job-1:1', arrayProperties: { index: 1 } };
  expect(outcomeOf(array, [child], context)).toMatchObject({ verdict: { reason: 'OutOfMemory' }, array: { firstFailed: [{ index: 1, reason: 'OutOfMemory' }] } });
  expect(answer(array, [child])).toMatchObject({ kind: 'failure', error: 'OutOfMemory' });
});

test('a cause is cut to what Step Functions accepts', () => {
  const long = { ...output, message: 'x'.repeat(40_000) };
  expect(answerOf(outcomeOf(job({ status: 'FAILED' }), [], context), long)).toMatchObject({ cause: expect.stringMatching(/^.{32768}$/) });
});
