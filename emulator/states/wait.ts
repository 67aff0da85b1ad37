import type { State } from './definition';
import { toNumber } from './number-fields';
import { evaluate, Scope } from './paths';
import { textOf } from './payload';
import { runtimeError } from './task-error';
import { isTimestamp } from './timestamp';

/** How many milliseconds a Wait state waits. https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html */
export function waitDelay(state: State, scope: Scope, now: number): number {
  if (state.Timestamp !== undefined) return Date.parse(state.Timestamp) - now;
  if (state.Seconds !== undefined) return 1000 * state.Seconds;
  if (state.TimestampPath !== undefined) {
    const timestamp = evaluate(state.TimestampPath, scope);
    if (isTimestamp(timestamp)) return Date.parse(timestamp) - now;
    throw runtimeError(`The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${state.TimestampPath} == ${textOf(timestamp)}`);
  }
  const value = evaluate(state.SecondsPath, scope);
  const seconds = toNumber(value);
  if (!Number.isInteger(seconds)) throw runtimeError(`The SecondsPath parameter cannot be parsed as a long value: ${state.SecondsPath} == ${textOf(value)}`);
  if (seconds < 0) throw runtimeError(`The SecondsPath parameter references a negative value: ${state.SecondsPath} == ${textOf(value)}`);
  return 1000 * seconds;
}
