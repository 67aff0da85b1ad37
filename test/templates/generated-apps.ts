import { App, Duration, Size, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import * as fc from 'fast-check';
import type { CloudFormationTemplate } from './template';
import {
  HeavyBatchCompute, HeavyBatchComputeProps, HeavyBatchFileSystem, HeavyBatchJob, HeavyBatchJobProps, HeavyBatchListFormat,
  HeavyBatchQueueCompute, IHeavyBatchCompute,
} from '../../src';
import { QUEUE_ARN } from '../stacks';

/** An app with whatever can be combined, as plain data: a counterexample says what it is. What it does not create, it imports. */
export const COMPUTES = ['instances', 'spot', 'gpus', 'instance store', 'arm', 'classes', 'nodes', 'fargate', 'fargate spot', 'queue', 'queue of fargate'] as const;

export const APP = fc.record({
  compute: fc.constantFrom(...COMPUTES),
  network: fc.constantFrom('new', 'isolated', 'imported', 'imported and isolated'),
  jobs: fc.integer({ min: 1, max: 2 }),
  otherStack: fc.boolean(),
  fairShare: fc.boolean(),
  fallback: fc.boolean(),
  maxMemory: fc.boolean(),
  bucket: fc.constantFrom('new', 'short', 'imported', 'imported and encrypted'),
  fileSystem: fc.boolean(),
  volume: fc.boolean(),
  secret: fc.constantFrom('none', 'Secrets Manager', 'Parameter Store'),
  role: fc.constantFrom('new', 'given'),
  map: fc.constantFrom('none', 'list of the input', 'list of a key', 'tolerant'),
  retryApplicationErrors: fc.boolean(),
  attempts: fc.integer({ min: 1, max: 10 }),
  attemptTimeout: fc.integer({ min: 60, max: 31_536_000 }),
  runTimeout: fc.option(fc.integer({ min: 60, max: 31_536_000 }), { nil: undefined }),
  logRetention: fc.constantFrom(logs.RetentionDays.ONE_DAY, logs.RetentionDays.ONE_YEAR, undefined),
  tracing: fc.boolean(),
  tagged: fc.boolean(),
});
export type GeneratedApp = typeof APP extends fc.Arbitrary<infer T> ? T : never;

export const TAG = 'Owner';

/** The templates of an app, by the name of the stack. */
export function templatesOf(spec: GeneratedApp): Record<string, CloudFormationTemplate> {
  const app = new App({ analyticsReporting: false });
  const shared = new Stack(app, 'Shared');
  const compute = computeOf(shared, spec);
  const stack = spec.otherStack ? new Stack(app, 'Other') : shared;
  for (let number = 0; number < spec.jobs; number++) {
    const job = new HeavyBatchJob(stack, `Job${number}`, { ...jobProps(stack, `${number}`, spec), compute });
    if (spec.map !== 'none') addMap(job, spec);
  }
  if (spec.tagged) Tags.of(app).add(TAG, 'me');
  return Object.fromEntries([...new Set([shared, stack])].map((each) => [each.stackName, Template.fromStack(each).toJSON()]));
}

const isFargate = ({ compute }: GeneratedApp) => compute.includes('fargate');
const types = (...names: string[]) => ({ instanceTypes: names.map((name) => new ec2.InstanceType(name)) });

function computeOf(scope: Stack, spec: GeneratedApp): IHeavyBatchCompute {
  const payloads = payloadProps(scope, spec);
  if (spec.compute === 'queue' || spec.compute === 'queue of fargate') {
    const { payloadBucket } = payloads;
    return new HeavyBatchQueueCompute(scope, 'Compute', {
      jobQueue: batch.JobQueue.fromJobQueueArn(scope, 'Queue', QUEUE_ARN),
      fargate: isFargate(spec),
      assignPublicIp: isFargate(spec) ? spec.network === 'new' : undefined,
      fairShare: spec.fairShare,
      payloadBucket,
    });
  }
  return new HeavyBatchCompute(scope, 'Compute', {
    ...hardwareOf(spec),
    ...networkOf(scope, spec),
    ...payloads,
    fairShare: spec.fairShare ? { weights: { A: 2 }, shareDecay: Duration.hours(1), computeReservation: 5 } : undefined,
  });
}

function hardwareOf({ compute, fallback }: GeneratedApp): HeavyBatchComputeProps {
  switch (compute) {
    case 'spot': return { spot: true, onDemandFallback: fallback };
    case 'gpus': return types('g6.xlarge');
    case 'instance store': return { ...types('c6id.xlarge'), instanceStore: true };
    case 'arm': return { ...types('c8g.xlarge'), scratchSize: Size.gibibytes(100) };
    case 'classes': return { instanceClasses: [ec2.InstanceClass.M7I], useOptimalInstanceClasses: true };
    case 'fargate': return { fargate: true, cpuArchitecture: ecs.CpuArchitecture.ARM64 };
    case 'fargate spot': return { fargate: true, spot: true, onDemandFallback: fallback, scratchSize: Size.gibibytes(50) };
    default: return {};
  }
}

function networkOf(scope: Stack, { network }: GeneratedApp): HeavyBatchComputeProps {
  if (network === 'new') return {};
  if (network === 'isolated') return { vpcEndpoints: true };
  const ids = { vpcId: 'vpc-1', availabilityZones: ['us-east-1a'] };
  return network === 'imported'
    ? { vpc: ec2.Vpc.fromVpcAttributes(scope, 'Vpc', { ...ids, privateSubnetIds: ['subnet-1'], privateSubnetRouteTableIds: ['rtb-1'] }) }
    : { vpc: ec2.Vpc.fromVpcAttributes(scope, 'Vpc', { ...ids, isolatedSubnetIds: ['subnet-1'], isolatedSubnetRouteTableIds: ['rtb-1'] }), vpcEndpoints: true };
}

function payloadProps(scope: Stack, { bucket }: GeneratedApp): Pick<HeavyBatchComputeProps, 'payloadBucket' | 'payloadRetention'> {
  if (bucket === 'new') return {};
  if (bucket === 'short') return { payloadRetention: Duration.days(1) };
  const encryptionKey = bucket === 'imported' ? undefined : kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/1');
  return { payloadBucket: s3.Bucket.fromBucketAttributes(scope, 'Payloads', { bucketName: 'payloads', encryptionKey }) };
}

function jobProps(scope: Stack, id: string, spec: GeneratedApp): HeavyBatchJobProps {
  return {
    image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/busybox:1'),
    command: ['work', 'Ref::item'],
    parameters: { item: '-' },
    environment: { MODE: 'all' },
    memory: Size.gibibytes(2),
    maxMemory: spec.maxMemory ? Size.gibibytes(4) : undefined,
    gpus: spec.compute === 'gpus' ? 1 : undefined,
    nodes: spec.compute === 'nodes' ? 2 : undefined,
    fileSystem: spec.fileSystem ? fileSystemOf(scope, id) : undefined,
    volumes: spec.volume && !isFargate(spec) ? [batch.EcsVolume.host({ name: 'data', hostPath: '/data', containerPath: '/data' })] : undefined,
    secrets: spec.secret === 'none' ? undefined : { PASSWORD: secretOf(scope, id, spec) },
    jobRole: spec.role === 'given' ? new iam.Role(scope, `GivenRole${id}`, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }) : undefined,
    shareIdentifier: spec.fairShare ? 'A' : undefined,
    retryApplicationErrors: spec.retryApplicationErrors,
    attempts: spec.attempts,
    attemptTimeout: Duration.seconds(spec.attemptTimeout),
    runTimeout: spec.runTimeout === undefined ? undefined : Duration.seconds(spec.runTimeout),
    logRetention: spec.logRetention,
    tracing: spec.tracing,
  };
}

function fileSystemOf(scope: Stack, id: string): HeavyBatchFileSystem {
  const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(scope, `FilesGroup${id}`, 'sg-files');
  const fileSystem = efs.FileSystem.fromFileSystemAttributes(scope, `Files${id}`, { fileSystemId: 'fs-1', securityGroup });
  return HeavyBatchFileSystem.fromEfsAccessPoint(efs.AccessPoint.fromAccessPointAttributes(scope, `Point${id}`, { accessPointId: 'fsap-1', fileSystem }), '/mnt/files');
}

function secretOf(scope: Stack, id: string, { secret }: GeneratedApp): batch.Secret {
  return secret === 'Secrets Manager'
    ? batch.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(scope, `Secret${id}`, 'password'))
    : batch.Secret.fromSsmParameter(ssm.StringParameter.fromSecureStringParameterAttributes(scope, `Parameter${id}`, { parameterName: '/password' }));
}

function addMap(job: HeavyBatchJob, { map }: GeneratedApp): void {
  const bucket = s3.Bucket.fromBucketName(job, 'Lists', 'lists');
  if (map === 'list of the input') job.addMap('Each', { bucket });
  if (map === 'list of a key') job.addMap('Each', { bucket, key: 'list.csv', format: HeavyBatchListFormat.csv(), timeout: Duration.days(2), maxConcurrency: 7 });
  if (map === 'tolerant') job.addMap('Each', { bucket, toleratedFailurePercentage: 10, resultBucket: s3.Bucket.fromBucketName(job, 'Results', 'outcomes') });
}
