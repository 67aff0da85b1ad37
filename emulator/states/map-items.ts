import type { State } from './definition';
import { evaluate, fill, Scope } from './paths';
import type { MapItem } from './state-context';
import { runtimeError } from './task-error';

/** The list that a Map state iterates over. */
export function itemsOf({ ItemsPath: path = '$' }: State, scope: Scope): unknown[] {
  const items = evaluate(path, scope);
  if (!Array.isArray(items)) throw runtimeError(`Reference path "${path}" must point to array.`);
  return items;
}

/** The input of the execution or the iteration of an item. `Parameters` is the former name of `ItemSelector`. */
export function inputOf({ ItemSelector, Parameters: template = ItemSelector }: State, scope: Scope, item: MapItem): unknown {
  if (template === undefined) return item.Value;
  return fill(template, { ...scope, context: { ...scope.context as object, Map: { Item: item } } });
}
