import { diffTemplate, ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { App, Duration, Size, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { IMAGE } from './stacks';
import { HeavyBatchCompute, HeavyBatchFileSystem, HeavyBatchJob, HeavyBatchJobProps } from '../src';

/** What a deployment does to the stack of a job when one prop changes, by type of resource, as `cdk diff` reports it. */
interface Change {
  readonly from?: (stack: Stack) => HeavyBatchJobProps;
  readonly to: (stack: Stack) => HeavyBatchJobProps;
  readonly does: Record<string, string>;
}

const types = (...names: string[]) => ({ instanceTypes: names.map((name) => new ec2.InstanceType(name)) });
const IN_PLACE = 'changed in place';
const REPLACED = 'replaced';
const ADDED = 'added';
const REMOVED = 'removed';

/** The job definition gets a new revision, and the state machine refers to it. A run in flight keeps its revision. */
const DEFINITION = { JobDefinition: IN_PLACE };
/** An execution in flight keeps the definition with which it was started. */
const MACHINE = { StateMachine: IN_PLACE };
/** Running jobs may go on for six hours on their instances. */
const ENVIRONMENT = { ComputeEnvironment: IN_PLACE };
/** The launch template gets a new version, and the compute environment refers to it. */
const TEMPLATE = { LaunchTemplate: IN_PLACE };

/** Every prop of a job. The compiler reports a prop that is missing here. */
const CHANGES: { [prop in keyof Required<HeavyBatchJobProps>]: Change } = {
  // What runs
  imageDirectory: {
    from: () => ({ image: ecs.ContainerImage.fromRegistry('public/image:1'), imageDirectory: undefined }),
    to: () => ({}),
    does: { JobDefinition: IN_PLACE, Policy: IN_PLACE },
  },
  image: {
    to: () => ({ image: ecs.ContainerImage.fromRegistry('public/image:1'), imageDirectory: undefined }),
    does: { JobDefinition: IN_PLACE, Policy: IN_PLACE },
  },
  imageBuild: { to: () => ({ imageBuild: { target: 'final' } }), does: DEFINITION },
  vcpus: { to: () => ({ vcpus: 2 }), does: { ...DEFINITION, ...MACHINE } },
  memory: { to: () => ({ memory: Size.gibibytes(2) }), does: { ...DEFINITION, ...MACHINE } },
  gpus: {
    from: () => types('g6.xlarge', 'g6.12xlarge'),
    to: () => ({ ...types('g6.xlarge', 'g6.12xlarge'), gpus: 1 }),
    does: { ...DEFINITION, ...MACHINE },
  },
  maxMemory: { to: () => ({ maxMemory: Size.gibibytes(2) }), does: MACHINE },
  command: { to: () => ({ command: ['node', 'index.js'] }), does: { ...DEFINITION, ...MACHINE } },
  parameters: { to: () => ({ command: ['Ref::a'], parameters: { a: '1' } }), does: { ...DEFINITION, ...MACHINE } },
  environment: { to: () => ({ environment: { A: '1' } }), does: DEFINITION },
  secrets: {
    to: (stack) => ({ secrets: { A: batch.Secret.fromSecretsManager(given(stack).secret) } }),
    does: { JobDefinition: IN_PLACE, Policy: IN_PLACE },
  },
  fileSystem: {
    from: (stack) => inVpc(stack),
    to: (stack) => ({ ...inVpc(stack), fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(given(stack).accessPoint, '/mnt/files') }),
    does: { JobDefinition: IN_PLACE, Policy: ADDED, SecurityGroupIngress: ADDED },
  },
  volumes: { to: () => ({ volumes: [batch.EcsVolume.host({ name: 'data', containerPath: '/data' })] }), does: DEFINITION },
  sharedMemorySize: { to: () => ({ sharedMemorySize: Size.gibibytes(1) }), does: DEFINITION },
  tmpfs: { to: () => ({ tmpfs: [{ containerPath: '/cache', size: Size.mebibytes(64) }] }), does: DEFINITION },
  devices: { to: () => ({ devices: [{ hostPath: '/dev/fuse' }] }), does: DEFINITION },
  ulimits: { to: () => ({ ulimits: [{ name: batch.UlimitName.NOFILE, softLimit: 4096, hardLimit: 8192 }] }), does: DEFINITION },
  initProcessEnabled: { to: () => ({ initProcessEnabled: true }), does: DEFINITION },
  privileged: { to: () => ({ privileged: true }), does: DEFINITION },
  readonlyRootFilesystem: { to: () => ({ readonlyRootFilesystem: true }), does: DEFINITION },
  user: { to: () => ({ user: '1000' }), does: DEFINITION },
  enableExecuteCommand: { to: () => ({ enableExecuteCommand: true }), does: { ...DEFINITION, Policy: ADDED } },
  jobRole: { to: (stack) => ({ jobRole: given(stack).role }), does: { JobDefinition: IN_PLACE, Policy: ADDED, Role: REMOVED } },

  nodes: { to: () => ({ nodes: 2 }), does: { ...DEFINITION, ...MACHINE, SecurityGroupIngress: ADDED } },

  // Attempts and time-outs
  attempts: { to: () => ({ attempts: 5 }), does: DEFINITION },
  retryApplicationErrors: { to: () => ({ retryApplicationErrors: true }), does: DEFINITION },
  attemptTimeout: { to: () => ({ attemptTimeout: Duration.hours(1) }), does: { ...DEFINITION, ...MACHINE } },
  queueTimeout: { to: () => ({ queueTimeout: Duration.hours(1) }), does: MACHINE },
  startTimeout: { to: () => ({ startTimeout: Duration.hours(1) }), does: MACHINE },
  runTimeout: { to: () => ({ runTimeout: Duration.hours(1) }), does: MACHINE },
  logRetention: { to: () => ({ logRetention: logs.RetentionDays.ONE_WEEK }), does: { LogGroup: IN_PLACE } },
  logMode: { to: () => ({ logMode: ecs.AwsLogDriverMode.NON_BLOCKING }), does: DEFINITION },
  logMaxBufferSize: {
    from: () => ({ logMode: ecs.AwsLogDriverMode.NON_BLOCKING }),
    to: () => ({ logMode: ecs.AwsLogDriverMode.NON_BLOCKING, logMaxBufferSize: Size.mebibytes(25) }),
    does: DEFINITION,
  },
  // The execution role may no longer write to the log group of the job.
  logDriver: { to: () => ({ logDriver: ecs.LogDrivers.jsonFile() }), does: { ...DEFINITION, Role: IN_PLACE } },
  stateMachineName: { to: () => ({ stateMachineName: 'heavy' }), does: { StateMachine: REPLACED } },
  tracing: { to: () => ({ tracing: true }), does: { Policy: IN_PLACE, StateMachine: IN_PLACE } },

  // What it runs on
  compute: {
    to: (stack) => ({ compute: given(stack).compute }),
    does: {
      Alarm: REMOVED,
      Bucket: 'left behind',
      BucketPolicy: REMOVED,
      ComputeEnvironment: REMOVED,
      EventSourceMapping: REMOVED,
      Function: REMOVED,
      InstanceProfile: REMOVED,
      JobDefinition: IN_PLACE,
      JobQueue: REMOVED,
      LaunchTemplate: REMOVED,
      LogGroup: REMOVED,
      Policy: 'added and changed in place and removed',
      Queue: REMOVED,
      QueuePolicy: REMOVED,
      Role: 'changed in place and removed',
      Rule: 'changed in place and removed',
      SecurityGroup: REMOVED,
      StateMachine: IN_PLACE,
      network: REMOVED,
    },
  },
  fargate: {
    from: () => ({ memory: Size.gibibytes(2) }),
    to: () => ({ fargate: true, memory: Size.gibibytes(2) }),
    does: {
      ComputeEnvironment: `${ADDED} and ${REMOVED}`,
      Function: IN_PLACE,
      InstanceProfile: REMOVED,
      JobDefinition: IN_PLACE,
      JobQueue: `${ADDED} and ${REMOVED}`,
      LaunchTemplate: REMOVED,
      Policy: IN_PLACE,
      Role: REMOVED,
      Rule: IN_PLACE,
      StateMachine: IN_PLACE,
    },
  },
  cpuArchitecture: { to: () => ({ cpuArchitecture: ecs.CpuArchitecture.ARM64 }), does: { ...ENVIRONMENT, ...DEFINITION } },
  instanceTypes: { from: () => types('c6i.large'), to: () => types('c6i.large', 'm6i.large'), does: { ...ENVIRONMENT, ...MACHINE } },
  instanceClasses: {
    from: () => ({ instanceClasses: [ec2.InstanceClass.C6I] }),
    to: () => ({ instanceClasses: [ec2.InstanceClass.M6I] }),
    does: { ...ENVIRONMENT, ...MACHINE },
  },
  useOptimalInstanceClasses: { to: () => ({ useOptimalInstanceClasses: true }), does: ENVIRONMENT },
  minvCpus: { to: () => ({ minvCpus: 2 }), does: ENVIRONMENT },
  maxvCpus: { to: () => ({ maxvCpus: 64 }), does: { ...ENVIRONMENT, ...MACHINE } },
  vpc: { to: (stack) => inVpc(stack), does: { ComputeEnvironment: IN_PLACE, SecurityGroup: REPLACED, network: REMOVED } },
  vpcSubnets: {
    from: (stack) => inVpc(stack),
    to: (stack) => ({ ...inVpc(stack), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
    does: ENVIRONMENT,
  },
  vpcEndpoints: {
    from: (stack) => inVpc(stack),
    to: (stack) => ({ ...inVpc(stack), vpcEndpoints: true }),
    does: {
      ComputeEnvironment: IN_PLACE, SecurityGroup: ADDED, SecurityGroupIngress: ADDED, network: ADDED,
    },
  },
  securityGroups: {
    from: (stack) => inVpc(stack),
    to: (stack) => ({ ...inVpc(stack), securityGroups: [given(stack).securityGroup] }),
    does: { ComputeEnvironment: IN_PLACE, SecurityGroup: REMOVED },
  },
  spot: {
    to: () => ({ spot: true }),
    does: {
      ComputeEnvironment: 'added and changed in place',
      Function: IN_PLACE,
      InstanceProfile: ADDED,
      JobQueue: ADDED,
      Policy: IN_PLACE,
      Rule: IN_PLACE,
      StateMachine: IN_PLACE,
    },
  },
  onDemandFallback: {
    from: () => ({ spot: true }),
    to: () => ({ spot: true, onDemandFallback: false }),
    does: {
      ComputeEnvironment: REMOVED,
      Function: IN_PLACE,
      InstanceProfile: REMOVED,
      JobQueue: REMOVED,
      Policy: IN_PLACE,
      Rule: IN_PLACE,
      StateMachine: IN_PLACE,
    },
  },
  fairShare: {
    to: () => ({ fairShare: {} }),
    does: {
      Function: IN_PLACE,
      JobDefinition: IN_PLACE,
      JobQueue: `${ADDED} and ${REMOVED}`,
      Policy: IN_PLACE,
      Rule: IN_PLACE,
      SchedulingPolicy: ADDED,
      StateMachine: IN_PLACE,
    },
  },
  shareIdentifier: { from: () => ({ fairShare: {} }), to: () => ({ fairShare: {}, shareIdentifier: 'maps' }), does: MACHINE },
  schedulingPriority: { from: () => ({ fairShare: {} }), to: () => ({ fairShare: {}, schedulingPriority: 5 }), does: DEFINITION },
  payloadBucket: {
    to: (stack) => ({ payloadBucket: given(stack).bucket }),
    does: { Bucket: 'left behind', BucketPolicy: REMOVED, Policy: IN_PLACE, Role: IN_PLACE, StateMachine: IN_PLACE },
  },
  payloadRetention: { to: () => ({ payloadRetention: Duration.days(7) }), does: { Bucket: IN_PLACE } },
  scratchSize: { to: () => ({ scratchSize: Size.gibibytes(100) }), does: TEMPLATE },
  scratchIops: { to: () => ({ scratchIops: 4_000 }), does: TEMPLATE },
  scratchThroughput: { to: () => ({ scratchThroughput: 250 }), does: TEMPLATE },
  instanceStore: { from: () => types('c6id.large'), to: () => ({ ...types('c6id.large'), instanceStore: true }), does: TEMPLATE },
};

/** The other resources in the stack of a job, before and after. */
interface Surroundings {
  readonly vpc: ec2.Vpc;
  readonly securityGroup: ec2.SecurityGroup;
  readonly role: iam.Role;
  readonly secret: secretsmanager.Secret;
  readonly bucket: s3.Bucket;
  readonly accessPoint: efs.AccessPoint;
  readonly compute: HeavyBatchCompute;
}

const SURROUNDINGS = new WeakMap<Stack, Surroundings>();
const given = (stack: Stack) => SURROUNDINGS.get(stack)!;
const inVpc = (stack: Stack) => ({ vpc: given(stack).vpc });

function stackOf(build: (stack: Stack) => HeavyBatchJobProps): Record<string, any> {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, maxAzs: 2, restrictDefaultSecurityGroup: false });
  SURROUNDINGS.set(stack, {
    vpc,
    securityGroup: new ec2.SecurityGroup(stack, 'SecurityGroup', { vpc }),
    role: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }),
    secret: new secretsmanager.Secret(stack, 'Secret'),
    bucket: new s3.Bucket(stack, 'Bucket'),
    accessPoint: new efs.FileSystem(stack, 'Files', { vpc }).addAccessPoint('AccessPoint'),
    compute: new HeavyBatchCompute(stack, 'Compute', { vpc }),
  });
  new HeavyBatchJob(stack, 'Job', { imageDirectory: IMAGE, ...build(stack) });
  return Template.fromStack(stack).toJSON();
}

const NETWORK = /^AWS::EC2::(VPC|Subnet|Route|InternetGateway)/;

/** What happens to the resources that change, by type. */
function effects(before: Record<string, any>, after: Record<string, any>): Record<string, string> {
  const effectsByType: Record<string, Set<string>> = {};
  diffTemplate(before, after).resources.forEachDifference((_, difference) => {
    const type = (difference.newResourceType ?? difference.oldResourceType)!;
    const kind = NETWORK.test(type) ? 'network' : type.split('::').slice(2).join('::');
    (effectsByType[kind] ??= new Set()).add(effectOf(difference));
  });
  return Object.fromEntries(Object.entries(effectsByType).map(([kind, found]) => [kind, [...found].sort().join(' and ')]));
}

function effectOf(difference: ResourceDifference): string {
  switch (difference.changeImpact) {
    case ResourceImpact.WILL_UPDATE: return IN_PLACE;
    case ResourceImpact.WILL_CREATE: return ADDED;
    case ResourceImpact.WILL_DESTROY: return REMOVED;
    case ResourceImpact.WILL_ORPHAN: return 'left behind';
    case ResourceImpact.WILL_REPLACE: return REPLACED;
    case ResourceImpact.MAY_REPLACE: return mayReplace(difference);
    default: return 'unchanged';
  }
}

/**
 * A compute environment whose property `ReplaceComputeEnvironment` is false is changed in place:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-computeenvironment.html
 */
function mayReplace({ resourceType, oldProperties, newProperties }: ResourceDifference): string {
  const inPlace = [oldProperties, newProperties].every((properties) => properties?.ReplaceComputeEnvironment === false);
  return resourceType === 'AWS::Batch::ComputeEnvironment' && inPlace ? IN_PLACE : `may be ${REPLACED}`;
}

describe('a deployment that changes', () => {
  test.each(Object.entries(CHANGES))('%s', (_, { from = () => ({}), to, does }) => {
    const [before, after] = [stackOf(from), stackOf(to)];
    expect(effects(before, after)).toEqual(does);
    expect(clashes(before, after)).toEqual([]);
    // The replacement of a job queue would end the jobs in it.
    for (const kind of ['JobQueue', 'JobDefinition']) expect(does[kind] ?? '').not.toContain(REPLACED);
  });

  test('a tag', () => {
    const tagged = (value: string) => stackOf((stack) => {
      Tags.of(stack).add('version', value);
      return {};
    });
    const does = effects(tagged('1'), tagged('2'));
    expect(Object.values(does).filter((effect) => effect !== IN_PLACE)).toEqual([]);
    expect(does).toMatchObject({ ...ENVIRONMENT, ...TEMPLATE, ...MACHINE, Function: IN_PLACE, Queue: IN_PLACE });
    expect(Object.keys(does)).not.toEqual(expect.arrayContaining(['JobQueue']));
  });

  test('the name of a job queue would replace the queue, and this test finds that', () => {
    const named = (name: string) => {
      const template = stackOf(() => ({}));
      for (const resource of Object.values<any>(template.Resources)) if (resource.Type === 'AWS::Batch::JobQueue') resource.Properties.JobQueueName = name;
      return template;
    };
    expect(effects(named('a'), named('b'))).toEqual({ JobQueue: REPLACED });
    const template = named('a');
    for (const resource of Object.values<any>(template.Resources)) if (resource.Type === 'AWS::Batch::JobQueue') resource.Properties.JobQueueType = 'ECS';
    expect(clashes(named('a'), template)).toEqual(['a', 'a']);
  });
});

/** The names of replaced resources that do not change. CloudFormation creates the new resource first, so the name would be taken. */
function clashes(before: Record<string, any>, after: Record<string, any>): string[] {
  const names: string[] = [];
  diffTemplate(before, after).resources.forEachDifference((_, difference) => {
    if (!effectOf(difference).includes(REPLACED)) return;
    const { oldProperties = {}, newProperties = {} } = difference;
    const last = difference.newResourceType!.split('::').at(-1)!;
    const name = [`${last}Name`, 'Name', 'GroupName', 'RoleName', 'FunctionName'].find((prop) => typeof newProperties[prop] === 'string');
    if (name && newProperties[name] === oldProperties[name]) names.push(newProperties[name]);
  });
  return names;
}

describe('when a stack is deleted', () => {
  const template = Template.fromJSON(stackOf(() => ({ spot: true })));
  const environments = Object.values(template.findResources('AWS::Batch::ComputeEnvironment', { Properties: { ComputeResources: { Type: 'SPOT' } } }));

  test('a compute environment is deleted before the role of its instances, and before their route to the internet', () => {
    const [{ DependsOn }] = environments;
    const deletedLater = DependsOn.map((id: string) => template.toJSON().Resources[id].Type);
    expect(deletedLater).toEqual(expect.arrayContaining(['AWS::IAM::Role', 'AWS::EC2::Route', 'AWS::EC2::SubnetRouteTableAssociation']));
  });

  test('a compute environment is deleted before policies that were added to this role later', () => {
    const stack = new Stack(new App(), 'Stack');
    const compute = new HeavyBatchCompute(stack, 'Compute');
    compute.instanceRole!.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::models/*'] }));
    const { Resources } = Template.fromStack(stack).toJSON();
    const [environment] = Object.values<any>(Resources).filter(({ Type }) => Type === 'AWS::Batch::ComputeEnvironment');
    expect(environment.DependsOn.map((id: string) => Resources[id].Type)).toContain('AWS::IAM::Policy');
  });
});
