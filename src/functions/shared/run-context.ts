import * as v from 'valibot';
import { CONTEXT_PARAMETER } from '../../contract/parameters';

const earlierRound = v.object({
  jobId: v.string(),
  reason: v.string(),
  memory: v.number(),
  queue: v.string(),
  attempts: v.number(),
});

/**
 * What a job carries about its run, in the job's own `parameters`: DescribeJobs tells all that is needed to judge a job, and the
 * watch function keeps no state. The container sees none of it, since its command refers to none of it.
 */
const runContext = v.object({
  /** The execution's ARN. */
  execution: v.string(),
  redrive: v.number(),
  /** From 1. */
  round: v.number(),
  vcpus: v.number(),
  /** MiB */
  memory: v.number(),
  /** MiB; the most to which a round after one that ran out of memory may grow. */
  maxMemory: v.optional(v.number()),
  fargate: v.optional(v.boolean()),
  /** ARN of the queue that this round was submitted to. */
  queue: v.string(),
  /** ARN of the queue for a round after a Spot reclaim. */
  onDemandQueue: v.optional(v.string()),
  /** Seconds that the job may wait for its place. */
  queueTimeout: v.number(),
  logGroup: v.string(),
  /** The URL of the queue that has it watched: a job queue may have jobs of several computes. */
  watchQueue: v.optional(v.string()),
  /** URI at which the container may leave its result. */
  result: v.optional(v.string()),
  earlier: v.array(earlierRound),
});

export type RunContext = v.InferOutput<typeof runContext>;
export type EarlierRound = v.InferOutput<typeof earlierRound>;

/** What the state machine hands to the submit function for a round after the first. */
export const nextRound = v.object({
  round: v.number(),
  memory: v.number(),
  queue: v.string(),
  earlier: v.array(earlierRound),
});

export type NextRound = v.InferOutput<typeof nextRound>;

/** Undefined for a job that is not a run's, whoever submitted it. */
export function readRunContext(parameters: Record<string, string> | undefined): RunContext | undefined {
  try {
    const result = v.safeParse(runContext, JSON.parse(parameters?.[CONTEXT_PARAMETER] ?? ''));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** The execution's name: the run's id. */
export function runId(executionArn: string): string {
  return executionArn.split(':')[7] ?? executionArn;
}
