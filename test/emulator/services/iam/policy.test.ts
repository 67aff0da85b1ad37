import { PolicyStatement } from '../../../../emulator/assembly/deployment';
import { decide, matchesWildcards } from '../../../../emulator/services/iam/policy';

const decision = (statements: Partial<PolicyStatement>[], context: Record<string, string | string[]> = {}) => decide(
  [{ Statement: statements.map((statement) => ({ Effect: 'Allow', Action: 'batch:SubmitJob', Resource: '*', ...statement })) }],
  { action: 'batch:SubmitJob', resource: 'arn:aws:batch:us-east-1:1:job-queue/q', context },
);

test.each<[string, string, Partial<PolicyStatement>[]]>([
  ['no statement', 'not allowed', []],
  ['the action itself', 'allowed', [{}]],
  ['the action in another case', 'allowed', [{ Action: 'BATCH:submitjob' }]],
  ['patterns of actions', 'allowed', [{ Action: ['s3:*', 'batch:Sub*'] }]],
  ['another action', 'not allowed', [{ Action: 'batch:TerminateJob' }]],
  ['a pattern of the resource', 'allowed', [{ Resource: 'arn:aws:batch:*:1:job-queue/?' }]],
  ['several resources', 'allowed', [{ Resource: ['arn:aws:s3:::*', 'arn:aws:batch:*'] }]],
  ['another resource', 'not allowed', [{ Resource: 'arn:aws:batch:us-east-1:1:job-queue/qq' }]],
  ['an Allow and a Deny', 'denied', [{}, { Effect: 'Deny' }]],
  ['an Allow, and a Deny of another action', 'allowed', [{}, { Effect: 'Deny', Action: 'batch:ListJobs' }]],
  ['all actions but this one', 'not allowed', [{ Action: undefined, NotAction: 'batch:SubmitJob' }]],
  ['all actions but another one', 'allowed', [{ Action: undefined, NotAction: 'batch:ListJobs', Resource: undefined, NotResource: 'arn:aws:s3:*' }]],
  ['all resources but this one', 'not allowed', [{ Resource: undefined, NotResource: 'arn:aws:batch:*:job-queue/q' }]],
])('a policy with %s: the request is %s', (_, expected, statements) => {
  expect(decision(statements)).toBe(expected);
});

test.each<[object, Record<string, string | string[]>, boolean]>([
  [{ StringEquals: { 'aws:SourceAccount': '1' } }, { 'aws:SourceAccount': '1' }, true],
  [{ StringEquals: { 'AWS:sourceaccount': ['2', '1'] } }, { 'aws:SourceAccount': '1' }, true],
  [{ StringEquals: { a: '1' } }, {}, false],
  [{ StringEqualsIfExists: { a: '1' } }, {}, true],
  [{ StringNotEquals: { a: '1' } }, { a: '1' }, false],
  [{ StringNotEquals: { a: '1' } }, {}, true],
  [{ StringEquals: { a: '1', b: '2' } }, { a: '1', b: '3' }, false],
  [{ StringEquals: { b: '2' } }, { a: '1', b: '2' }, true],
  [{ StringEqualsIgnoreCase: { a: 'Prod' } }, { a: 'pROD' }, true],
  [{ StringEqualsIgnoreCase: { a: 'prod' } }, { a: 'product' }, false],
  [{ StringLike: { a: 'pro?' } }, { a: 'prod' }, true],
  [{ StringLike: { a: 'pro?' } }, { a: 'product' }, false],
  [{ ArnEquals: { a: 'arn:aws:sqs:*:1:q' } }, { a: 'arn:aws:sqs:x:1:q' }, true],
  [{ ArnNotEquals: { a: 'arn:aws:sqs:*:1:q' } }, { a: 'arn:aws:sqs:x:1:q' }, false],
  [{ ArnLike: { a: 'arn:aws:events:*:1:rule/*' } }, { a: 'arn:aws:events:x:1:rule/r' }, true],
  [{ ArnLike: { a: 'arn:aws:events:*:1:rule/*' } }, { a: 'arn:aws:events:x:2:rule/r' }, false],
  [{ Bool: { a: 'false' } }, { a: 'False' }, true],
  [{ Null: { a: 'true' } }, {}, true],
  [{ Null: { a: 'true' } }, { a: '1' }, false],
  [{ Null: { a: 'false' } }, {}, false],
  [{ Null: { a: 'false' } }, { a: '1' }, true],
  [{ 'ForAllValues:StringEquals': { a: ['x', 'y'] } }, { a: ['x', 'z'] }, false],
  [{ 'ForAllValues:StringEquals': { a: ['x', 'y'] } }, { a: ['y', 'x'] }, true],
  [{ 'ForAllValues:StringEquals': { a: ['x', 'y'] } }, {}, true],
  [{ 'ForAnyValue:StringEquals': { a: ['x', 'y'] } }, { a: ['x', 'z'] }, true],
  [{ 'ForAnyValue:StringEquals': { a: ['x', 'y'] } }, {}, false],
  [{ StringEquals: { a: '1' }, Bool: { b: 'true' } }, { a: '1', b: 'false' }, false],
])('the condition %j holds with %j: %s', (Condition, context, holds) => {
  expect(decision([{ Condition } as any], context) === 'allowed').toBe(holds);
});

/** Whether the condition holds for a value below, equal to, and above the one in the policy. */
test.each<[string, [boolean, boolean, boolean]]>([
  ['NumericEquals', [false, true, false]],
  ['NumericNotEquals', [true, false, true]],
  ['NumericLessThan', [true, false, false]],
  ['NumericLessThanEquals', [true, true, false]],
  ['NumericGreaterThan', [false, false, true]],
  ['NumericGreaterThanEquals', [false, true, true]],
  ['DateLessThan', [true, false, false]],
  ['DateGreaterThan', [false, false, true]],
])('%s compares values, and not their texts', (operator, expected) => {
  const [bound, ...values] = operator.startsWith('Date')
    ? ['2026-10-01T00:00:00Z', '2026-10-01T00:30:00+01:00', '2026-10-01T02:00:00+02:00', '2026-09-30T23:00:00-02:00']
    : ['10', '9', '10.0', '100'];
  expect(values.map((value) => decision([{ Condition: { [operator]: { a: bound } } }], { a: value }) === 'allowed')).toEqual(expected);
});

test.each(['IpAddress', 'ForSomeValues:StringEquals'])('the unsupported operator %s is an error', (operator) => {
  expect(() => decision([{ Condition: { [operator]: { a: '10.0.0.1' } } }], { a: '10.0.0.1' })).toThrow(`the emulator does not support the condition operator '${operator}'`);
});

test('only * and ? are wildcards', () => {
  expect(matchesWildcards('a.b*', 'a.bc')).toBe(true);
  expect(matchesWildcards('a.b*', 'aXbc')).toBe(false);
  expect(matchesWildcards('a.b', 'aXb')).toBe(false);
});

test('a wildcard stands for any character, a line break too', () => {
  expect(matchesWildcards('a*', 'a\nb')).toBe(true);
});
