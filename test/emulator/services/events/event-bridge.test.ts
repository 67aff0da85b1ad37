import { describeError } from '../../../../cli/errors';
import { Deployment } from '../../../../emulator/assembly/deployment';
import { inWholeSeconds, VirtualClock } from '../../../../emulator/clock';
import { NO_FAULTS } from '../../../../emulator/faults';
import { EventBridge } from '../../../../emulator/services/events/event-bridge';
import { Lambda } from '../../../../emulator/services/lambda/lambda';
import { Sqs } from '../../../../emulator/services/sqs/sqs';

const QUEUE = 'arn:aws:sqs:us-east-1:1:queue';
const FUNCTION = 'arn:aws:lambda:us-east-1:1:function:f';
const RULE = 'arn:aws:events:us-east-1:1:rule/rule';
const invocations: unknown[] = [];

beforeEach(() => { invocations.length = 0; });

function bridge({ pattern, target = {}, allowed = true, allow = {} }: { pattern: object; target?: object; allowed?: boolean; allow?: object }) {
  const place = (name: string) => ({ path: `App/${name}`, stack: 'App', logicalId: name, name });
  const statement = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: QUEUE, ...allow };
  const queue = { ...place('queue'), arn: QUEUE, url: 'https://sqs/queue', visibilityTimeoutSeconds: 30, retentionSeconds: 60, policies: allowed ? [{ Statement: [statement] }] : [] };
  const lambda = { allows: (...asked: unknown[]) => allowed && asked.join() === `${FUNCTION},events.amazonaws.com,${RULE}`, invokeLater: (...invocation: unknown[]) => invocations.push(invocation) };
  const deployment = { account: '1', queues: [queue], functions: [{ ...place('f'), arn: FUNCTION }], rules: [{ ...place('rule'), arn: RULE, pattern, targets: [{ arn: QUEUE, ...target }] }] };
  const clock = new VirtualClock(0);
  const sqs = new Sqs(clock, deployment.queues as never);
  const events = new EventBridge(deployment as unknown as Deployment, clock, NO_FAULTS, sqs, lambda as unknown as Lambda);
  return (event: Record<string, unknown>) => {
    events.put(event);
    while (clock.advance());
    return sqs.messages(QUEUE).map(({ body }) => JSON.parse(body));
  };
}

test('an event that matches goes to the queue of the rule as it is', () => {
  const put = bridge({ pattern: { source: ['aws.batch'] } });
  expect(put({ source: 'aws.states' })).toEqual([]);
  expect(put({ source: 'aws.batch', detail: { a: 1 } })).toEqual([{ source: 'aws.batch', detail: { a: 1 } }]);
});

test('an event is dropped when the policy of the queue does not allow it', () => {
  expect(bridge({ pattern: { source: ['aws.batch'] }, allowed: false })({ source: 'aws.batch' })).toEqual([]);
});

test.each<[object, boolean]>([
  [{ Principal: '*' }, true],
  [{ Principal: { AWS: '*' } }, true],
  [{ Principal: { AWS: '1' } }, false],
  [{ Principal: { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] } }, true],
  [{ Principal: { Service: 'sns.amazonaws.com' } }, false],
  [{ Principal: undefined }, false],
  [{ Action: 'sqs:ReceiveMessage' }, false],
  [{ Resource: `${QUEUE}2` }, false],
  [{ Effect: 'Deny' }, false],
  [{ Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:1:rule/rule' }, StringEquals: { 'aws:SourceAccount': '1' }, Bool: { 'aws:SecureTransport': 'true' } } }, true],
  [{ Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:1:rule/other' } } }, false],
])('a queue whose policy has %j gets an event: %s', (allow, isSent) => {
  expect(bridge({ pattern: { source: ['aws.batch'] }, allow })({ source: 'aws.batch' })).toHaveLength(isSent ? 1 : 0);
});

test('the user sees which rule has a wrong pattern, and no unexpected error', () => {
  let printed = '';
  try {
    bridge({ pattern: { source: [] } });
  } catch (error) {
    printed = describeError(error, false);
  }
  expect(printed.split('\n')[0]).toBe('heavy-batch: the rule App/rule has a pattern that EventBridge refuses: Event pattern is not valid. Reason: Empty arrays are not allowed');
});

test('a rule whose pattern EventBridge refuses is an error that names the rule', () => {
  expect(() => bridge({ pattern: { source: [] } })).toThrow(
    'the rule App/rule has a pattern that EventBridge refuses: Event pattern is not valid. Reason: Empty arrays are not allowed',
  );
});

test('a target that changes its events is not supported', () => {
  expect(() => bridge({ pattern: { source: ['a'] }, target: { InputPath: '$.detail' } })).toThrow("the rule App/rule has a target with 'InputPath', which the emulator does not support");
});

test.each([[true, [[FUNCTION, { source: 'a', detail: 1 }]]], [false, []]])('a function that is a target is invoked asynchronously if the rule is allowed to: %s', (allowed, expected) => {
  expect(bridge({ pattern: { source: ['a'] }, target: { arn: FUNCTION }, allowed })({ source: 'a', detail: 1 })).toEqual([]);
  expect(invocations).toEqual(expected);
});

test('a target that is neither a queue nor a function of the app is an error when an event comes', () => {
  const put = bridge({ pattern: { source: ['a'] }, target: { arn: 'arn:other', Arn: 'arn:other', Id: 'Target0' } });
  expect(put({ source: 'b' })).toEqual([]);
  expect(() => put({ source: 'a' })).toThrow('the rule App/rule has the target arn:other, which is not a queue or function of the app; the emulator delivers events to queues and functions only');
});

test('events have times without fractions of a second', () => {
  expect(inWholeSeconds(Date.UTC(2026, 0, 1, 2, 3, 4, 567))).toBe('2026-01-01T02:03:04Z');
});
