import { BlockList, isIP } from 'node:net';
import { invalidPattern } from './invalid-pattern';
import { readWildcard } from './wildcard';

/** What a value of an event must be, or that there is no value. */
export type Condition = 'absent' | ((value: unknown) => boolean);

/** Where EventBridge compares numbers. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-numeric-matching */
const LARGEST_NUMBER = 5e9;

/** Reads the conditions on a field, of which one must hold. */
export function readConditions(expected: readonly unknown[]): Condition[] {
  if (expected.length === 0) throw invalidPattern('Empty arrays are not allowed');
  return expected.map((condition) => {
    if (Array.isArray(condition)) throw invalidPattern('Match value must be String, number, true, false, or null');
    if (typeof condition !== 'object' || condition === null) return (value) => value === condition;
    const [operator, operand] = onlyEntryOf(condition, 'Match expression name not found', 'Only one key allowed in match expression');
    if (!Object.hasOwn(OPERATORS, operator)) throw invalidPattern(`Unrecognized match type ${operator}`);
    return OPERATORS[operator](operand);
  });
}

const OPERATORS: Record<string, (operand: unknown) => Condition> = {
  'prefix': (operand) => affix('prefix', operand, (value, prefix) => value.startsWith(prefix)),
  'suffix': (operand) => affix('suffix', operand, (value, suffix) => value.endsWith(suffix)),
  'wildcard': (operand) => onText(readWildcard(textOf(operand, 'wildcard'))),
  'equals-ignore-case': (operand) => ignoringCase(textOf(operand, 'equals-ignore-case'), (value, text) => value === text),
  'numeric': readNumeric,
  'cidr': readCidr,
  'exists': (operand) => {
    if (typeof operand !== 'boolean') throw invalidPattern('exists match pattern must be either true or false.');
    return operand ? () => true : 'absent';
  },
  'anything-but': readAnythingBut,
};

const onText = (test: (value: string) => boolean) => (value: unknown): boolean => typeof value === 'string' && test(value);

const ignoringCase = (text: string, test: (value: string, text: string) => boolean) => onText((value) => test(value.toLowerCase(), text.toLowerCase()));

/** `prefix` and `suffix`. Their operand is a text or `{ equals-ignore-case: text }`. */
function affix(operator: string, operand: unknown, test: (value: string, text: string) => boolean): Condition {
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) {
    const text = textOf(operand, operator);
    return onText((value) => test(value, text));
  }
  const Operator = operator.replace(/^./, (letter) => letter.toUpperCase());
  const [inner, text] = onlyEntryOf(operand, `${Operator} expression name not found`, 'Only one key allowed in match expression');
  if (inner !== 'equals-ignore-case') throw invalidPattern(`Unsupported ${operator} pattern: ${inner}`);
  return ignoringCase(textOf(text, 'equals-ignore-case'), test);
}

const RANGE_END = /^<=?$/;

/** `["=", 5]`, `["<", 10]`, `[">", 0, "<=", 5]` */
function readNumeric(operand: unknown): Condition {
  if (!Array.isArray(operand)) throw invalidPattern('Value of numeric must be an array.');
  const [operator, bound, endOperator, endBound, ...more] = operand;
  if (typeof operator !== 'string') throw invalidPattern(`Invalid member in numeric match: ${operator ?? ']'}`);
  if (!Object.hasOwn(COMPARISONS, operator)) throw invalidPattern(`Unrecognized numeric range operator: ${operator}`);
  const start = numericTest(operator, bound);
  if (operand.length === 2) return start;
  if (!operator.startsWith('>')) throw invalidPattern('Too many elements in numeric expression');
  if (typeof endOperator !== 'string') throw invalidPattern(`Bad value in numeric range: ${endOperator}`);
  if (!RANGE_END.test(endOperator)) throw invalidPattern(`Bad numeric range operator: ${endOperator}`);
  const end = numericTest(endOperator, endBound);
  if (more.length > 0) throw invalidPattern('Too many terms in numeric range expression');
  if (bound >= endBound) throw invalidPattern('Bottom must be less than top');
  return (value) => start(value) && end(value);
}

const COMPARISONS: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numericTest(operator: string, bound: unknown): (value: unknown) => boolean {
  if (typeof bound !== 'number') throw invalidPattern(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`);
  assertComparable(bound);
  return (value) => typeof value === 'number' && Math.abs(value) <= LARGEST_NUMBER && COMPARISONS[operator](value, bound);
}

function assertComparable(number: number): void {
  if (Math.abs(number) > LARGEST_NUMBER) throw invalidPattern('Value must be between -5.0E9 and 5.0E9, inclusive');
}

/** `10.0.0.0/24`. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-ip-matching */
function readCidr(operand: unknown): Condition {
  // The message is EventBridge's, and speaks of another operator.
  const parts = textOf(operand, 'prefix').split('/');
  if (parts.length !== 2) throw invalidPattern('Malformed CIDR, one \'/\' required');
  const [network, bits] = parts;
  if (!/^-?\d+$/.test(bits)) throw invalidPattern('Malformed CIDR, mask bits must be an integer');
  if (Number(bits) < 0) throw invalidPattern('Malformed CIDR, mask bits must not be negative');
  const family = isIP(network);
  if (family === 0) throw invalidPattern(`Nonstandard IP address: ${network}`);
  const width = family === 4 ? 32 : 128;
  if (Number(bits) >= width) throw invalidPattern(`IPv${family} mask bits must be < ${width}`);
  const block = new BlockList();
  block.addSubnet(network, Number(bits), `ipv${family as 4 | 6}`);
  return onText((value) => isIP(value) === family && block.check(value, `ipv${family as 4 | 6}`));
}

/** Any value but these. A value must be there, and `null` is one. */
function readAnythingBut(operand: unknown): Condition {
  const isExcluded = typeof operand === 'object' && operand !== null && !Array.isArray(operand) ? readExclusion(operand) : readExcludedValues(operand);
  return (value) => !isExcluded(value);
}

function readExcludedValues(operand: unknown): (value: unknown) => boolean {
  if (!isValueOrList(operand)) throw invalidPattern(NOT_EXCLUDABLE);
  const excluded = [operand].flat();
  for (const value of excluded) {
    if (typeof value === 'number') assertComparable(value);
    else if (typeof value !== 'string') throw invalidPattern('Inside anything but list, start|null|boolean is not supported.');
  }
  if (new Set(excluded.map((value) => typeof value)).size !== 1) {
    throw invalidPattern('Inside anything but list, either all values are number or string, mixed type is not supported');
  }
  return (value) => excluded.includes(value);
}

const NOT_EXCLUDABLE = 'Value of anything-but must be an array or single string/number value.';

const EXCLUSIONS: Record<string, { readonly wrongType: string; readonly test: (text: string) => (value: string) => boolean }> = {
  'prefix': { wrongType: 'prefix/suffix match pattern must be a string', test: (text) => (value) => value.startsWith(text) },
  'suffix': { wrongType: 'prefix/suffix match pattern must be a string', test: (text) => (value) => value.endsWith(text) },
  'wildcard': { wrongType: 'wildcard match pattern must be a string', test: readWildcard },
  'equals-ignore-case': {
    wrongType: 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
    test: (text) => (value) => value.toLowerCase() === text.toLowerCase(),
  },
};

/** `{ prefix: text or texts }` and the like inside `anything-but` */
function readExclusion(exclusion: object): (value: unknown) => boolean {
  const [operator, operand] = onlyEntryOf(exclusion, 'Anything-But expression name not found', 'Too many elements in numeric expression');
  if (!Object.hasOwn(EXCLUSIONS, operator)) throw invalidPattern(`Unsupported anything-but pattern: ${operator}`);
  if (!isValueOrList(operand)) throw invalidPattern(NOT_EXCLUDABLE);
  const { wrongType, test } = EXCLUSIONS[operator];
  const tests = [operand].flat().map((text) => {
    if (typeof text !== 'string') throw invalidPattern(wrongType);
    if (text === '' && /fix$/.test(operator)) throw invalidPattern('Null prefix/suffix not allowed');
    return test(text);
  });
  return onText((value) => tests.some((excludes) => excludes(value)));
}

function isValueOrList(operand: unknown): operand is string | number | unknown[] {
  return typeof operand === 'string' || typeof operand === 'number' || Array.isArray(operand);
}

function textOf(operand: unknown, operator: string): string {
  if (typeof operand !== 'string') throw invalidPattern(`${operator} match pattern must be a string`);
  return operand;
}

function onlyEntryOf(expression: object, none: string, several: string): [string, unknown] {
  const [entry, ...more] = Object.entries(expression);
  if (!entry) throw invalidPattern(none);
  if (more.length > 0) throw invalidPattern(several);
  return entry;
}
