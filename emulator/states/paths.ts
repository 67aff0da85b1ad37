import { JSONPath } from 'jsonpath-plus';
import { callIntrinsic } from './intrinsics';
import { runtimeError, TaskError } from './task-error';

/** What paths refer to: the data of the state, and the context object. */
export interface Scope {
  readonly data: unknown;
  readonly context: unknown;
  readonly random: () => number;
}

/** A path to one value: only names and indexes. */
const REFERENCE_PATH = /^\$(\.[A-Za-z_][\w-]*|\[\d+\]|\['[^']+'\])*$/;

/** The value at a path (`$.a[0]`, `$$.Execution.Id`) or of an intrinsic function (`States.Format(...)`). Fails where there is none. */
export function evaluate(path: string, scope: Scope): unknown {
  if (path.startsWith('States.')) return callIntrinsic(path, (argument) => evaluate(argument, scope), scope.random);
  const inContext = path.startsWith('$$');
  const value = lookUp(inContext ? path.slice(1) : path, inContext ? scope.context : scope.data);
  if (value === undefined) throw runtimeError(`The JSONPath '${path}' could not be found in the input '${JSON.stringify(scope.data)?.slice(0, 500)}'`);
  return value;
}

/** The value at a path; undefined where there is none. */
export function lookUp(path: string, data: unknown): unknown {
  if (!path.startsWith('$')) throw runtimeError(`'${path}' is not a path`);
  if (REFERENCE_PATH.test(path)) return keysOf(path).reduce<any>((value, key) => value === null || value === undefined ? undefined : value[key], data);
  // Paths with `..`, `[*]` or slices give a list. Filter expressions, which would run code, are refused.
  return JSONPath({ path, json: data as object, eval: false, wrap: true });
}

/** Puts a result into the data of a state, at the reference path of `ResultPath`. https://states-language.net/spec.html#using-paths */
export function place(path: string | null | undefined, data: unknown, result: unknown): unknown {
  if (path === null) return data;
  if (path === undefined || path === '$') return result;
  if (!REFERENCE_PATH.test(path)) throw new TaskError('States.ResultPathMatchFailure', `'${path}' is not a reference path`);
  const keys = keysOf(path);
  const put = (value: any, index: number): unknown => {
    if (index === keys.length) return result;
    if (value !== undefined && (typeof value !== 'object' || value === null || (Array.isArray(value) && !/^\d+$/.test(keys[index])))) {
      throw new TaskError('States.ResultPathMatchFailure', `Unable to apply step '${keys[index]}' to input '${JSON.stringify(data)?.slice(0, 500)}'`);
    }
    const copy = Array.isArray(value) ? [...value] : { ...value };
    (copy as any)[keys[index]] = put((value as any)?.[keys[index]], index + 1);
    return copy;
  };
  return put(data, 0);
}

/** Fills a payload template: the values of keys that end with `.$` are paths. */
export function fill(template: unknown, scope: Scope): unknown {
  if (Array.isArray(template)) return template.map((item) => fill(item, scope));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => key.endsWith('.$')
    ? [key.slice(0, -2), evaluate(value as string, scope)]
    : [key, fill(value, scope)]));
}

function keysOf(path: string): string[] {
  return [...path.matchAll(/\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']+)'\]/g)].map(([, name, index, quoted]) => name ?? index ?? quoted);
}
