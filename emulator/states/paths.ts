import { callIntrinsic } from './intrinsics';
import { ParsedPath, parsePath, selectAll } from './json-path';
import { child } from './path-syntax';
import { runtimeError, TaskError } from './task-error';
import { Variables } from './variables';

/** What paths refer to: the data of the state, the context object and the variables. */
export interface Scope {
  readonly data: unknown;
  readonly context: unknown;
  readonly variables?: Variables;
  readonly random: () => number;
}

const VARIABLE_PATH = /^\$([\p{ID_Start}_]\p{ID_Continue}*)(.*)$/su;

/** Characters of a text of the input in a cause. */
const INPUT_IN_CAUSE = 500;

/**
 * The value at a path (`$.a[0]`, `$$.Execution.Id`, `$variable.b`) or of an intrinsic function (`States.Format(...)`). Fails where there
 * is none.
 *
 * @param field the field of a payload template that the value is for
 */
export function evaluate(path: string, scope: Scope, field?: string): unknown {
  if (path.startsWith('States.')) return callIntrinsic(path, (argument) => evaluate(argument, scope, field), scope.random);
  const value = find(path, scope);
  if (value === undefined) {
    const input = JSON.stringify(scope.data)?.slice(0, INPUT_IN_CAUSE);
    throw runtimeError(field === undefined
      ? `Invalid path '${path}' : ${missingStep(path, scope)}`
      : `The JSONPath '${path}' specified for the field '${field}' could not be found in the input '${input}'`);
  }
  return value;
}

/** The value at a path into the data, the context object or a variable; undefined where there is none. */
export function find(path: string, scope: Scope): unknown {
  const [relative, root] = resolve(path, scope);
  return root === undefined ? undefined : lookUp(relative, root);
}

/**
 * The value at a path; undefined where there is none. A path with `..`, `[*]`, a slice, a filter or several names gives a list, which is
 * empty where nothing is selected. Before `..`, a filter or several names there must be a value; before `[*]` and a slice AWS wants none.
 */
export function lookUp(path: string, data: unknown): unknown {
  const { keys, selectors } = parsed(path);
  const value = keys.reduce(child, data);
  return selectors.length === 0 ? value : selectAll(selectors, value, data);
}

/** Puts a result into the data of a state, at the reference path of `ResultPath`. https://states-language.net/spec.html#using-paths */
export function place(path: string | null | undefined, data: unknown, result: unknown): unknown {
  if (path === null) return data;
  if (path === undefined) return result;
  const { keys, selectors } = parsed(path);
  if (selectors.length > 0) throw new TaskError('States.ResultPathMatchFailure', `'${path}' is not a reference path`);
  const put = (value: any, index: number): unknown => {
    if (index === keys.length) return result;
    if (value !== undefined && (typeof value !== 'object' || value === null || (Array.isArray(value) && !/^\d+$/.test(keys[index])))) {
      throw new TaskError('States.ResultPathMatchFailure', `Unable to apply step '${keys[index]}' to input '${JSON.stringify(data).slice(0, INPUT_IN_CAUSE)}'`);
    }
    const copy = Array.isArray(value) ? [...value] : { ...value };
    (copy as any)[keys[index]] = put(child(value, keys[index]), index + 1);
    return copy;
  };
  return put(data, 0);
}

/** Fills a payload template: the values of keys that end with `.$` are paths. */
export function fill(template: unknown, scope: Scope): unknown {
  if (Array.isArray(template)) return template.map((item) => fill(item, scope));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => key.endsWith('.$')
    ? [key.slice(0, -2), evaluate(value as string, scope, key)]
    : [key, fill(value, scope)]));
}

/** The path below the value that it begins at, and that value. */
function resolve(path: string, { data, context, variables }: Scope): [path: string, root: unknown] {
  if (path.startsWith('$$')) return [path.slice(1), context];
  const [, variable, rest] = VARIABLE_PATH.exec(path) ?? [];
  return variable === undefined ? [path, data] : [`$${rest}`, variables?.get(variable)];
}

/** Says at which step a path ends, in the words of the service. */
function missingStep(path: string, scope: Scope): string {
  const [relative, root] = resolve(path, scope);
  const { keys, selectors } = parsed(relative);
  const missing = keys.findIndex((_, index) => keys.slice(0, index + 1).reduce(child, root) === undefined);
  if (root === undefined || missing < 0) return `No results for path: ${path}`;
  const steps = keys.slice(0, missing + 1).map((key) => `['${key}']`).join('');
  return missing === keys.length - 1 && selectors.length === 0 ? `No results for path: $${steps}` : `Missing property in path $${steps}`;
}

function parsed(path: string): ParsedPath {
  if (!path.startsWith('$')) throw runtimeError(`'${path}' is not a path`);
  try {
    return parsePath(path);
  } catch (error) {
    throw runtimeError(`Invalid path '${path}' : ${(error as Error).message}`);
  }
}
