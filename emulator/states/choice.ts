import { DefinitionError } from './definition-checks';
import { evaluate, find, Scope } from './paths';
import { runtimeError } from './task-error';
import { isTimestamp } from './timestamp';
import { ANY_TEXT, matchesPattern } from '../wildcards';

type Rule = Record<string, any>;

/** Whether a choice rule holds. https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html */
export function holds(rule: Rule, scope: Scope): boolean {
  if (rule.And) return rule.And.every((operand: Rule) => holds(operand, scope));
  if (rule.Or) return rule.Or.some((operand: Rule) => holds(operand, scope));
  if (rule.Not) return !holds(rule.Not, scope);
  const [operator] = Object.keys(rule).filter((key) => !['Variable', 'Next', 'Assign', 'Comment'].includes(key));
  const value = find(rule.Variable, scope);
  const expected = rule[operator];
  if (operator === 'IsPresent') return (value !== undefined) === expected;
  if (value === undefined) throw runtimeError(`Invalid path '${rule.Variable}': The choice state's condition path references an invalid value.`);
  if (operator in TYPE_TESTS) return TYPE_TESTS[operator](value) === expected;
  return compare(operator, value, operator.endsWith('Path') ? evaluate(expected, scope) : expected);
}

const TYPE_TESTS: Record<string, (value: unknown) => boolean> = {
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => typeof value === 'number',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: isTimestamp,
};

const COMPARISONS: Record<string, (a: any, b: any) => boolean> = {
  Equals: (a, b) => a === b,
  LessThan: (a, b) => a < b,
  GreaterThan: (a, b) => a > b,
  LessThanEquals: (a, b) => a <= b,
  GreaterThanEquals: (a, b) => a >= b,
};

function compare(operator: string, value: unknown, expected: unknown): boolean {
  const { kind, comparison } = /^(?<kind>String|Numeric|Boolean|Timestamp)(?<comparison>Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals|Matches)(Path)?$/.exec(operator)?.groups ?? {};
  if (!kind || (comparison === 'Matches' && kind !== 'String')) throw new DefinitionError(`the emulator does not support the comparison '${operator}'`);
  if (comparison === 'Matches') return typeof value === 'string' && matches(String(expected), value);
  if (kind === 'Timestamp') {
    return isTimestamp(value) && COMPARISONS[comparison](Date.parse(value), Date.parse(expected as string));
  }
  const type = { String: 'string', Numeric: 'number', Boolean: 'boolean' }[kind];
  return typeof value === type && typeof expected === type && COMPARISONS[comparison](value, expected);
}

/** `*` matches any text, `\*` an asterisk. */
function matches(pattern: string, value: string): boolean {
  const tokens = pattern.match(/\\\*|\\\\|[^]/g) ?? [];
  return matchesPattern(tokens.map((token) => token === '*' ? ANY_TEXT : token.at(-1)!), value);
}
