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
export const ONE_YEAR = Duration.days(365);

/** The longest time that all rounds of a run can take together, and at most a year. A year where it depends on a token. */
export function longestRun({ attempts, attemptTimeout, queueTimeout, memory, maxMemory, spotFallback }: RunTimes): Duration {
  if (attemptTimeout.isUnresolved() || queueTimeout.isUnresolved() || memory.isUnresolved() || maxMemory?.isUnresolved()) return ONE_YEAR;
  const doublings = maxMemory ? Math.ceil(Math.log2(maxMemory.toMebibytes() / memory.toMebibytes())) : 0;
  const rounds = 1 + doublings + (spotFallback ? 1 : 0);
  // Each attempt also needs time to pull the image and to stop the container.
  const round = queueTimeout.toSeconds() + attempts * (attemptTimeout.toSeconds() + Duration.minutes(30).toSeconds());
  return Duration.seconds(Math.min(rounds * round, ONE_YEAR.toSeconds()));
}
