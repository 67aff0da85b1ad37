import { evaluate, Scope } from './paths';
import { textOf } from './payload';
import { runtimeError } from './task-error';

/**
 * The number in a field, or at the path in the field of the same name with `Path`: `MaxConcurrency` and `MaxConcurrencyPath`. A text is
 * taken for its number. Undefined where there is neither field.
 */
export function numberIn(object: Record<string, any>, field: string, kind: 'integer' | 'float', scope: Scope): number | undefined {
  if (object[field] !== undefined) return object[field];
  const path = object[`${field}Path`];
  if (path === undefined) return undefined;
  const value = evaluate(path, scope);
  const number = toNumber(value);
  if (!(kind === 'integer' ? Number.isInteger(number) : Number.isFinite(number))) {
    throw runtimeError(`The ${field}Path field refers to value "${textOf(value)}" which is not a valid ${kind}: ${path}`);
  }
  return number;
}

/** NaN for what is not a number. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}
