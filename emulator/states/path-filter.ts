import { isDeepStrictEqual } from 'node:util';
import { child, operandEnd, partsOf, QUOTED, unquoted } from './path-syntax';

type Condition = (item: unknown, root: unknown) => boolean;
type Operand = (item: unknown, root: unknown) => unknown;

const OPERATOR = /(?:==|!=|<=|>=|<|>)/y;
const LITERAL = new RegExp(String.raw`${QUOTED}|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null`, 'sy');

/**
 * Reads the condition of a filter, in its parentheses, which decides about each element. It is interpreted: it cannot run code. A field exists when it is
 * there, whatever its value is, and a field that is not there equals nothing. https://github.com/json-path/JsonPath
 */
export function holdsFor(text: string): Condition {
  return new ConditionReader(text).anyOf();
}

class ConditionReader {
  private at = 0;

  constructor(private readonly text: string) {}

  anyOf(): Condition {
    const parts = this.separatedBy('||', () => this.allOf());
    return (item, root) => parts.some((part) => part(item, root));
  }

  private allOf(): Condition {
    const parts = this.separatedBy('&&', () => this.term());
    return (item, root) => parts.every((part) => part(item, root));
  }

  private separatedBy(operator: string, read: () => Condition): Condition[] {
    const parts = [read()];
    while (this.takes(operator)) parts.push(read());
    return parts;
  }

  private term(): Condition {
    if (this.takes('!')) {
      const negated = this.term();
      return (item, root) => !negated(item, root);
    }
    if (!this.takes('(')) return this.comparison();
    const inner = this.anyOf();
    if (!this.takes(')')) throw new Error(`the condition '${this.text}' has a parenthesis that is not closed`);
    return inner;
  }

  private comparison(): Condition {
    const left = this.operand();
    this.skipSpaces();
    const operator = this.match(OPERATOR);
    if (operator === undefined) return (item, root) => left(item, root) !== undefined;
    const right = this.operand();
    return (item, root) => compare(operator, left(item, root), right(item, root));
  }

  private operand(): Operand {
    this.skipSpaces();
    const origin = this.text[this.at];
    if (origin === '@' || origin === '$') {
      const end = operandEnd(this.text, this.at + 1);
      const keys = partsOf(this.text.slice(this.at, end)).map(({ key }) => key);
      if (keys.includes(undefined)) throw new Error(`'${this.text.slice(this.at, end)}' in a condition is not a path to one value`);
      this.at = end;
      return (item, root) => (keys as string[]).reduce(child, origin === '@' ? item : root);
    }
    const literal = this.match(LITERAL);
    if (literal === undefined) throw new Error(`the condition '${this.text}' cannot be read at '${this.text.slice(this.at)}'`);
    const value = /^['"]/.test(literal) ? unquoted(literal) : JSON.parse(literal);
    return () => value;
  }

  private takes(token: string): boolean {
    this.skipSpaces();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private skipSpaces(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }
}

function compare(operator: string, left: unknown, right: unknown): boolean {
  if (operator === '==') return areEqual(left, right);
  if (operator === '!=') return !areEqual(left, right);
  if (![left, right].every((value) => typeof value === 'number' || typeof value === 'string')) return false;
  const [a, b] = typeof left === typeof right ? [left as string, right as string] : [String(left), String(right)];
  switch (operator) {
    case '<': return a < b;
    case '<=': return a <= b;
    case '>': return a > b;
    default: return a >= b;
  }
}

/** A number and a text are compared as the first of them is. */
function areEqual(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'string') return right.trim() !== '' && left === Number(right);
  if (typeof left === 'string' && typeof right === 'number') return left === String(right);
  return left !== undefined && (left === right || isDeepStrictEqual(left, right));
}
