import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { planJob } from '../../../../emulator/services/batch/job-plan';
import { oneJob } from '../../apps';

/** SubmitJob: what Batch refuses, what it leaves out, and what it accepts and never places. */
const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));
const onInstances = oneJob({ environment: { MODE: 'prod', EMPTY_LATER: 'x' } });
const request = ({ jobQueues, jobDefinitions }: typeof onInstances, input: object) => ({ jobName: 'j', jobQueue: jobQueues[0].arn, jobDefinition: jobDefinitions[0].arn, ...input });
const plan = (input: object = {}, deployment = onInstances) => planJob(request(deployment, input), deployment);
const override = (containerOverrides: object) => ({ containerOverrides });
const resources = (...given: [string, string][]) => override({ resourceRequirements: given.map(([type, value]) => ({ type, value })) });
const variable = (name: string, value: unknown) => override({ environment: [{ name, value }] });

test.each<[string, object, string]>([
  ['an empty word', override({ command: ['work', ''] }), 'Command cannot be empty'],
  ['a parameter that makes a word empty', { parameters: { size: '' } }, 'The command has an empty word after its parameters were replaced'],
  ['a reference to a parameter that it does not have', override({ command: ['Ref::other'] }), 'Unable to substitute value. No parameter found for reference other'],
  ['a word with a NUL', { parameters: { size: 'a\0' } }, 'The command has a NUL character'],
  ['a variable with a NUL', variable('A', 'a\0'), 'Environment variable A has a NUL character'],
  ['a variable without a name', variable('', 'a'), 'Environment variable name "" is invalid'],
  ['a parameter that is not text', { parameters: { size: 1 } }, 'Parameter size is not a string'],
  ['a fraction of a vCPU', resources(['VCPU', '1.5']), 'Value 1.5 for type VCPU in resourceRequirement is not valid. Please provide a numeric value.'],
  ['a whole vCPU that is written as a fraction', resources(['VCPU', '1.0']), 'Value 1.0 for type VCPU in resourceRequirement is not valid. Please provide a numeric value.'],
  ['no vCPU', resources(['VCPU', '0']), 'Value 0 for type VCPU in resourceRequirement is not valid. Please provide a numeric value.'],
  ['memory in GiB', resources(['MEMORY', '2GiB']), 'Value 2GiB for type MEMORY in resourceRequirement is not valid. Please provide a numeric value.'],
  ['too little memory', resources(['MEMORY', '3']), 'Memory must be at least 4 Mib, got 3 Mib.'],
  ['half a GPU', resources(['GPU', '0.5']), 'Value 0.5 for type GPU in resourceRequirement is not valid. Please provide a numeric value.'],
  ['a request over 30 KiB', { parameters: { size: 'x'.repeat(47_000) } }, 'Job size must be less than 30 KiB, got 47 KiB'],
])('a job with %s is refused', (_, input, message) => {
  expect(() => plan(input)).toThrow(expect.objectContaining({ name: 'ClientException', message }));
});

test('a job on a queue with fair shares needs a priority', () => {
  const deployment = oneJob({ fairShare: {} });
  expect(plan({ shareIdentifier: 'a' }, deployment).shareIdentifier).toBe('a');
  const [definition] = deployment.jobDefinitions;
  const without = { ...deployment, jobDefinitions: [{ ...definition, properties: { ...definition.properties, SchedulingPriority: undefined } }] };
  expect(() => plan({ shareIdentifier: 'a' }, without)).toThrow('Either schedulingPriority in job definition or schedulingPriorityOverride should be specified.');
  expect(plan({ shareIdentifier: 'a', schedulingPriorityOverride: 0 }, without).shareIdentifier).toBe('a');
});

test('a variable without a value is left out, and the one of the job definition stays', () => {
  const environment = [{ name: 'MODE', value: '' }, { name: 'OTHER', value: '' }, { name: '__proto__', value: 'x' }];
  expect(Object.entries(plan(override({ environment })).environment)).toEqual([['MODE', 'prod'], ['EMPTY_LATER', 'x'], ['HEAVY_BATCH_SCRATCH', '/tmp'], ['__proto__', 'x']]);
});

test('the old fields of a size change nothing, and requirements do', () => {
  expect(plan(override({ vcpus: 16, memory: 32 }))).toMatchObject({ vcpus: 1, memory: 1_024 });
  expect(plan(resources(['VCPU', '16'], ['MEMORY', '32']))).toMatchObject({ vcpus: 16, memory: 32 });
});

test('a job on Fargate may have a fraction of a vCPU', () => {
  const deployment = oneJob({ fargate: true });
  expect(plan(resources(['VCPU', '0.25'], ['MEMORY', '512']), deployment)).toMatchObject({ vcpus: 0.25, memory: 512, unplaceable: undefined });
});

describe('a job that is larger than each instance type', () => {
  const unplaceable = (deployment: typeof onInstances, ...given: [string, string][]) => plan(resources(...given), deployment).unplaceable;
  const [small, family, chosen] = [{ instanceTypes: types('c6i.large', 'g6.xlarge') }, { instanceClasses: [ec2.InstanceClass.C6I] }, {}].map((props) => oneJob(props));

  test.each<[string, typeof onInstances, [string, string][]]>([
    ['has more vCPUs', small, [['VCPU', '5']]],
    ['has more memory', small, [['MEMORY', '16353']]],
    ['has more GPUs', small, [['GPU', '2']]],
    ['has more vCPUs than any size of a family', family, [['VCPU', '129']]],
    ['has a GPU where there is none', family, [['GPU', '1']]],
  ])('is accepted and never placed: it %s', (_, deployment, given) => {
    expect(unplaceable(deployment, ...given)).toMatch(/^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - /);
  });

  test.each<[string, typeof onInstances, [string, string][]]>([
    ['fits on one of them', small, [['VCPU', '4'], ['MEMORY', '16352'], ['GPU', '1']]],
    ['fits on the largest size of a family', family, [['VCPU', '128'], ['MEMORY', '262112']]],
    ['is for instances that Batch chooses', chosen, [['VCPU', '1000'], ['MEMORY', '9999999']]],
  ])('is placed when it %s', (_, deployment, given) => {
    expect(unplaceable(deployment, ...given)).toBeUndefined();
  });

  test('may be placed on a queue that is not in the app', () => {
    expect(plan({ jobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/other', ...resources(['VCPU', '1000']) }, small).unplaceable).toBeUndefined();
  });
});
