import { Duration, Size } from 'aws-cdk-lib';

export interface RunTimes {
  readonly attempts: number;
  readonly attemptTimeout: Duration;
  readonly queueTimeout: Duration;
  readonly memory: Size;
  readonly maxMemory?: Size;
  readonly spotFallback: boolean;
}

/** The longest execution of a state machine: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const ONE_YEAR = Duration.days(365);

/** What a run can take at the most, round for round. Where a token hides how long that is, a year. */
export function longestRun({ attempts, attemptTimeout, queueTimeout, memory, maxMemory, spotFallback }: RunTimes): Duration {
  if (attemptTimeout.isUnresolved() || queueTimeout.isUnresolved() || memory.isUnresolved() || maxMemory?.isUnresolved()) return ONE_YEAR;
  const doublings = maxMemory ? Math.ceil(Math.log2(maxMemory.toMebibytes() / memory.toMebibytes())) : 0;
  const rounds = 1 + doublings + (spotFallback ? 1 : 0);
  // What an attempt takes beside its command: the image is pulled, the container stopped.
  const round = queueTimeout.toSeconds() + attempts * (attemptTimeout.toSeconds() + Duration.minutes(30).toSeconds());
  return Duration.seconds(Math.min(rounds * round, ONE_YEAR.toSeconds()));
}
