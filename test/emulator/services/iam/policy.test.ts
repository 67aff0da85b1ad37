import { PolicyStatement } from '../../../../emulator/assembly/deployment';
import { decide, matchesWildcards } from '../../../../emulator/services/iam/policy';

const decision = (statements: Partial<PolicyStatement>[], context: Record<string, string | string[]> = {}) => decide(
  [{ Statement: statements.map((statement) => ({ Effect: 'Allow', Action: 'batch:SubmitJob', Resource: '*', ...statement })) }],
  { action: 'batch:SubmitJob', resource: 'arn:aws:batch:us-east-1:1:job-queue/q', context },
);

test.each<[string, Partial<PolicyStatement>[], string]>([
  ['no statement', [], 'not allowed'],
  ['the action itself', [{}], 'allowed'],
  ['the action in another case', [{ Action: 'BATCH:submitjob' }], 'allowed'],
  ['patterns of actions', [{ Action: ['s3:*', 'batch:Sub*'] }], 'allowed'],
  ['another action', [{ Action: 'batch:TerminateJob' }], 'not allowed'],
  ['a pattern of the resource', [{ Resource: 'arn:aws:batch:*:1:job-queue/?' }], 'allowed'],
  ['another resource', [{ Resource: 'arn:aws:batch:us-east-1:1:job-queue/qq' }], 'not allowed'],
  ['an Allow and a Deny', [{}, { Effect: 'Deny' }], 'denied'],
  ['an Allow, and a Deny of another action', [{}, { Effect: 'Deny', Action: 'batch:ListJobs' }], 'allowed'],
  ['all actions but this one', [{ Action: undefined, NotAction: 'batch:SubmitJob' }], 'not allowed'],
  ['all actions but another one', [{ Action: undefined, NotAction: 'batch:ListJobs', Resource: undefined, NotResource: 'arn:aws:s3:*' }], 'allowed'],
])('a policy with %s: the request is %s', (_, statements, expected) => {
  expect(decision(statements)).toBe(expected);
});

test.each<[object, Record<string, string | string[]>, boolean]>([
  [{ StringEquals: { 'aws:SourceAccount': '1' } }, { 'aws:SourceAccount': '1' }, true],
  [{ StringEquals: { 'AWS:sourceaccount': ['2', '1'] } }, { 'aws:SourceAccount': '1' }, true],
  [{ StringEquals: { a: '1' } }, {}, false],
  [{ StringEqualsIfExists: { a: '1' } }, {}, true],
  [{ StringNotEquals: { a: '1' } }, { a: '1' }, false],
  [{ StringNotEquals: { a: '1' } }, {}, true],
  [{ ArnLike: { a: 'arn:aws:events:*:1:rule/*' } }, { a: 'arn:aws:events:x:1:rule/r' }, true],
  [{ ArnLike: { a: 'arn:aws:events:*:1:rule/*' } }, { a: 'arn:aws:events:x:2:rule/r' }, false],
  [{ Bool: { a: 'false' } }, { a: 'False' }, true],
  [{ Null: { a: 'true' } }, {}, true],
  [{ NumericLessThan: { a: '5' } }, { a: '4' }, true],
  [{ DateGreaterThan: { a: '2026-01-01' } }, { a: '2026-02-01' }, true],
  [{ 'ForAllValues:StringEquals': { a: ['x', 'y'] } }, { a: ['x', 'z'] }, false],
  [{ 'ForAnyValue:StringEquals': { a: ['x', 'y'] } }, { a: ['x', 'z'] }, true],
  [{ StringEquals: { a: '1' }, Bool: { b: 'true' } }, { a: '1', b: 'false' }, false],
])('the condition %j holds with %j: %s', (Condition, context, holds) => {
  expect(decision([{ Condition } as any], context) === 'allowed').toBe(holds);
});

test('an unsupported operator is an error', () => {
  expect(() => decision([{ Condition: { IpAddress: { a: '10.0.0.0/8' } } }], { a: '10.0.0.1' })).toThrow("does not support the condition operator 'IpAddress'");
});

test('only * and ? are wildcards', () => {
  expect(matchesWildcards('a.b*', 'a.bc')).toBe(true);
  expect(matchesWildcards('a.b*', 'aXbc')).toBe(false);
});
