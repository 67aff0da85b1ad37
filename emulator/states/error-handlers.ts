import { Catcher, Retrier } from './definition';

/** The errors that `States.ALL` does not match: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const NOT_IN_ALL = ['States.DataLimitExceeded', 'States.Runtime'];

/** Whether a retrier or a catcher handles an error. */
export function handles(handler: Retrier | Catcher, error: string): boolean {
  return handler.ErrorEquals.some((name) => name === error
    || (name === 'States.ALL' && !NOT_IN_ALL.includes(error))
    || (name === 'States.TaskFailed' && error !== 'States.Timeout' && error !== 'States.HeartbeatTimeout' && !NOT_IN_ALL.includes(error))
    || (name === 'States.Timeout' && error === 'States.HeartbeatTimeout'));
}

/**
 * The seconds to wait before a retry.
 *
 * @param count which retry of the retrier it is, from 1
 */
export function retryDelay(retrier: Retrier, count: number, random: () => number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity, JitterStrategy } = retrier;
  const delay = Math.min(IntervalSeconds * BackoffRate ** (count - 1), MaxDelaySeconds);
  return JitterStrategy === 'FULL' ? random() * delay : delay;
}
