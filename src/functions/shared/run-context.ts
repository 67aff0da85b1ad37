import * as v from 'valibot';
import type { FailureReason } from '../../contract/errors';
import type { EarlierRound } from '../../contract/job-spec';
import { CONTEXT_PARAMETER } from '../../contract/parameters';

const earlierRound = v.object({
  jobId: v.string(),
  // A newer version may have written a reason that this version does not know.
  reason: v.custom<FailureReason>((reason) => typeof reason === 'string'),
  memory: v.number(),
  queue: v.string(),
  attempts: v.number(),
}) satisfies v.GenericSchema<EarlierRound>;

/**
 * What a job carries about its run, in the job's own `parameters`. DescribeJobs returns all that is needed to judge a job, so that the
 * check function keeps no state. The container sees none of it, since its command does not refer to it. Anyone who may submit jobs can
 * write a context: it counts only for a job that is known to be one of ours.
 */
const runContext = v.object({
  /** The execution's ARN. */
  execution: v.string(),
  /** The id of the try that submitted the job. Undefined in jobs of earlier versions. */
  submissionId: v.optional(v.string()),
  redrive: v.number(),
  /** From 1. */
  round: v.number(),
  vcpus: v.number(),
  /** MiB */
  memory: v.number(),
  /** MiB; the limit up to which the memory grows after a round that ran out of it. */
  maxMemory: v.optional(v.number()),
  fargate: v.optional(v.boolean()),
  /** ARN of the job queue of this round. */
  queue: v.string(),
  /** ARN of the job queue for a round that follows a Spot reclaim. */
  onDemandQueue: v.optional(v.string()),
  /** Whether the queue of this round has Spot capacity. Undefined where it is not known. */
  spot: v.optional(v.boolean()),
  /** Seconds that the job may wait for its place on an instance. */
  queueTimeout: v.number(),
  /** Seconds from the job's place on an instance to the start of its container. */
  startTimeout: v.optional(v.number()),
  /** Seconds that one attempt may run. */
  attemptTimeout: v.optional(v.number()),
  logGroup: v.string(),
  /** URL of the watch queue of the compute that submitted the job. A job queue may have jobs of several computes. */
  watchQueue: v.optional(v.string()),
  /** Where the result comes from. Undefined for the bucket. */
  resultSource: v.optional(v.literal('LOG')),
  /** The S3 URI to which the container may write its result. */
  result: v.optional(v.string()),
  earlier: v.array(earlierRound),
});

export type RunContext = v.InferOutput<typeof runContext>;

/** Undefined for a job that does not belong to a run. */
export function readRunContext(parameters: Record<string, string> | undefined): RunContext | undefined {
  try {
    const result = v.safeParse(runContext, JSON.parse(parameters?.[CONTEXT_PARAMETER] ?? ''));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** The run's id: the name of the execution. */
export function runId(executionArn: string): string {
  return executionArn.split(':')[7] ?? executionArn;
}
