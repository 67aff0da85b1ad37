import { Duration, Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ADDED, IN_PLACE, LEFT_BEHIND, REMOVED, REPLACED } from './cloudformation';
import { Kind, Surroundings } from './stacks';
import { HeavyBatchFileSystem, HeavyBatchImagePullBehavior, HeavyBatchJobProps, HeavyBatchQueueComputeProps, HeavyBatchResultSource } from '../../src';

export const REFUSED = 'refused';

/** What happens to the resources that change, by type. */
export type Effects = Record<string, string>;

/** A change of one prop, and what a deployment of it does. */
export interface Change<P> {
  readonly from?: (given: Surroundings, kind: Kind) => P;
  readonly to: (given: Surroundings, kind: Kind) => P;
  readonly does: Effects;
  /** What is said of an existing queue, before and after. */
  readonly queue?: Partial<HeavyBatchQueueComputeProps>;
  /** The kinds on which it does something else. `REFUSED` where the prop is refused at synth. */
  readonly on?: { readonly [kind in Kind]?: Effects | typeof REFUSED };
}

const types = (...names: string[]) => ({ instanceTypes: names.map((name) => new ec2.InstanceType(name)) });
const inVpc = ({ vpc }: Surroundings) => ({ vpc });
const inVpcOfOwn = (given: Surroundings, kind: Kind) => kind === 'an existing queue' ? {} : inVpc(given);
const isFargate = (kind: Kind) => kind.startsWith('Fargate');
const isSpot = (kind: Kind) => kind.endsWith('Spot');
const withGpus = (kind: Kind) => kind === 'EC2' || kind === 'Spot' ? types('g6.xlarge', 'g6.12xlarge') : {};
const fairOfOwn = (kind: Kind) => kind === 'an existing queue' ? {} : { fairShare: {} };
const NOT_ON_FARGATE = { 'Fargate': REFUSED, 'Fargate Spot': REFUSED } as const;
const onFargate = (does: Effects) => ({ 'Fargate': does, 'Fargate Spot': does });

/** The job definition gets a new revision, and the state machine refers to it. A run in flight keeps its revision. */
const DEFINITION = { JobDefinition: IN_PLACE };
/** An execution in flight keeps the definition with which it was started. */
const MACHINE = { StateMachine: IN_PLACE };
/** Running jobs may go on for six hours on their instances. */
const ENVIRONMENT = { ComputeEnvironment: IN_PLACE };
/** The launch template gets a new version, and the compute environment refers to it. */
const TEMPLATE = { LaunchTemplate: IN_PLACE };

/** The functions, with their permissions and the rule for the end of jobs, name the queues. */
const FUNCTIONS = { Function: IN_PLACE, Policy: IN_PLACE, Rule: IN_PLACE };
const SEATS = 'arn:aws:batch:us-east-1:123456789012:consumable-resource/seats';
/** A queue keeps its kind, so another kind is another queue. */
const ANOTHER_QUEUE = { ...DEFINITION, ...MACHINE, ...FUNCTIONS, ComputeEnvironment: `${ADDED} and ${REMOVED}`, JobQueue: `${ADDED} and ${REMOVED}` };
/** The compute of a job goes. The name of the job definition has the name of the compute, so that its functions may submit with it. */
const WITHOUT_COMPUTE = {
  Alarm: REMOVED,
  Bucket: LEFT_BEHIND,
  BucketPolicy: REMOVED,
  ComputeEnvironment: REMOVED,
  EventSourceMapping: REMOVED,
  Function: REMOVED,
  JobDefinition: REPLACED,
  JobQueue: REMOVED,
  LogGroup: REMOVED,
  Policy: REMOVED,
  Queue: REMOVED,
  QueuePolicy: REMOVED,
  Role: 'changed in place and removed',
  Rule: 'changed in place and removed',
  SecurityGroup: REMOVED,
  StateMachine: IN_PLACE,
  network: REMOVED,
};

const BOTH = `${ADDED} and ${IN_PLACE}`;
/** What holds data gets the key where it is: nothing is replaced. The key and the bucket for access logs are new. */
const REGULATED_DATA = {
  Key: ADDED, Bucket: BOTH, BucketPolicy: ADDED, Function: IN_PLACE, LogGroup: IN_PLACE, Policy: BOTH, Queue: IN_PLACE, StateMachine: IN_PLACE,
};
/** Its network is recorded, and its default security group is closed by a function of the CDK. */
const REGULATED = { ...REGULATED_DATA, 'FlowLog': ADDED, 'LogGroup': BOTH, 'Function': BOTH, 'Role': ADDED, 'Custom::VpcRestrictDefaultSG': ADDED };

/** Every prop of a job. The compiler reports a prop that is missing here. */
export const CHANGES: { readonly [prop in keyof Required<HeavyBatchJobProps>]: Change<HeavyBatchJobProps> } = {
  // What runs
  imageDirectory: {
    from: () => ({ image: ecs.ContainerImage.fromRegistry('public/image:1'), imageDirectory: undefined }),
    to: () => ({}),
    does: { JobDefinition: IN_PLACE, Role: IN_PLACE },
  },
  image: {
    to: () => ({ image: ecs.ContainerImage.fromRegistry('public/image:1'), imageDirectory: undefined }),
    does: { JobDefinition: IN_PLACE, Role: IN_PLACE },
  },
  imageBuild: { to: () => ({ imageBuild: { target: 'final' } }), does: DEFINITION },
  vcpus: { to: () => ({ vcpus: 2 }), does: { ...DEFINITION, ...MACHINE } },
  memory: { to: () => ({ memory: Size.gibibytes(4) }), does: { ...DEFINITION, ...MACHINE } },
  gpus: {
    from: (_, kind) => withGpus(kind),
    to: (_, kind) => ({ ...withGpus(kind), gpus: 1 }),
    does: { ...DEFINITION, ...MACHINE },
    on: NOT_ON_FARGATE,
  },
  maxMemory: { to: () => ({ maxMemory: Size.gibibytes(2) }), does: MACHINE },
  command: { to: () => ({ command: ['node', 'index.js'] }), does: { ...DEFINITION, ...MACHINE } },
  parameters: { to: () => ({ command: ['Ref::a'], parameters: { a: '1' } }), does: { ...DEFINITION, ...MACHINE } },
  environment: { to: () => ({ environment: { A: '1' } }), does: DEFINITION },
  secrets: {
    to: (given) => ({ secrets: { A: batch.Secret.fromSecretsManager(given.secret) } }),
    does: { JobDefinition: IN_PLACE, Policy: ADDED },
  },
  fileSystem: {
    from: inVpcOfOwn,
    to: (given, kind) => ({ ...inVpcOfOwn(given, kind), fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(given.accessPoint, '/mnt/files') }),
    does: { JobDefinition: IN_PLACE, Policy: ADDED, SecurityGroupIngress: ADDED },
    on: { 'an existing queue': { JobDefinition: IN_PLACE, Policy: ADDED } },
  },
  volumes: { to: () => ({ volumes: [batch.EcsVolume.host({ name: 'data', containerPath: '/data' })] }), does: DEFINITION, on: NOT_ON_FARGATE },
  sharedMemorySize: { to: () => ({ sharedMemorySize: Size.gibibytes(1) }), does: DEFINITION, on: NOT_ON_FARGATE },
  tmpfs: { to: () => ({ tmpfs: [{ containerPath: '/cache', size: Size.mebibytes(64) }] }), does: DEFINITION, on: NOT_ON_FARGATE },
  devices: { to: () => ({ devices: [{ hostPath: '/dev/fuse' }] }), does: DEFINITION, on: NOT_ON_FARGATE },
  ulimits: { to: () => ({ ulimits: [{ name: batch.UlimitName.NOFILE, softLimit: 4096, hardLimit: 8192 }] }), does: DEFINITION, on: NOT_ON_FARGATE },
  initProcessEnabled: { to: () => ({ initProcessEnabled: true }), does: DEFINITION },
  privileged: { to: () => ({ privileged: true }), does: DEFINITION, on: NOT_ON_FARGATE },
  readonlyRootFilesystem: { to: () => ({ readonlyRootFilesystem: true }), does: DEFINITION },
  user: { to: () => ({ user: '1000' }), does: DEFINITION },
  enableExecuteCommand: { to: () => ({ enableExecuteCommand: true }), does: { ...DEFINITION, Policy: ADDED } },
  jobRole: { to: (given) => ({ jobRole: given.role }), does: { JobDefinition: IN_PLACE, Policy: ADDED, Role: REMOVED } },

  allowedOverrides: { to: () => ({ allowedOverrides: { command: true, environment: ['TOPIC'] } }), does: MACHINE },
  nodes: {
    to: () => ({ nodes: 2 }),
    does: { ...DEFINITION, ...MACHINE, SecurityGroupIngress: ADDED },
    on: { ...NOT_ON_FARGATE, 'Spot': REFUSED, 'an existing queue': { ...DEFINITION, ...MACHINE } },
  },

  // Attempts and time-outs
  attempts: { to: () => ({ attempts: 5 }), does: DEFINITION },
  retryApplicationErrors: { to: () => ({ retryApplicationErrors: true }), does: DEFINITION },
  attemptTimeout: { to: () => ({ attemptTimeout: Duration.hours(1) }), does: { ...DEFINITION, ...MACHINE } },
  queueTimeout: { to: () => ({ queueTimeout: Duration.hours(1) }), does: MACHINE },
  startTimeout: { to: () => ({ startTimeout: Duration.hours(1) }), does: MACHINE },
  runTimeout: { to: () => ({ runTimeout: Duration.hours(1) }), does: MACHINE },
  logRetention: { to: () => ({ logRetention: logs.RetentionDays.ONE_WEEK }), does: { LogGroup: IN_PLACE } },
  resultSource: { to: () => ({ resultSource: HeavyBatchResultSource.LOG }), does: { StateMachine: IN_PLACE, LogGroup: IN_PLACE, Policy: IN_PLACE } },
  logMode: { to: () => ({ logMode: ecs.AwsLogDriverMode.NON_BLOCKING }), does: DEFINITION },
  logMaxBufferSize: {
    from: () => ({ logMode: ecs.AwsLogDriverMode.NON_BLOCKING }),
    to: () => ({ logMode: ecs.AwsLogDriverMode.NON_BLOCKING, logMaxBufferSize: Size.mebibytes(25) }),
    does: DEFINITION,
  },
  // The execution role may no longer write to the log group of the job.
  logDriver: { to: () => ({ logDriver: ecs.LogDrivers.jsonFile() }), does: { ...DEFINITION, Role: IN_PLACE }, on: NOT_ON_FARGATE },
  stateMachineName: { to: () => ({ stateMachineName: 'heavy' }), does: { StateMachine: REPLACED } },
  tracing: { to: () => ({ tracing: true }), does: { Policy: IN_PLACE, StateMachine: IN_PLACE } },

  // What it runs on
  compute: {
    to: ({ compute }) => ({ compute, fargate: undefined, spot: undefined }),
    does: { ...WITHOUT_COMPUTE, InstanceProfile: REMOVED, LaunchTemplate: REMOVED },
    on: {
      ...onFargate(WITHOUT_COMPUTE),
      'an existing queue': { JobDefinition: REPLACED, Role: IN_PLACE, Rule: IN_PLACE, StateMachine: IN_PLACE },
    },
  },
  fargate: {
    from: () => ({ memory: Size.gibibytes(2) }),
    to: (_, kind) => ({ fargate: !isFargate(kind), memory: Size.gibibytes(2) }),
    does: { ...ANOTHER_QUEUE, InstanceProfile: REMOVED, LaunchTemplate: REMOVED, Role: REMOVED },
    on: onFargate({ ...ANOTHER_QUEUE, InstanceProfile: ADDED, LaunchTemplate: ADDED, Role: ADDED }),
  },
  cpuArchitecture: { to: () => ({ cpuArchitecture: ecs.CpuArchitecture.ARM64 }), does: { ...ENVIRONMENT, ...DEFINITION }, on: onFargate(DEFINITION) },
  instanceTypes: { from: () => types('c6i.large'), to: () => types('c6i.large', 'm6i.large'), does: { ...ENVIRONMENT, ...MACHINE }, on: NOT_ON_FARGATE },
  instanceClasses: {
    from: () => ({ instanceClasses: [ec2.InstanceClass.C6I] }),
    to: () => ({ instanceClasses: [ec2.InstanceClass.M6I] }),
    does: { ...ENVIRONMENT, ...MACHINE },
    on: NOT_ON_FARGATE,
  },
  useOptimalInstanceClasses: { to: () => ({ useOptimalInstanceClasses: true }), does: ENVIRONMENT, on: NOT_ON_FARGATE },
  minvCpus: { to: () => ({ minvCpus: 2 }), does: ENVIRONMENT, on: NOT_ON_FARGATE },
  maxvCpus: { to: () => ({ maxvCpus: 64 }), does: { ...ENVIRONMENT, ...MACHINE } },
  vpc: {
    to: inVpc,
    does: { ...ENVIRONMENT, SecurityGroup: REPLACED, network: REMOVED },
    on: onFargate({ ...ENVIRONMENT, ...DEFINITION, SecurityGroup: REPLACED, network: REMOVED }), // a job in private subnets gets no public address
  },
  vpcSubnets: {
    from: inVpc,
    to: (given) => ({ ...inVpc(given), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
    does: ENVIRONMENT,
    on: onFargate({ ...ENVIRONMENT, ...DEFINITION }),
  },
  vpcEndpoints: {
    from: inVpc,
    to: (given) => ({ ...inVpc(given), vpcEndpoints: true }),
    does: {
      ComputeEnvironment: IN_PLACE, SecurityGroup: ADDED, SecurityGroupIngress: ADDED, network: ADDED,
    },
  },
  securityGroups: {
    from: inVpc,
    to: (given) => ({ ...inVpc(given), securityGroups: [given.securityGroup] }),
    does: { ComputeEnvironment: IN_PLACE, SecurityGroup: REMOVED },
  },
  spot: {
    to: (_, kind) => ({ spot: !isSpot(kind) }),
    does: { ...FUNCTIONS, ...MACHINE, ComputeEnvironment: 'added and changed in place', InstanceProfile: ADDED, JobQueue: ADDED },
    on: {
      'Spot': { ...FUNCTIONS, ...MACHINE, ComputeEnvironment: 'changed in place and removed', InstanceProfile: REMOVED, JobQueue: REMOVED },
      'Fargate': { ...FUNCTIONS, ...MACHINE, ComputeEnvironment: ADDED, JobQueue: ADDED },
      'Fargate Spot': { ...FUNCTIONS, ...MACHINE, ComputeEnvironment: REMOVED, JobQueue: REMOVED },
    },
  },
  onDemandFallback: {
    from: () => ({ spot: true }),
    to: () => ({ spot: true, onDemandFallback: false }),
    does: { ...FUNCTIONS, ComputeEnvironment: REMOVED, InstanceProfile: REMOVED, JobQueue: REMOVED },
    on: onFargate({ ...FUNCTIONS, ComputeEnvironment: REMOVED, JobQueue: REMOVED }),
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
  shareIdentifier: {
    from: (_, kind) => fairOfOwn(kind),
    to: (_, kind) => ({ ...fairOfOwn(kind), shareIdentifier: 'maps' }),
    queue: { fairShare: true },
    does: MACHINE,
  },
  schedulingPriority: {
    from: (_, kind) => fairOfOwn(kind),
    to: (_, kind) => ({ ...fairOfOwn(kind), schedulingPriority: 5 }),
    queue: { fairShare: true },
    does: DEFINITION,
  },
  payloadBucket: {
    to: (given) => ({ payloadBucket: given.bucket }),
    does: { Bucket: LEFT_BEHIND, BucketPolicy: REMOVED, Function: IN_PLACE, Policy: IN_PLACE, Role: IN_PLACE, StateMachine: IN_PLACE },
  },
  payloadRetention: { to: () => ({ payloadRetention: Duration.days(7) }), does: { Bucket: IN_PLACE } },
  scratchSize: { to: () => ({ scratchSize: Size.gibibytes(100) }), does: TEMPLATE, on: onFargate(DEFINITION) },
  scratchIops: { to: () => ({ scratchIops: 4_000 }), does: TEMPLATE, on: NOT_ON_FARGATE },
  scratchThroughput: { to: () => ({ scratchThroughput: 250 }), does: TEMPLATE, on: NOT_ON_FARGATE },
  instanceStore: { from: () => types('c6id.large'), to: () => ({ ...types('c6id.large'), instanceStore: true }), does: TEMPLATE, on: NOT_ON_FARGATE },

  // How its instances start
  userData: { to: () => ({ userData: ec2.UserData.forLinux() }), does: TEMPLATE, on: NOT_ON_FARGATE },
  machineImage: { to: () => ({ machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-1' }) }), does: ENVIRONMENT, on: NOT_ON_FARGATE },
  keyPair: { to: () => ({ keyPair: { keyPairName: 'ops' } as ec2.IKeyPair }), does: TEMPLATE, on: NOT_ON_FARGATE },
  blockDevices: { to: () => ({ blockDevices: [{ deviceName: '/dev/xvdb', volume: ec2.BlockDeviceVolume.ebs(10) }] }), does: TEMPLATE, on: NOT_ON_FARGATE },
  placementGroup: { to: ({ placementGroup }) => ({ placementGroup }), does: ENVIRONMENT, on: NOT_ON_FARGATE },
  minScaleDownDelay: { to: () => ({ minScaleDownDelay: Duration.hours(1) }), does: ENVIRONMENT, on: NOT_ON_FARGATE },
  imagePullBehavior: { to: () => ({ imagePullBehavior: HeavyBatchImagePullBehavior.ONCE }), does: TEMPLATE, on: NOT_ON_FARGATE },
  canContainersAccessInstanceRole: { to: () => ({ canContainersAccessInstanceRole: true }), does: TEMPLATE, on: NOT_ON_FARGATE },
  containerInsights: { to: () => ({ containerInsights: ecs.ContainerInsights.ENABLED }), does: ENVIRONMENT },

  regulated: {
    to: () => ({ regulated: {} }),
    does: { ...REGULATED, ...TEMPLATE },
    on: onFargate(REGULATED),
  },

  consumableResources: { to: () => ({ consumableResources: [{ consumableResource: SEATS, quantity: 1 }] }), does: { ...DEFINITION, Policy: IN_PLACE } },
};

/** Every prop of a compute on an existing queue. */
export const QUEUE_CHANGES: { readonly [prop in keyof Required<HeavyBatchQueueComputeProps>]: Change<Partial<HeavyBatchQueueComputeProps>> } = {
  jobQueue: { to: ({ otherQueue }) => ({ jobQueue: otherQueue }), does: FUNCTIONS },
  onDemandJobQueue: { to: ({ otherQueue }) => ({ onDemandJobQueue: otherQueue }), does: FUNCTIONS },
  fargate: { to: () => ({ fargate: true }), does: { ...DEFINITION, ...MACHINE } },
  assignPublicIp: { from: () => ({ fargate: true }), to: () => ({ fargate: true, assignPublicIp: true }), does: DEFINITION },
  scratchSize: { from: () => ({ fargate: true }), to: () => ({ fargate: true, scratchSize: Size.gibibytes(10) }), does: DEFINITION },
  instanceTypes: { to: () => types('c6i.large'), does: { ...DEFINITION, ...MACHINE } }, // the default memory of the job is a part of theirs
  cpuArchitecture: { to: () => ({ cpuArchitecture: ecs.CpuArchitecture.ARM64 }), does: DEFINITION },
  securityGroups: { to: ({ securityGroup }) => ({ securityGroups: [securityGroup] }), does: {} },
  maxvCpus: { to: () => ({ maxvCpus: 64 }), does: MACHINE },
  fairShare: { to: () => ({ fairShare: true }), does: { ...DEFINITION, ...MACHINE } },
  payloadBucket: {
    to: ({ bucket }) => ({ payloadBucket: bucket }),
    does: { Bucket: LEFT_BEHIND, BucketPolicy: REMOVED, Function: IN_PLACE, Policy: IN_PLACE, Role: IN_PLACE, StateMachine: IN_PLACE },
  },
  regulated: { to: () => ({ regulated: {} }), does: REGULATED_DATA },
};
