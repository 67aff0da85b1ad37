import { Fn, Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { hasInstances, INSTANCE_VALUES } from './instance-values';
import {
  data, duration, durationToken, either, flag, made, numberIn, numberToken, oddDuration, oddNumber, oddSize, oddString, options, plain, prop,
  PropRules, PropTable, PropValues, Setting, size, sizeToken, textIn, Value, Values,
} from './value';
import { HeavyBatchComputeProps, HeavyBatchFairShareOptions, HeavyBatchQueueComputeProps, HeavyBatchRegulatedOptions } from '../../../src';
import { INSTANCE_TYPES } from '../../../src/contract/instance-types';
import { QUEUE_ARN } from '../../stacks';

const never = () => false;

/** Lists of instance types, by their names. */
const types = (...lists: string[][]): Values<ec2.InstanceType[]> =>
  fc.constantFrom(...lists).map((names) => new Value(`[${names.join(', ')}]`, () => names.map((name) => new ec2.InstanceType(name))));
const anyType = fc.constantFrom(...Object.entries(INSTANCE_TYPES).flatMap(([family, entries]) => entries.split(', ').map((entry) => `${family}.${entry.split(' ')[0]}`)));
const oddTypes: Values<ec2.InstanceType[]> = either(
  types([], ['c7i.large', 'c7g.large'], ['m4.large', 'm4.large'], ['nonsense'], ['optimal'], ['x9.large'], ['C5.LARGE'], ['c5'], ['a1.large'], ['p3.2xlarge'], ['t3.micro'], ['mac1.metal'],
    ['u-6tb1.metal'], ['u7i-6tb.112xlarge'], ['inf1.xlarge'], ['trn1.2xlarge'], ['g4ad.xlarge'], ['c7i.metal-24xl'], ['p6-b200.48xlarge']),
  fc.uniqueArray(anyType, { minLength: 1, maxLength: 3 }).map((names) => new Value(`[${names.join(', ')}]`, () => names.map((name) => new ec2.InstanceType(name)))),
  made('[a type that is a parameter]', (scope) => [new ec2.InstanceType(textIn(scope, 'c7i.large'))]),
  made('[c7i.large, a type that is a parameter]', (scope) => [new ec2.InstanceType('c7i.large'), new ec2.InstanceType(textIn(scope, 'c7i.xlarge'))]),
);
const FITTING_TYPES: { readonly [compute in Setting['compute']]?: string[][] } = {
  'instances': [['m6i.xlarge'], ['c7i.2xlarge', 'm7i.xlarge'], ['m5.4xlarge', 'r5.2xlarge']],
  'arm': [['c8g.xlarge'], ['m7g.2xlarge', 'r7g.xlarge']],
  'gpus': [['g6.xlarge'], ['g5.2xlarge', 'g6.2xlarge']],
  'instance store': [['c6id.xlarge'], ['m6id.2xlarge', 'i4i.xlarge']],
  'nodes': [['c7i.4xlarge']],
  'queue': [['m6i.xlarge'], ['c7i.2xlarge']],
};
const classes = either(
  fc.uniqueArray(fc.constantFrom(...Object.keys(ec2.InstanceClass)), { maxLength: 2 }).map((names) =>
    new Value(`[${names.map((name) => `InstanceClass.${name}`).join(', ')}]`, () => names.map((name) => ec2.InstanceClass[name as keyof typeof ec2.InstanceClass]))),
);

const subnets = { privateSubnetIds: ['subnet-11111111', 'subnet-22222222'], privateSubnetRouteTableIds: ['rtb-11111111', 'rtb-22222222'] };
const imported = (attributes: Partial<ec2.VpcAttributes>) => (scope: Construct) =>
  ec2.Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: 'vpc-12345678', availabilityZones: ['us-east-1a', 'us-east-1b'], ...attributes });
const givenVpc: Values<ec2.IVpc> = either(
  made('an imported VPC with private subnets', imported(subnets)),
  made('a new VPC with a NAT gateway', (scope) => new ec2.Vpc(scope, 'Vpc', { maxAzs: 2, natGateways: 1 })),
  made('a VPC whose ids are lists of tokens', (scope) => ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: textIn(scope, 'vpc-12345678'), availabilityZones: Fn.getAzs(), privateSubnetIds: Fn.split(',', textIn(scope, 'subnet-11111111,subnet-22222222')),
  })),
);
const isolatedVpc: Values<ec2.IVpc> = either(
  made('an imported VPC with isolated subnets', imported({ isolatedSubnetIds: ['subnet-11111111', 'subnet-22222222'], isolatedSubnetRouteTableIds: ['rtb-11111111', 'rtb-22222222'] })),
  made('a new VPC with isolated subnets', (scope) => new ec2.Vpc(scope, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'Own', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] })),
);
const oddVpc: Values<ec2.IVpc> = either(
  givenVpc,
  isolatedVpc,
  made('an imported VPC without subnets', imported({})),
  made('an imported VPC with public subnets', imported({ publicSubnetIds: ['subnet-1', 'subnet-2'] })),
  made('a new VPC without subnets', (scope) => new ec2.Vpc(scope, 'Vpc', { maxAzs: 1, natGateways: 0, subnetConfiguration: [] })),
  made('a VPC that is looked up, where the stack has an account', (scope) => Token.isUnresolved(Stack.of(scope).account) ? imported(subnets)(scope) : ec2.Vpc.fromLookup(scope, 'Vpc', { isDefault: true })),
);
const oddSubnets: Values<ec2.SubnetSelection> = either(
  data<ec2.SubnetSelection>(fc.record({
    subnetType: fc.constantFrom(...Object.values(ec2.SubnetType)),
    availabilityZones: fc.constantFrom<string[]>([], ['us-east-1a'], ['nowhere']),
    subnetGroupName: fc.constantFrom('Private', 'Public', 'Own', '', 'nowhere'),
    onePerAz: fc.boolean(),
  }, { requiredKeys: [] })),
  made<ec2.SubnetSelection>('{ subnets: [] }', () => ({ subnets: [] })),
  made<ec2.SubnetSelection>('{ subnets: [an imported one] }', (scope) => ({ subnets: [ec2.Subnet.fromSubnetId(scope, 'Subnet', 'subnet-12345678')] })),
  made<ec2.SubnetSelection>('{ subnets: [a token] }', (scope) => ({ subnets: [ec2.Subnet.fromSubnetId(scope, 'Subnet', textIn(scope, 'subnet-12345678'))] })),
  made<ec2.SubnetSelection>('{ subnetFilters: [by another id] }', () => ({ subnetFilters: [ec2.SubnetFilter.byIds(['subnet-99999999'])] })),
  made<ec2.SubnetSelection>('{ subnetFilters: [in a zone] }', () => ({ subnetFilters: [ec2.SubnetFilter.availabilityZones(['us-east-1a'])] })),
);

const group = (id: string) => (scope: Construct) => ec2.SecurityGroup.fromSecurityGroupId(scope, id, `sg-${id.toLowerCase()}`);
const securityGroups: Values<ec2.ISecurityGroup[]> = either(
  made('[an imported group]', (scope) => [group('12345678')(scope)]),
  made('[two imported groups]', (scope) => [group('12345678')(scope), group('87654321')(scope)]),
  made('[an immutable group]', (scope) => [ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-12345678', { mutable: false })]),
  made('[a group that is a parameter]', (scope) => [ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', textIn(scope, 'sg-12345678'))]),
  made('[a new group]', (scope) => [new ec2.SecurityGroup(scope, 'Group', { vpc: imported(subnets)(scope) })]),
);
const buckets: Values<s3.IBucket> = either(
  made('an imported bucket', (scope) => s3.Bucket.fromBucketName(scope, 'Bucket', 'payloads')),
  made('an imported bucket with a key', (scope) => s3.Bucket.fromBucketAttributes(scope, 'Bucket', {
    bucketName: 'payloads', encryptionKey: kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012'),
  })),
  made('a bucket whose name is a parameter', (scope) => s3.Bucket.fromBucketName(scope, 'Bucket', textIn(scope, 'payloads'))),
  made('a new bucket with a key', (scope) => new s3.Bucket(scope, 'Bucket', { encryption: s3.BucketEncryption.KMS })),
  made('a new bucket', (scope) => new s3.Bucket(scope, 'Bucket')),
);
export const bucket: PropValues<s3.IBucket> = prop(buckets, either(
  buckets,
  made('a bucket of another account', (scope) => s3.Bucket.fromBucketAttributes(scope, 'Bucket', { bucketName: 'payloads', account: '210987654321', region: 'eu-west-1' })),
));

const weightName = fc.oneof(fc.constantFrom('A', 'B1', 'team*', 'teamX', '*', 'a*', 'ab*', 'x'.repeat(255), 'x'.repeat(256)), oddString);
const fairShare = options<HeavyBatchFairShareOptions>({
  weights: prop(plain<{ [name: string]: number }>({}, { A: 1 }, { 'A': 2, 'B*': 0.5 }), either(
    data(fc.dictionary(weightName, fc.oneof(fc.constantFrom(0, 1, 0.0001, 999.9999, 1_000, NaN), fc.double({ min: 0, max: 1_001 })), { maxKeys: 3 })),
    made('{ A: a token }', (scope) => ({ A: numberIn(scope, 1) })),
  )),
  shareDecay: prop(either(duration('hours', 0, 1, 168), durationToken('seconds', 60)), oddDuration),
  computeReservation: prop(either(plain(0, 5, 99), numberToken(5)), oddNumber),
});

const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012';
export const keys: Values<kms.IKey> = either(
  made('an imported key', (scope) => kms.Key.fromKeyArn(scope, 'Key', KEY_ARN)),
  made('a key that is a parameter', (scope) => kms.Key.fromKeyArn(scope, 'Key', textIn(scope, KEY_ARN))),
  made('a new key', (scope) => new kms.Key(scope, 'Key', { enableKeyRotation: true })),
);
const regulated: PropValues<HeavyBatchRegulatedOptions> = options<HeavyBatchRegulatedOptions>({
  encryptionKey: prop(keys, keys),
  accessLogsBucket: prop(buckets, buckets, never), // refused where there is a payload bucket
  logRetention: prop(either(plain(logs.RetentionDays.ONE_WEEK, logs.RetentionDays.INFINITE), numberToken(365)), oddNumber),
  alarmTopic: prop(made('an imported topic', (scope) => sns.Topic.fromTopicArn(scope, 'Topic', 'arn:aws:sns:us-east-1:123456789012:ops')),
    made('a new topic', (scope) => new sns.Topic(scope, 'Topic'))),
});

export const COMPUTE_VALUES = {
  ...INSTANCE_VALUES,
  fargate: prop(plain(true), flag, never),
  cpuArchitecture: {
    fitting: ({ compute }) => compute === 'arm' ? plain(ecs.CpuArchitecture.ARM64) : undefined,
    odd: plain(ecs.CpuArchitecture.ARM64, ecs.CpuArchitecture.X86_64, ecs.CpuArchitecture.of('RISCV')),
  },
  instanceTypes: { fitting: ({ compute }) => FITTING_TYPES[compute] && types(...FITTING_TYPES[compute]), odd: oddTypes },
  instanceClasses: {
    fitting: ({ compute }) => compute === 'instances' ? plain([ec2.InstanceClass.M7I], [ec2.InstanceClass.C6I, ec2.InstanceClass.R6I])
      : compute === 'arm' ? plain([ec2.InstanceClass.M7G]) : undefined,
    odd: classes,
  },
  useOptimalInstanceClasses: prop(flag, flag, ({ compute }) => compute === 'instances'),
  minvCpus: prop(either(plain(0, 1, 16), numberToken(2)), oddNumber, hasInstances),
  maxvCpus: prop(either(plain(64, 256, 1_000_000), numberToken(64)), oddNumber),
  vpc: {
    fitting: ({ vpc }) => ({ new: undefined, given: givenVpc, isolated: isolatedVpc })[vpc],
    odd: oddVpc,
  },
  vpcSubnets: prop(plain<ec2.SubnetSelection>({ onePerAz: true }), oddSubnets),
  vpcEndpoints: prop(plain(true), flag, ({ vpc }) => vpc === 'isolated'),
  securityGroups: prop(securityGroups, either(plain<ec2.ISecurityGroup[]>([]), securityGroups)),
  spot: prop(plain(true), flag, never),
  onDemandFallback: prop(flag, flag, ({ spot }) => spot),
  fairShare: { fitting: (setting) => setting.fairShare ? fairShare.fitting(setting) : undefined, odd: fairShare.odd },
  payloadBucket: bucket,
  payloadRetention: prop(either(duration('days', 1, 3_650), duration('hours', 24), durationToken('days', 30)), oddDuration),
  scratchSize: prop(either(size('gibibytes', 1, 50, 180), sizeToken('gibibytes', 50)), oddSize, ({ compute }) => compute !== 'instance store'),
  scratchIops: prop(either(plain(3_000, 6_000), numberToken(4_000)), oddNumber, (setting) => hasInstances(setting) && setting.compute !== 'instance store'),
  scratchThroughput: prop(either(plain(125, 500), numberToken(200)), oddNumber, (setting) => hasInstances(setting) && setting.compute !== 'instance store'),
  instanceStore: prop(plain(false), flag, hasInstances),
  containerInsights: prop(plain(...Object.values(ecs.ContainerInsights)), plain(...Object.values(ecs.ContainerInsights))),
  regulated,
} satisfies PropTable<HeavyBatchComputeProps>;

export const COMPUTE_RULES: PropRules<HeavyBatchComputeProps> = { apart: [['payloadBucket', 'payloadRetention']] };

/** What makes a compute one of its setting. */
export function computeOfSetting({ compute, spot, fairShare: isFair, vpc }: Setting): HeavyBatchComputeProps {
  return {
    ...compute === 'fargate' ? { fargate: true } : {},
    ...compute === 'arm' ? { cpuArchitecture: ecs.CpuArchitecture.ARM64 } : {},
    ...compute === 'gpus' ? { instanceTypes: [new ec2.InstanceType('g6.xlarge')] } : {},
    ...compute === 'instance store' ? { instanceTypes: [new ec2.InstanceType('c6id.xlarge')], instanceStore: true } : {},
    ...spot && compute !== 'nodes' ? { spot } : {},
    ...isFair ? { fairShare: {} } : {},
    ...vpc === 'isolated' ? { vpcEndpoints: true } : {},
  };
}

const queue = (arn: string) => made(`a queue with the ARN ${arn}`, (scope) => batch.JobQueue.fromJobQueueArn(scope, 'Queue', arn));
const queues: Values<batch.IJobQueue> = either(
  queue(QUEUE_ARN),
  made('a queue whose ARN is a parameter', (scope) => batch.JobQueue.fromJobQueueArn(scope, 'Queue', textIn(scope, QUEUE_ARN))),
  made('a queue whose name is a parameter', (scope) => batch.JobQueue.fromJobQueueArn(scope, 'Queue', `arn:aws:batch:us-east-1:123456789012:job-queue/${textIn(scope, 'heavy')}`)),
  made('a new queue', (scope) => new batch.JobQueue(scope, 'Queue', {
    computeEnvironments: [{ order: 1, computeEnvironment: batch.ManagedEc2EcsComputeEnvironment.fromManagedEc2EcsComputeEnvironmentArn(scope, 'Environment', 'arn:aws:batch:us-east-1:123456789012:compute-environment/heavy') }],
  })),
);
const oddQueue = either(queues, queue('arn:aws:batch:eu-west-1:210987654321:job-queue/heavy'), queue('arn:aws:batch:us-east-1:123456789012:job-definition/heavy:1'), queue('arn:aws-cn:batch:cn-north-1:123456789012:job-queue/heavy'));

export const QUEUE_COMPUTE_VALUES = {
  jobQueue: prop(queues, oddQueue),
  onDemandJobQueue: prop(queues, oddQueue),
  fargate: prop(plain(true), flag, never),
  assignPublicIp: prop(flag, flag, (setting) => !hasInstances(setting)),
  scratchSize: prop(size('gibibytes', 1, 180), oddSize, (setting) => !hasInstances(setting)),
  instanceTypes: { fitting: ({ compute }) => compute === 'queue' ? types(['m6i.xlarge'], ['c7i.2xlarge']) : undefined, odd: oddTypes },
  cpuArchitecture: prop(plain(ecs.CpuArchitecture.X86_64), plain(ecs.CpuArchitecture.ARM64, ecs.CpuArchitecture.X86_64)),
  securityGroups: prop(securityGroups, either(plain<ec2.ISecurityGroup[]>([]), securityGroups)),
  maxvCpus: prop(either(plain(64, 256), numberToken(64)), oddNumber),
  fairShare: prop(plain(true), flag, never),
  payloadBucket: bucket,
  regulated,
} satisfies PropTable<HeavyBatchQueueComputeProps>;

export function queueComputeOfSetting(setting: Setting): Partial<HeavyBatchQueueComputeProps> {
  return { ...hasInstances(setting) ? {} : { fargate: true }, ...setting.fairShare ? { fairShare: true } : {} };
}
