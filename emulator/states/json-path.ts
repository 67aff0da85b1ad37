import { holdsFor } from './path-filter';
import { closingEnd, PathPart, partsOf, QUOTED, unquoted } from './path-syntax';

/** A part of a path that can select any number of values. Returns undefined where it cannot be applied to the value. */
type Selector = (value: unknown, root: unknown) => unknown[] | undefined;

/** A path, up to its first part that is not a name or an index, and the parts from there. */
export interface ParsedPath {
  readonly keys: string[];
  readonly selectors: Selector[];
}

const INDEXES = /^-?\d+(?:\s*,\s*-?\d+)*$/;
const NAMES = new RegExp(`^(?:${QUOTED})(?:\\s*,\\s*(?:${QUOTED}))*$`, 's');
const SLICE = /^(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(\d+)?)?$/;

/** Reads a path. Step Functions has the paths of Jayway JsonPath: https://states-language.net/spec.html#path, https://github.com/json-path/JsonPath */
export function parsePath(path: string): ParsedPath {
  const parts = partsOf(path);
  const firstSelector = parts.findIndex(({ key }) => key === undefined);
  const count = firstSelector < 0 ? parts.length : firstSelector;
  return { keys: parts.slice(0, count).map(({ key }) => key!), selectors: parts.slice(count).map(selectorOf) };
}

/** The values that a path selects below a value; undefined where its first selector cannot be applied. */
export function selectAll([first, ...others]: Selector[], value: unknown, root: unknown): unknown[] | undefined {
  return others.reduce((values, select) => values?.flatMap((item) => select(item, root) ?? []), first(value, root));
}

function selectorOf({ text, isInBrackets, isDeep }: PathPart): Selector {
  const select = isInBrackets || text === '*' ? bracketSelectorOf(text) : namesIn([text]);
  if (!isDeep) return select;
  return (value, root) => value === undefined ? undefined : descendants(value).flatMap((item) => select(item, root) ?? []);
}

/** What is in a pair of brackets. AWS was seen to answer with an empty list to `[*]` and to a slice of what is not there. */
function bracketSelectorOf(text: string): Selector {
  if (text === '*') return (value) => childrenOf(value) ?? [];
  if (text.startsWith('?')) return filterOf(text.slice(1).trim());
  if (INDEXES.test(text)) {
    const indexes = text.split(',').map(Number);
    return (value) => Array.isArray(value) ? indexes.map((index) => value.at(index)).filter((item) => item !== undefined) : undefined;
  }
  if (NAMES.test(text)) return namesIn([...text.matchAll(new RegExp(QUOTED, 'gs'))].map(([name]) => unquoted(name)));
  const slice = SLICE.exec(text);
  if (!slice) throw new Error(`'[${text}]' is not a step of a path`);
  const [from, to, step = 1] = slice.slice(1).map((number) => number === undefined ? undefined : Number(number));
  return (value) => Array.isArray(value) ? value.slice(from, to).filter((_, index) => index % step === 0) : [];
}

function filterOf(condition: string): Selector {
  if (!condition.startsWith('(') || closingEnd(condition, 0) !== condition.length) throw new Error(`the filter '?${condition}' needs parentheses around its condition`);
  const holds = holdsFor(condition);
  return (value, root) => childrenOf(value)?.filter((item) => holds(item, root));
}

function namesIn(names: string[]): Selector {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return names.filter((name) => Object.hasOwn(value, name)).map((name) => (value as Record<string, unknown>)[name]);
  };
}

function childrenOf(value: unknown): unknown[] | undefined {
  return typeof value === 'object' && value !== null ? Object.values(value) : undefined;
}

function descendants(value: unknown): unknown[] {
  return [value, ...(childrenOf(value) ?? []).flatMap(descendants)];
}
