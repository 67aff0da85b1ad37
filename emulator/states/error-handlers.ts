import { Catcher, Retrier } from './definition';
import { RuntimeError, TaskError, TimeoutError } from './task-error';

/**
 * Whether a retrier or a catcher handles an error.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 *
 * The documentation says that `States.ALL` does not match `States.DataLimitExceeded`. In the service it does: a task whose result is too
 * large fails by that name, and a catcher of `States.ALL` takes it.
 */
export function handles(handler: Retrier | Catcher, failure: TaskError): boolean {
  if (failure instanceof RuntimeError) return false;
  const { error } = failure;
  return handler.ErrorEquals.some((name) => name === error
    || (name === 'States.ALL' && error !== 'States.Runtime')
    || (name === 'States.TaskFailed' && error !== 'States.Timeout' && error !== 'States.Runtime')
    || (name === 'States.HeartbeatTimeout' && failure instanceof TimeoutError && failure.isHeartbeat));
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
