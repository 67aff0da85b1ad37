import { createHash } from 'node:crypto';

/**
 * The name of the one job of a round: `hb-<hash of the execution's ARN>-<redrive>-<round>`. It is made only of values that Step Functions
 * provides. So a later invocation can find the job that an earlier one submitted, although SubmitJob has no client token. It is in lower
 * case, since ListJobs ignores the case of names.
 */
export interface JobName {
  readonly executionArn: string;
  /** How often the execution was redriven. */
  readonly redrive: number;
  /** From 1. */
  readonly round: number;
}

export function jobName({ executionArn, redrive, round }: JobName): string {
  return `${jobNamePrefix(executionArn)}${redrive}-${round}`;
}

/** What the names of all jobs of an execution begin with: with a `*` behind it, a value for ListJobs' `JOB_NAME` filter. */
export function jobNamePrefix(executionArn: string): string {
  // 128 bits: no two executions of an account meet, and the name stays far below Batch's 128 characters.
  return `hb-${createHash('sha256').update(executionArn).digest('hex').slice(0, 32)}-`;
}

/** The redrive in a job's name; undefined when it is not the name of a round. */
export function redriveOf(name: string): number | undefined {
  const match = /^hb-[0-9a-f]{32}-(\d+)-\d+$/.exec(name.toLowerCase());
  return match ? Number(match[1]) : undefined;
}
