import { Catcher, Retrier } from './definition';

/** What `States.ALL` does not match: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const NOT_ALL = ['States.DataLimitExceeded', 'States.Runtime'];

/** Whether an error handler is for an error. */
export function isFor(handler: Retrier | Catcher, error: string): boolean {
  return handler.ErrorEquals.some((name) => name === error
    || (name === 'States.ALL' && !NOT_ALL.includes(error))
    || (name === 'States.TaskFailed' && error !== 'States.Timeout' && error !== 'States.HeartbeatTimeout' && !NOT_ALL.includes(error))
    || (name === 'States.Timeout' && error === 'States.HeartbeatTimeout'));
}

/** Seconds until the n-th retry (from 1). */
export function retryDelay(retrier: Retrier, n: number, random: () => number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity, JitterStrategy } = retrier;
  const delay = Math.min(IntervalSeconds * BackoffRate ** (n - 1), MaxDelaySeconds);
  return JitterStrategy === 'FULL' ? random() * delay : delay;
}
