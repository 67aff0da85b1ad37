import type { PolicyDocument, PolicyStatement } from '../../assembly/deployment';
import { UnsupportedError } from '../../unsupported-error';
import { ANY_CHARACTER, ANY_TEXT, matchesPattern, Wildcard } from '../../wildcards';

export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Record<string, string | string[]>;
}

/** `denied` by a Deny statement; `not allowed` without an Allow statement. */
export type Decision = 'allowed' | 'denied' | 'not allowed';

/**
 * Evaluates policies for a request. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * @param applies selects statements, for example those for a principal
 */
export function decide(policies: readonly PolicyDocument[], request: PolicyRequest, applies: (statement: PolicyStatement) => boolean = () => true): Decision {
  const matching = policies.flatMap((policy) => [policy.Statement].flat()).filter((statement) => applies(statement) && covers(statement, request));
  if (matching.some((statement) => statement.Effect === 'Deny')) return 'denied';
  return matching.length > 0 ? 'allowed' : 'not allowed';
}

function covers(statement: PolicyStatement, { action, resource, context }: PolicyRequest): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const matchesAction = (patterns: string | string[]) => [patterns].flat().some((pattern) => matchesWildcards(pattern.toLowerCase(), action.toLowerCase()));
  const matchesResource = (patterns: string | string[]) => [patterns].flat().some((pattern) => matchesWildcards(pattern, resource));
  return (Action === undefined || matchesAction(Action)) && (NotAction === undefined || !matchesAction(NotAction))
    && (Resource === undefined || matchesResource(Resource)) && (NotResource === undefined || !matchesResource(NotResource))
    && Object.entries(Condition ?? {}).every(([operator, keys]) => (
      Object.entries(keys).every(([key, values]) => holds(operator, valuesOf(context, key), [values].flat().map(String)))
    ));
}

function valuesOf(context: Record<string, string | string[]>, key: string): string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found && [found[1]].flat();
}

/** The condition operators, without `Not`, `IfExists` and the quantifiers. */
const OPERATORS: Record<string, (actual: string, expected: string) => boolean> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => matchesWildcards(expected, actual),
  ArnEquals: (actual, expected) => matchesWildcards(expected, actual),
  ArnLike: (actual, expected) => matchesWildcards(expected, actual),
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  NumericEquals: (actual, expected) => Number(actual) === Number(expected),
  NumericLessThan: (actual, expected) => Number(actual) < Number(expected),
  NumericLessThanEquals: (actual, expected) => Number(actual) <= Number(expected),
  NumericGreaterThan: (actual, expected) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (actual, expected) => Number(actual) >= Number(expected),
  DateLessThan: (actual, expected) => Date.parse(actual) < Date.parse(expected),
  DateGreaterThan: (actual, expected) => Date.parse(actual) > Date.parse(expected),
};

function holds(qualifiedOperator: string, actual: string[] | undefined, expected: string[]): boolean {
  const [, quantifier, operator, ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(qualifiedOperator) ?? [];
  if (operator === 'Null') return (actual === undefined) === (expected[0] === 'true');
  const isNegated = /^(String|Arn|Numeric|Date)Not/.test(operator);
  if (actual === undefined) return !!ifExists || quantifier === 'ForAllValues' || isNegated;
  const test = OPERATORS[isNegated ? operator.replace('Not', '') : operator];
  if (!test) throw new UnsupportedError(`the emulator does not support the condition operator '${qualifiedOperator}'`);
  const matches = (value: string) => expected.some((pattern) => test(value, pattern)) !== isNegated;
  return quantifier === 'ForAllValues' ? actual.every(matches) : actual.some(matches);
}

/** Whether a value matches a pattern with the wildcards `*` and `?`. */
export function matchesWildcards(pattern: string, value: string): boolean {
  const wildcards = patterns.get(pattern) ?? [...pattern].map((character) => character === '*' ? ANY_TEXT : character === '?' ? ANY_CHARACTER : character);
  patterns.set(pattern, wildcards);
  return matchesPattern(wildcards, [...value]);
}

/** Patterns that have been read: the same few are matched in every call. */
const patterns = new Map<string, Wildcard[]>();
