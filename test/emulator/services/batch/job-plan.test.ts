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
  ['51 tags', { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])) }, 'A job has at most 50 tags, got 51'],
  ['a tag without a key', { tags: { '': 'v' } }, 'Tag key  is invalid'],
  ['a tag with a long key', { tags: { ['k'.repeat(129)]: 'v' } }, `Tag key ${'k'.repeat(129)} is invalid`],
  ['a tag of AWS', { tags: { 'AWS:team': 'v' } }, 'Tag key AWS:team is invalid'],
  ['a tag with a long value', { tags: { team: 'v'.repeat(257) } }, 'The value of tag team is invalid'],
  ['a request over 30 KiB', { parameters: { size: 'x'.repeat(47_000) } }, 'Job size must be less than 30 KiB, got 47 KiB'],
])('a job with %s is refused', (_, input, message) => {
  expect(() => plan(input)).toThrow(expect.objectContaining({ name: 'ClientException', message }));
});

test('a job may have 50 tags, with keys of 128 characters and values of 256', () => {
  const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [String(index).padEnd(128, 'k'), 'v'.repeat(256)]));
  expect(plan({ tags }).tags).toEqual(tags);
});

test('a variable without a value is left out, and the one of the job definition stays', () => {
  const environment = [{ name: 'MODE', value: '' }, { name: 'OTHER', value: '' }, { name: '__proto__', value: 'x' }];
  expect(Object.entries(plan(override({ environment })).environment)).toEqual([['AWS_REGION', 'us-east-1'], ['AWS_DEFAULT_REGION', 'us-east-1'], ['MODE', 'prod'], ['EMPTY_LATER', 'x'], ['HEAVY_BATCH_SCRATCH', '/tmp'], ['__proto__', 'x']]);
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

describe('what becomes of a request', () => {
  const ARN = 'arn:aws:batch:us-east-1:1';
  const queue = { name: 'q', arn: `${ARN}:job-queue/q`, computeEnvironmentArns: [] };
  const definition = { name: 'd', revision: 3, arn: `${ARN}:job-definition/d:3`, image: { directory: 'image' }, properties: {} };
  const IMAGE_AND_SIZE = { Image: 'public/image', Vcpus: 2, Memory: 512 };
  const containerOf = (more: object) => ({ ContainerProperties: { ...IMAGE_AND_SIZE, ...more } });
  const NODES = { NodeProperties: { NumNodes: 3, NodeRangeProperties: [{ Container: IMAGE_AND_SIZE }] } };
  const deploymentWith = (properties: object, ofQueue: object): any => ({
    jobQueues: [{ ...queue, ...ofQueue }], jobDefinitions: [{ ...definition, properties }], computeEnvironments: [],
  });
  /** Plans a job of a job definition with these properties. */
  const planOf = (properties: object, input: object = {}, ofQueue: object = {}) => planJob({ jobName: 'j', jobQueue: 'q', jobDefinition: 'd', ...input }, deploymentWith(properties, ofQueue));

  test('a job definition with nothing but an image and a size', () => {
    expect(planOf(containerOf({}))).toEqual({
      definition: { ...definition, properties: containerOf({}) },
      container: containerOf({}).ContainerProperties,
      queue,
      jobName: 'j',
      parameters: {},
      command: undefined,
      environment: {},
      mounts: [],
      vcpus: 2,
      memory: 512,
      gpus: 0,
      attempts: 1,
      evaluateOnExit: [],
      timeoutSeconds: undefined,
      imageUri: 'public/image',
      image: definition.image,
      jobRoleArn: undefined,
      arraySize: undefined,
      nodes: undefined,
      shareIdentifier: undefined,
      tags: {},
      logStreamPrefix: 'd',
      platform: 'EC2',
      unplaceable: undefined,
      refusedByEcs: undefined,
    });
  });

  const FULL = {
    ...containerOf({
      Command: ['work', 'Ref::size', 'Ref::mode'],
      Environment: [{ Name: 'A', Value: '1' }, { Name: 'B', Value: '2' }, { Name: 'C' }],
      MountPoints: [{ ContainerPath: '/data', SourceVolume: 'disk' }, { ContainerPath: '/in', SourceVolume: 'files', ReadOnly: true }],
      Volumes: [{ Name: 'files' }, { Name: 'disk' }],
      JobRoleArn: 'arn:role',
      LogConfiguration: { Options: { 'awslogs-stream-prefix': 'logs' } },
      ResourceRequirements: [{ Type: 'GPU', Value: '1' }],
    }),
    Parameters: { size: '1', mode: 'fast' },
    RetryStrategy: { Attempts: 2, EvaluateOnExit: [{ Action: 'RETRY', OnStatusReason: 'Host EC2*' }] },
    Timeout: { AttemptDurationSeconds: 120 },
  };

  test('a job definition with everything', () => {
    expect(planOf(FULL)).toMatchObject({
      parameters: { size: '1', mode: 'fast' },
      command: ['work', '1', 'fast'],
      environment: { A: '1', B: '2' },
      mounts: [{ containerPath: '/data', readOnly: false }, { containerPath: '/in', readOnly: true }],
      gpus: 1,
      attempts: 2,
      evaluateOnExit: [{ action: 'RETRY', onStatusReason: 'Host EC2*' }],
      timeoutSeconds: 120,
      jobRoleArn: 'arn:role',
      logStreamPrefix: 'logs',
    });
  });

  test('a request with every field that the emulator knows', () => {
    const input = {
      parameters: { size: '7' },
      containerOverrides: {
        command: ['other', 'Ref::size'], environment: [{ name: 'B', value: '3' }], resourceRequirements: [{ type: 'GPU', value: '4' }], vcpus: 8, memory: 1024, instanceType: 'c6i.large',
      },
      arrayProperties: { size: 2 },
      retryStrategy: { attempts: 5, evaluateOnExit: [{ action: 'EXIT', onExitCode: '1' }] },
      timeout: { attemptDurationSeconds: 60 },
      tags: { team: 'a' },
      propagateTags: true,
      shareIdentifier: 'a1',
      schedulingPriorityOverride: 1,
    };
    expect(planOf(FULL, input, { fairShare: true })).toMatchObject({
      parameters: { size: '7', mode: 'fast' },
      command: ['other', '7'],
      environment: { A: '1', B: '3' },
      vcpus: 8,
      memory: 1024,
      gpus: 4,
      arraySize: 2,
      attempts: 5,
      evaluateOnExit: [{ action: 'EXIT', onExitCode: '1' }],
      timeoutSeconds: 60,
      tags: { team: 'a' },
      shareIdentifier: 'a1',
    });
  });

  test('a retry strategy of the request replaces all of the one in the job definition', () => {
    expect(planOf(FULL, { retryStrategy: {} })).toMatchObject({ attempts: 1, evaluateOnExit: [] });
  });

  test('a multi-node job has the container of its nodes, with the overrides for them', () => {
    expect(planOf(NODES)).toMatchObject({ nodes: 3, imageUri: 'public/image', vcpus: 2, memory: 512 });
    expect(planOf(NODES, { nodeOverrides: {} })).toMatchObject({ nodes: 3, vcpus: 2 });
    expect(planOf(NODES, { nodeOverrides: { nodePropertyOverrides: [{ targetNodes: '0:2' }] } })).toMatchObject({ nodes: 3, vcpus: 2 });
    expect(planOf(NODES, { nodeOverrides: { nodePropertyOverrides: [{ targetNodes: '0:2', containerOverrides: { vcpus: 4 } }] } })).toMatchObject({ nodes: 3, vcpus: 4 });
  });

  const padded = (bytes: number) => {
    const empty = JSON.stringify({ jobName: 'j', jobQueue: 'q', jobDefinition: 'd', parameters: { p: '' } }).length;
    return { parameters: { p: 'x'.repeat(bytes - empty) } };
  };
  const overridden = (characters: number) => override({ command: ['x'.repeat(characters - JSON.stringify({ command: [''] }).length)] });
  const rules = (count: number) => ({ retryStrategy: { attempts: 2, evaluateOnExit: Array.from({ length: count }, () => ({ action: 'EXIT', onReason: '*' })) } });
  const shared = { fairShare: true };

  test.each<[string, object, object?]>([
    ['of 30 KiB', padded(30_720)],
    ['with a name of 128 characters', { jobName: 'j'.repeat(128) }],
    ['with five conditions', rules(5)],
    ['for 10,000 children', { arrayProperties: { size: 10_000 } }],
    ['with as little memory as there may be', override({ memory: 4 })],
    ['with a share identifier of 255 characters', { shareIdentifier: 'Az09'.repeat(63) + 'abc', schedulingPriorityOverride: 0 }, shared],
    ['with the name and the revision of the job definition', { jobDefinition: 'd:3' }],
    ['with the ARN of the job definition', { jobDefinition: definition.arn }],
    ['with the ARN of the job definition without a revision', { jobDefinition: `${ARN}:job-definition/d` }],
    ['with the ARN of the queue', { jobQueue: queue.arn }],
  ])('a request %s is accepted', (_, input, ofQueue = {}) => {
    expect(planOf(containerOf({}), input, ofQueue)).toMatchObject({ vcpus: 2, definition: { name: 'd' }, queue: { name: 'q' } });
  });

  test('overrides are too long for ECS when they have more than 8,192 characters', () => {
    expect(planOf(containerOf({}), overridden(8_192)).refusedByEcs).toBeUndefined();
    expect(planOf(containerOf({}), overridden(8_193)).refusedByEcs).toBe('Container Overrides length must be at most 8192');
  });

  test.each<[string, object, object, string, object?]>([
    ['with an unknown field of the overrides', containerOf({}), override({ taskRoleArn: 'x' }), "the emulator does not support 'taskRoleArn'"],
    ['over 30 KiB', containerOf({}), padded(30_721), 'Job size must be less than 30 KiB, got 31 KiB'],
    ['without a name', containerOf({}), { jobName: undefined }, 'Job name undefined is invalid'],
    ['with a name of 129 characters', containerOf({}), { jobName: 'j'.repeat(129) }, `Job name ${'j'.repeat(129)} is invalid`],
    ['with a name that begins with a dash', containerOf({}), { jobName: '-j' }, 'Job name -j is invalid'],
    ['for a queue that does not exist', containerOf({}), { jobQueue: 'other' }, "JobQueue other can't be found"],
    ['for something else than a queue', containerOf({}), { jobQueue: `${ARN}:job-queue/other/x` }, `JobQueue ${ARN}:job-queue/other/x can't be found`],
    ['for a text with the ARN of a queue in it', containerOf({}), { jobQueue: `x${ARN}:job-queue/other` }, `JobQueue x${ARN}:job-queue/other can't be found`],
    ['for another revision', containerOf({}), { jobDefinition: 'd:2' }, "JobDefinition d:2 can't be found or is deregistered"],
    ['for a job on EKS', { EksProperties: {} }, {}, 'the emulator supports job definitions with containerProperties or nodeProperties'],
    ['with container overrides for nodes', NODES, override({}), 'containerOverrides cannot be given to a multi-node job; use nodeOverrides'],
    ['with node overrides without nodes', containerOf({}), { nodeOverrides: {} }, 'nodeOverrides can be given to a multi-node job only'],
    ['for an array of multi-node jobs', NODES, { arrayProperties: { size: 2 } }, 'A multi-node job cannot be an array job'],
    ['with overrides that differ between nodes', NODES, { nodeOverrides: { nodePropertyOverrides: [{}, {}] } }, 'the emulator supports nodeOverrides with one override for all nodes, and without numNodes'],
    ['with another number of nodes', NODES, { nodeOverrides: { numNodes: 2 } }, 'the emulator supports nodeOverrides with one override for all nodes, and without numNodes'],
    ['with six conditions', containerOf({}), rules(6), 'evaluateOnExit has more than 5 conditions'],
    ['with a timeout of 59 seconds', containerOf({}), { timeout: { attemptDurationSeconds: 59 } }, 'attemptDurationSeconds must be at least 60'],
    ['for one child', containerOf({}), { arrayProperties: { size: 1 } }, 'Array size must be between 2 and 10000'],
    ['for 10,001 children', containerOf({}), { arrayProperties: { size: 10_001 } }, 'Array size must be between 2 and 10000'],
    ['for two and a half children', containerOf({}), { arrayProperties: { size: 2.5 } }, 'Array size must be between 2 and 10000'],
    ['without vCPUs', { ContainerProperties: { Image: 'i', Memory: 512 } }, {}, 'vCPU is not provided.'],
    ['without memory', { ContainerProperties: { Image: 'i', Vcpus: 1 } }, {}, 'Memory must be at least 4 Mib, got 0 Mib.'],
    ['with a mount of a volume that there is not', containerOf({ MountPoints: [{ ContainerPath: '/a', SourceVolume: 'a' }], Volumes: [{ Name: 'b' }] }), {}, 'The volume a is mounted, but not declared'],
    ['with a mount and no volumes', containerOf({ MountPoints: [{ ContainerPath: '/a', SourceVolume: 'a' }] }), {}, 'The volume a is mounted, but not declared'],
    ['without a share on a queue with shares', containerOf({}), { schedulingPriorityOverride: 0 }, 'shareIdentifier must be specified for a job queue with a fair-share policy (q)', shared],
    ['with a share on a queue without shares', containerOf({}), { shareIdentifier: 'a' }, 'shareIdentifier cannot be specified for a job queue without a fair-share policy (q)', { fairShare: false }],
    ['with a priority on a queue without shares', containerOf({}), { schedulingPriorityOverride: 0 }, 'schedulingPriorityOverride cannot be specified for a job queue without a fair-share policy (q)', { fairShare: false }],
    ['with a dash in its share', containerOf({}), { shareIdentifier: 'a-b', schedulingPriorityOverride: 0 }, 'shareIdentifier a-b is invalid', shared],
    ['with a dash before its share', containerOf({}), { shareIdentifier: '-a', schedulingPriorityOverride: 0 }, 'shareIdentifier -a is invalid', shared],
    ['with a dash after its share', containerOf({}), { shareIdentifier: 'a-', schedulingPriorityOverride: 0 }, 'shareIdentifier a- is invalid', shared],
    ['with a share of 256 characters', containerOf({}), { shareIdentifier: 'a'.repeat(256), schedulingPriorityOverride: 0 }, `shareIdentifier ${'a'.repeat(256)} is invalid`, shared],
    ['with a variable of Batch', containerOf({}), variable('AWS_BATCH_X', '1'), 'Environment variable AWS_BATCH_X is reserved'],
    ['with a variable that has an equals sign', containerOf({}), variable('A=B', '1'), 'Environment variable name "A=B" is invalid'],
  ])('a request %s is refused', (_, properties, input, message, ofQueue = {}) => {
    expect(() => planOf(properties, input, ofQueue)).toThrow(expect.objectContaining({ name: 'ClientException', message }));
  });

  test('a queue that the app does not create is known by its ARN only', () => {
    const arn = 'arn:aws-us-gov:batch:us-gov-west-1:123:job-queue/other_queue-1';
    expect(planOf(containerOf({}), { jobQueue: arn, shareIdentifier: 'a', schedulingPriorityOverride: 1 }).queue)
      .toEqual({ path: 'other_queue-1', stack: '', logicalId: 'other_queue-1', arn, name: 'other_queue-1', priority: 1, computeEnvironmentArns: [], timeLimitActions: [] });
  });

  test('a job on a queue with shares has the priority of its job definition, or one of its own', () => {
    const message = 'Either schedulingPriority in job definition or schedulingPriorityOverride should be specified.';
    expect(() => planOf(containerOf({}), { shareIdentifier: 'a' }, shared)).toThrow(message);
    expect(planOf({ ...containerOf({}), SchedulingPriority: 0 }, { shareIdentifier: 'a' }, shared).shareIdentifier).toBe('a');
  });
});
