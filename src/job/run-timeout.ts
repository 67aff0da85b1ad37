import { Duration, Size } from 'aws-cdk-lib';
import { isKnown } from '../common/validation';
import { ARRAY_SIZE, MEMORY } from '../contract/limits';
import { RUN_GRACE } from '../contract/timings';

export interface RunTimes {
  readonly attempts: number;
  readonly attemptTimeout: Duration;
  readonly queueTimeout: Duration;
  readonly startTimeout: Duration;
  readonly maxMemory?: Size;
  readonly spotFallback: boolean;
  /** Of a multi-node job, which cannot be an array job. */
  readonly nodes?: number;
}

/** The longest execution of a state machine: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const ONE_YEAR = Duration.days(365);

/** The most attempts of a job: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html */
const MOST_ATTEMPTS = 10;

/** The time that the state machine may need in a round besides its job: for retries of a submission, and for heartbeats that do not come. */
const ORCHESTRATION = Duration.hours(12);

/**
 * The longest time that a run can take, and at most a year. A year where it depends on a token. A run may be an array job, unless it has
 * nodes. The children of an array may have to take turns, one after the other.
 */
export function longestRun({ attempts, attemptTimeout, queueTimeout, startTimeout, maxMemory, spotFallback, nodes }: RunTimes): Duration {
  const times = [queueTimeout, startTimeout, attemptTimeout];
  if (times.some((time) => time.isUnresolved()) || maxMemory?.isUnresolved()) return ONE_YEAR;
  const attempt = times.reduce((sum, time) => sum + time.toSeconds(), RUN_GRACE);
  const job = (nodes === undefined ? ARRAY_SIZE.most : 1) * (isKnown(attempts) ? attempts : MOST_ATTEMPTS) * attempt;
  const rounds = 1 + doublings(maxMemory) + (spotFallback ? 1 : 0);
  return Duration.seconds(Math.min(rounds * (job + ORCHESTRATION.toSeconds()), ONE_YEAR.toSeconds()));
}

/** How often the memory of a run can grow: a run may begin with the least memory that there is. */
function doublings(maxMemory: Size | undefined): number {
  return maxMemory ? Math.ceil(Math.log2(maxMemory.toMebibytes() / MEMORY.least)) : 0;
}
