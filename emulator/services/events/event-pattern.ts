import { invalidPattern } from './invalid-pattern';
import { Condition, readConditions } from './pattern-conditions';
import { isObject } from '../../../src/contract/json-text';

/** One way to match: what must hold for each field. A pattern without `$or` has one way. */
type FieldConditions = ReadonlyMap<string, readonly Condition[]>;

/** A value in an event. The path joins the names of its fields: a name with a dot is the same as a field in a field. */
interface Leaf {
  readonly path: string;
  readonly value: unknown;
  /** In which element of which list the value is. */
  readonly elements: ReadonlyMap<unknown[], number>;
}

/** Whether an event matches the pattern of a rule. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return compilePattern(pattern)(event);
}

/** Reads the pattern of a rule. Throws a `ServiceError` where EventBridge refuses the pattern. */
export function compilePattern(pattern: unknown): (event: unknown) => boolean {
  if (!isObject(pattern)) throw invalidPattern('Filter is not an object');
  const ways = waysOf(pattern, [], [new Map()]);
  return (event) => {
    const leaves = leavesOf(event);
    return ways.some((way) => matches([...way], leaves, new Map()));
  };
}

/** Adds the fields of an object of the pattern to each of the ways. */
function waysOf(pattern: Record<string, unknown>, parents: readonly string[], ways: readonly FieldConditions[]): FieldConditions[] {
  if (Object.keys(pattern).length === 0) throw invalidPattern('Empty objects are not allowed');
  return Object.entries(pattern).reduce<FieldConditions[]>((soFar, [name, expected]) => {
    if (name === '$or') return alternativesOf(expected).flatMap((alternative) => waysOf(alternative, parents, soFar));
    if (isObject(expected)) return waysOf(expected, [...parents, name], soFar);
    if (!Array.isArray(expected)) throw invalidPattern(`"${name}" must be an object or an array`);
    const conditions = readConditions(expected);
    return soFar.map((way) => new Map([...way, [[...parents, name].join('.'), conditions]]));
  }, [...ways]);
}

function alternativesOf(or: unknown): Record<string, unknown>[] {
  if (!Array.isArray(or)) throw invalidPattern('It must be an Array followed with $or.');
  if (!or.every(isObject)) throw invalidPattern('Only JSON object is allowed in array of $or relationship.');
  if (or.length < 2) throw invalidPattern('There must have at least 2 Objects in $or relationship.');
  return or;
}

function leavesOf(value: unknown, path = '', elements: Leaf['elements'] = new Map()): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((element, index) => leavesOf(element, path, new Map([...elements, [value, index]])));
  if (isObject(value)) return Object.entries(value).flatMap(([name, field]) => leavesOf(field, path ? `${path}.${name}` : name, elements));
  return value === undefined ? [] : [{ path, value, elements }];
}

/**
 * Whether each field has a value that matches. Values from different elements of one list do not match together:
 * https://github.com/aws/event-ruler#matching-jsons-arrays
 */
function matches([field, ...others]: [string, readonly Condition[]][], leaves: readonly Leaf[], chosen: Leaf['elements']): boolean {
  if (!field) return true;
  const [path, conditions] = field;
  const candidates = leaves.filter((leaf) => leaf.path === path);
  if (candidates.length === 0 && conditions.includes('absent')) return matches(others, leaves, chosen);
  return candidates.some(({ value, elements }) => (
    conditions.some((condition) => condition !== 'absent' && condition(value))
    && [...elements].every(([list, index]) => (chosen.get(list) ?? index) === index)
    && matches(others, leaves, new Map([...chosen, ...elements]))
  ));
}
