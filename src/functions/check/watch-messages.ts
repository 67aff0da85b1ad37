import * as v from 'valibot';
import type { CleanUp, JobCheck } from '../../contract/messages';

/** The id of a job, of a child or of a node. DescribeJobs is asked for all ids of a batch in one call, and must not refuse one of them. */
const jobId = v.pipe(v.string(), v.regex(/^[\w:#-]{1,128}$/));

/** A count, or a time in milliseconds since the epoch. */
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const checkJob = v.object({
  checkJob: v.object({
    jobId,
    token: v.string(),
    since: whole,
    unchanged: v.optional(v.object({ state: v.string(), since: whole, terminatedAt: v.optional(whole), endedByOthers: v.optional(v.boolean()) })),
    early: v.optional(whole),
    readSince: v.optional(whole),
  }) satisfies v.GenericSchema<JobCheck>,
});

const checkRun = v.object({
  checkRun: v.object({ execution: v.string() }),
});

const cleanUp = v.object({
  cleanUp: v.object({ execution: v.string(), redrive: whole }) satisfies v.GenericSchema<CleanUp>,
});

/** https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html */
const jobEvent = v.object({
  'source': v.literal('aws.batch'),
  'detail-type': v.literal('Batch Job State Change'),
  'detail': v.object({ jobId }),
});

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const runEvent = v.object({
  'source': v.literal('aws.states'),
  'detail-type': v.literal('Step Functions Execution Status Change'),
  'detail': v.object({ executionArn: v.string() }),
});

const watchMessage = v.union([checkJob, checkRun, cleanUp, jobEvent, runEvent]);

/** A message of the watch queue. An event is a reason to check, and so is any message that is not our own: its content is not believed. */
export type WatchMessage =
  | { readonly kind: 'checkJob'; readonly check: JobCheck }
  | { readonly kind: 'jobEvent'; readonly jobId: string }
  | { readonly kind: 'checkRun'; readonly execution: string }
  | { readonly kind: 'cleanUp'; readonly cleanUp: CleanUp };

/**
 * Undefined for any other message. It is ignored, since no retry would make it readable.
 *
 * @param isOwn whether one of our own roles has sent it
 */
export function readWatchMessage(body: string, isOwn: boolean): WatchMessage | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const result = v.safeParse(watchMessage, json);
  if (!result.success) return undefined;
  const message = result.output;
  if ('checkJob' in message) return isOwn ? { kind: 'checkJob', check: message.checkJob } : { kind: 'jobEvent', jobId: message.checkJob.jobId };
  if ('checkRun' in message) return { kind: 'checkRun', execution: message.checkRun.execution };
  if ('cleanUp' in message) return isOwn ? { kind: 'cleanUp', cleanUp: message.cleanUp } : { kind: 'checkRun', execution: message.cleanUp.execution };
  return message.source === 'aws.batch'
    ? { kind: 'jobEvent', jobId: message.detail.jobId }
    : { kind: 'checkRun', execution: message.detail.executionArn };
}
