/** A step of a path, as it is written. */
export interface PathPart {
  /** Without the dot or the brackets around it. */
  readonly text: string;
  readonly isInBrackets: boolean;
  /** It has two dots before it, and applies to everything below. */
  readonly isDeep: boolean;
  /** The name or the index, if the step is one. */
  readonly key?: string;
}

/** A text in quotes. */
export const QUOTED = String.raw`'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"`;
const TEXT = new RegExp(QUOTED, 'sy');
const NAME = /[^\s.[\]()*?@,:'"]+/uy;
const NAME_IN_CONDITION = /[^\s.[\]()*?@,:'"=!<>&|~]+/uy;
const KEY = new RegExp(`^(?:-?\\d+|${QUOTED})$`, 's');

/**
 * The steps of a path behind its `$`. A step in brackets may have a dot before it:
 * https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
 */
export function partsOf(path: string): PathPart[] {
  const parts: PathPart[] = [];
  for (let at = 1; at < path.length;) {
    const isDeep = path.startsWith('..', at);
    if (path[at] !== '.' && path[at] !== '[') throw new Error(`there is no step at '${path.slice(at)}'`);
    if (path[at] === '.') at += isDeep ? 2 : 1;
    const isInBrackets = path[at] === '[';
    const end = isInBrackets ? closingEnd(path, at) : nameEnd(path, at);
    const text = isInBrackets ? path.slice(at + 1, end - 1).trim() : path.slice(at, end);
    const isKey = isInBrackets ? KEY.test(text) : text !== '*';
    parts.push({ text, isInBrackets, isDeep, key: isKey && !isDeep ? unquoted(text) : undefined });
    at = end;
  }
  return parts;
}

/** The value at a name or an index; undefined where there is none. */
export function child(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return /^-?\d+$/.test(key) ? value.at(Number(key)) : undefined;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** Where a path ends that is an argument of a function: at a comma or a closing parenthesis that does not belong to it. */
export function argumentEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== ')') at = text[at] === '[' || text[at] === '(' ? closingEnd(text, at) : at + 1;
  return at;
}

/** Where the steps of a path end that is an operand of a condition. */
export function operandEnd(text: string, from: number): number {
  let at = from;
  while (text[at] === '.' || text[at] === '[') {
    if (text[at] === '[') at = closingEnd(text, at);
    else at = text[at + 1] === '[' ? at + 1 : nameEnd(text, at + 1, NAME_IN_CONDITION);
  }
  return at;
}

/** The position behind the bracket or parenthesis that closes the one at `from`. */
export function closingEnd(text: string, from: number): number {
  const closing = text[from] === '[' ? ']' : ')';
  for (let at = from + 1; at < text.length;) {
    if (text[at] === closing) return at + 1;
    if (text[at] === '[' || text[at] === '(') at = closingEnd(text, at);
    else if (text[at] === "'" || text[at] === '"') at = textEnd(text, at);
    else at++;
  }
  throw new Error(`'${text[from]}' is not closed`);
}

/** The name in quotes, or the name or index itself. In quotes, a backslash escapes only such a quote. */
export function unquoted(text: string): string {
  return /^['"]/.test(text) ? text.slice(1, -1).replaceAll(`\\${text[0]}`, text[0]) : text;
}

function textEnd(text: string, at: number): number {
  TEXT.lastIndex = at;
  if (!TEXT.test(text)) throw new Error(`a text is not closed at ${text.slice(at)}`);
  return TEXT.lastIndex;
}

function nameEnd(path: string, at: number, name = NAME): number {
  if (path[at] === '*') return at + 1;
  name.lastIndex = at;
  if (!name.test(path)) throw new Error(`there is no name at '${path.slice(at)}'`);
  if (path[name.lastIndex] === '(') throw new Error('a path has no functions; use an intrinsic function');
  return name.lastIndex;
}
