import { DescribeJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { DescribeExecutionCommand, SendTaskHeartbeatCommand } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { deliver, firstMessage, show, told } from './check-function';
import { batch, serviceError, sfn, sqs } from './clients';
import { duration, expectPieces, failureReason, pieces, platform, serviceErrorData, shownJob } from './data';

/** What AWS Batch shows of a job for some time, and what the check function does meanwhile. */
export const check = v.strictObject({
  on: platform,
  /** Undefined when DescribeJobs does not show the job. */
  job: v.optional(shownJob),
  parts: v.optional(v.record(v.string(), shownJob)),
  context: v.optional(v.record(v.string(), v.unknown())),
  /** For how long the job exists. */
  age: v.optional(duration, '2h'),
  /** For how long it is shown so. The function is called whenever it asked for it. */
  lasts: v.optional(duration, '0s'),
  /** What DescribeJobs answers instead. */
  describeJobs: v.optional(serviceErrorData),
  /** What SendTaskHeartbeat answers. */
  heartbeat: v.optional(serviceErrorData),
  /** The status of the run, which is read when its token is closed. */
  run: v.optional(v.picklist(['RUNNING', 'ABORTED', 'TIMED_OUT', 'FAILED'])),
  expects: v.strictObject({
    /** Whether the run gets heartbeats. */
    heartbeats: v.boolean(),
    /** Pieces of the reason with which the job is terminated. */
    terminates: v.optional(pieces),
    /** What the run is told. */
    tells: v.optional(v.strictObject({ reason: v.union([failureReason, v.literal('SUCCEEDED')]), message: v.optional(pieces) })),
    /** Whether another check is scheduled, or the message goes back to its queue. */
    checksAgain: v.boolean(),
  }),
});

export async function replayCheck(replay: v.InferOutput<typeof check>): Promise<void> {
  show(replay);
  if (replay.describeJobs) batch.on(DescribeJobsCommand).rejects(serviceError(replay.describeJobs));
  if (replay.heartbeat) sfn.on(SendTaskHeartbeatCommand).rejects(serviceError(replay.heartbeat));
  if (replay.run) sfn.on(DescribeExecutionCommand).resolves({ status: replay.run, redriveCount: 0 });

  const checksAgain = await checkFor(replay.lasts, firstMessage(replay.age));
  const { expects } = replay;
  expect(sfn.commandCalls(SendTaskHeartbeatCommand).length > 0).toBe(expects.heartbeats);
  const reasons = batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.reason);
  expect(reasons.length > 0).toBe(expects.terminates !== undefined);
  expectPieces(reasons[0], expects.terminates);
  const answer = told();
  expect(answer?.error ?? answer?.output.status).toBe(expects.tells?.reason);
  expectPieces(answer?.output.message, expects.tells?.message);
  expect(checksAgain).toBe(expects.checksAgain);
}

/** Delivers the first message, and those that the function schedules, for so many seconds. Returns whether there is one more. */
async function checkFor(seconds: number, first: string): Promise<boolean> {
  let [body, left] = [first, seconds];
  for (;;) {
    const sent = sqs.commandCalls(SendMessageBatchCommand).length;
    if (await deliver(body)) return true;
    const [next] = sqs.commandCalls(SendMessageBatchCommand).slice(sent).flatMap((call) => call.args[0].input.Entries!);
    if (!next) return false;
    left -= next.DelaySeconds!;
    if (left < 0) return true;
    jest.setSystemTime(Date.now() + next.DelaySeconds! * 1000);
    body = next.MessageBody!;
  }
}
