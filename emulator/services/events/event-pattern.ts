import { UnsupportedError } from '../../unsupported-error';

type Pattern = Record<string, any>;

/** Whether an event matches the pattern of a rule. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export function matchesPattern(pattern: Pattern, event: Record<string, any> | undefined): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or') return (expected as Pattern[]).some((alternative) => matchesPattern(alternative, event));
    const actual = event?.[key];
    if (!Array.isArray(expected)) return matchesPattern(expected, typeof actual === 'object' && actual !== null ? actual : undefined);
    // Only leaves have a value. For a pattern, an object counts as absent.
    const values = (Array.isArray(actual) && actual.length > 0 ? actual : [actual]).map((value) => typeof value === 'object' && value !== null ? undefined : value);
    return expected.some((condition) => values.some((value) => matchesValue(condition, value)));
  });
}

function matchesValue(expected: unknown, value: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return value === expected;
  const [[operator, operand]] = Object.entries(expected as Pattern);
  const test = OPERATORS[operator];
  if (!test) throw new UnsupportedError(`the emulator does not support the pattern operator '${operator}'`);
  return test(operand, value);
}

/** An operator for text. Its operand may be `{ equals-ignore-case: text }`. */
const onText = (test: (operand: string, value: string) => boolean) => (operand: any, value: unknown): boolean => typeof value === 'string' && (
  typeof operand === 'object' && 'equals-ignore-case' in operand
    ? test(operand['equals-ignore-case'].toLowerCase(), value.toLowerCase())
    : test(operand, value));

const OPERATORS: Record<string, (operand: any, value: unknown) => boolean> = {
  'prefix': onText((operand, value) => value.startsWith(operand)),
  'suffix': onText((operand, value) => value.endsWith(operand)),
  'wildcard': onText(matchesWildcards),
  'equals-ignore-case': onText((operand, value) => value.toLowerCase() === operand.toLowerCase()),
  'exists': (operand, value) => (value !== undefined) === operand,
  'numeric': (operand, value) => typeof value === 'number' && matchesNumeric(operand, value),
  'anything-but': (operand, value) => value !== undefined && ![operand].flat().some((excluded: unknown) => {
    if (typeof excluded !== 'object' || excluded === null) return excluded === value;
    const [[operator, operands]] = Object.entries(excluded as Pattern);
    return [operands].flat().some((single: unknown) => matchesValue({ [operator]: single }, value));
  }),
};

function matchesNumeric(conditions: (string | number)[], value: number): boolean {
  for (let index = 0; index < conditions.length; index += 2) {
    const bound = Number(conditions[index + 1]);
    const test: Record<string, boolean> = { '=': value === bound, '<': value < bound, '<=': value <= bound, '>': value > bound, '>=': value >= bound };
    if (!test[conditions[index]]) return false;
  }
  return true;
}

/** `*` matches any text, `\*` an asterisk, `\\` a backslash. */
function matchesWildcards(pattern: string, value: string): boolean {
  const source = pattern.replace(/\\([\\*])|[*.+?^${}()|[\]\\]/g, (token, escaped) => token === '*' ? '.*' : `\\${escaped ?? token}`);
  return new RegExp(`^${source}$`, 's').test(value);
}
