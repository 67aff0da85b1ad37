type Rule = Record<string, any>;

/** Whether an event matches a rule's pattern. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export function matchesPattern(pattern: Rule, event: Rule | undefined): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or') return (expected as Rule[]).some((one) => matchesPattern(one, event));
    const actual = event?.[key];
    if (!Array.isArray(expected)) return matchesPattern(expected, typeof actual === 'object' && actual !== null ? actual : undefined);
    // Only leaves have values: a rule about an object is a rule about nothing.
    const values = (Array.isArray(actual) && actual.length > 0 ? actual : [actual]).map((value) => typeof value === 'object' && value !== null ? undefined : value);
    return expected.some((one) => values.some((value) => matchesValue(one, value)));
  });
}

function matchesValue(expected: unknown, value: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return value === expected;
  const [[operator, operand]] = Object.entries(expected as Rule);
  const test = OPERATORS[operator];
  if (!test) throw new Error(`the local runner does not know the pattern operator '${operator}'`);
  return test(operand, value);
}

const onText = (test: (operand: string, value: string) => boolean) => (operand: any, value: unknown): boolean => typeof value === 'string' && (
  typeof operand === 'object' && 'equals-ignore-case' in operand
    ? test(operand['equals-ignore-case'].toLowerCase(), value.toLowerCase())
    : test(operand, value));

const OPERATORS: Record<string, (operand: any, value: unknown) => boolean> = {
  'prefix': onText((operand, value) => value.startsWith(operand)),
  'suffix': onText((operand, value) => value.endsWith(operand)),
  'wildcard': onText(isLike),
  'equals-ignore-case': onText((operand, value) => value.toLowerCase() === operand.toLowerCase()),
  'exists': (operand, value) => (value !== undefined) === operand,
  'numeric': (operand, value) => typeof value === 'number' && numeric(operand, value),
  'anything-but': (operand, value) => value !== undefined && ![operand].flat().some((one: unknown) => {
    if (typeof one !== 'object' || one === null) return one === value;
    const [[operator, operands]] = Object.entries(one as Rule);
    return [operands].flat().some((single: unknown) => matchesValue({ [operator]: single }, value));
  }),
};

function numeric(conditions: (string | number)[], value: number): boolean {
  for (let index = 0; index < conditions.length; index += 2) {
    const bound = Number(conditions[index + 1]);
    const test: Record<string, boolean> = { '=': value === bound, '<': value < bound, '<=': value <= bound, '>': value > bound, '>=': value >= bound };
    if (!test[conditions[index]]) return false;
  }
  return true;
}

/** `*` stands for anything, `\*` for itself, `\\` for a backslash. */
function isLike(pattern: string, value: string): boolean {
  const source = pattern.replace(/\\([\\*])|[*.+?^${}()|[\]\\]/g, (token, escaped) => token === '*' ? '.*' : `\\${escaped ?? token}`);
  return new RegExp(`^${source}$`, 's').test(value);
}
