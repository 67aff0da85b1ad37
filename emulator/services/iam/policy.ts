import type { PolicyDocument, PolicyStatement } from '../../assembly/deployment';

export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Record<string, string | string[]>;
}

export type Decision = 'allowed' | 'denied' | 'not allowed';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: a Deny wins, and without an Allow there is none. */
export function decide(policies: readonly PolicyDocument[], request: PolicyRequest, concerns: (statement: PolicyStatement) => boolean = () => true): Decision {
  const matching = policies.flatMap((policy) => [policy.Statement].flat()).filter((statement) => concerns(statement) && covers(statement, request));
  if (matching.some((statement) => statement.Effect === 'Deny')) return 'denied';
  return matching.some((statement) => statement.Effect === 'Allow') ? 'allowed' : 'not allowed';
}

function covers(statement: PolicyStatement, { action, resource, context }: PolicyRequest): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const actions = (patterns: string | string[]) => [patterns].flat().some((pattern) => like(pattern.toLowerCase(), action.toLowerCase()));
  const resources = (patterns: string | string[]) => [patterns].flat().some((pattern) => like(pattern, resource));
  return (Action === undefined || actions(Action)) && (NotAction === undefined || !actions(NotAction))
    && (Resource === undefined || resources(Resource)) && (NotResource === undefined || !resources(NotResource))
    && Object.entries(Condition ?? {}).every(([operator, keys]) => (
      Object.entries(keys).every(([key, values]) => holds(operator, valuesOf(context, key), [values].flat().map(String)))
    ));
}

function valuesOf(context: Record<string, string | string[]>, key: string): string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found && [found[1]].flat();
}

const OPERATORS: Record<string, (actual: string, expected: string) => boolean> = {
  StringEquals: (a, b) => a === b,
  StringEqualsIgnoreCase: (a, b) => a.toLowerCase() === b.toLowerCase(),
  StringLike: (a, b) => like(b, a),
  ArnEquals: (a, b) => like(b, a),
  ArnLike: (a, b) => like(b, a),
  Bool: (a, b) => a.toLowerCase() === b.toLowerCase(),
  NumericEquals: (a, b) => Number(a) === Number(b),
  NumericLessThan: (a, b) => Number(a) < Number(b),
  NumericLessThanEquals: (a, b) => Number(a) <= Number(b),
  NumericGreaterThan: (a, b) => Number(a) > Number(b),
  NumericGreaterThanEquals: (a, b) => Number(a) >= Number(b),
  DateLessThan: (a, b) => Date.parse(a) < Date.parse(b),
  DateGreaterThan: (a, b) => Date.parse(a) > Date.parse(b),
};

function holds(written: string, actual: string[] | undefined, expected: string[]): boolean {
  const [, quantifier, operator, ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(written) ?? [];
  if (operator === 'Null') return (actual === undefined) === (expected[0] === 'true');
  if (actual === undefined) return !!ifExists || quantifier === 'ForAllValues' || negated(operator);
  const positive = negated(operator) ? operator.replace('Not', '') : operator;
  const test = OPERATORS[positive];
  if (!test) throw new Error(`the local runner does not know the condition operator '${written}'`);
  const one = (value: string) => expected.some((pattern) => test(value, pattern)) !== negated(operator);
  return quantifier === 'ForAllValues' ? actual.every(one) : actual.some(one);
}

function negated(operator: string): boolean {
  return /^(String|Arn|Numeric|Date)Not/.test(operator);
}

/** `*` and `?` are the wild cards. */
export function like(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value;
  let regex = patterns.get(pattern);
  if (!regex) {
    regex = new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's');
    patterns.set(pattern, regex);
  }
  return regex.test(value);
}

const patterns = new Map<string, RegExp>();
