import * as path from 'path';
import { App, ArnFormat, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  HeavyBatchApi, HeavyBatchApiValueType, HeavyBatchCompute, HeavyBatchFileSystem, HeavyBatchImagePullBehavior, HeavyBatchJob, HeavyBatchJobProps,
  HeavyBatchQueueCompute, HeavyBatchResultSource,
} from '../src';

/** The stacks of the tests. */

/** The directory of an image. */
export const IMAGE = path.join(__dirname, 'fixtures', 'image');

export function newStack(id = 'Stack'): Stack {
  return new Stack(new App({ analyticsReporting: false }), id);
}

export function newJob(props: HeavyBatchJobProps = {}, stack = newStack()): HeavyBatchJob {
  return new HeavyBatchJob(stack, 'Job', { ...props.image ? {} : { imageDirectory: IMAGE }, ...props });
}

export function templateOf(props: HeavyBatchJobProps = {}): Template {
  return Template.fromStack(Stack.of(newJob(props)));
}

/** The logical id of the only resource of a type whose id has a text in it. */
export function idOf(template: Template, type: string, part = ''): string {
  const ids = Object.keys(template.findResources(type)).filter((id) => id.includes(part));
  if (ids.length !== 1) throw new Error(`${ids.length} resources of type ${type} have '${part}' in their ids`);
  return ids[0];
}

export const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** The numbers of the article that the library began with. */
export const ARTICLE: HeavyBatchJobProps = {
  instanceTypes: [new ec2.InstanceType('c4.xlarge'), new ec2.InstanceType('c4.large')],
  minvCpus: 0,
  maxvCpus: 256,
  vcpus: 1,
  memory: Size.mebibytes(1024),
  command: ['node', 'index.js', 'Ref::processId'],
  parameters: { processId: 'none' },
};

/** A job with every prop that can be combined. */
export function everyProp(stack: Stack, more: HeavyBatchJobProps = {}): HeavyBatchJob {
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
  return new HeavyBatchJob(stack, 'Job', {
    imageDirectory: IMAGE,
    imageBuild: {
      file: 'Dockerfile',
      buildArgs: { A: 'b' },
      target: 'final',
      platform: ecrAssets.Platform.LINUX_ARM64,
      buildSecrets: { npm: 'env=NPM_TOKEN' },
      cacheFrom: [{ type: 'gha' }],
      cacheTo: { type: 'gha' },
      networkMode: ecrAssets.NetworkMode.HOST,
    },
    instanceTypes: [new ec2.InstanceType('c7g.xlarge')],
    instanceClasses: [ec2.InstanceClass.M7G],
    useOptimalInstanceClasses: false,
    vcpus: 2,
    memory: Size.gibibytes(2),
    maxMemory: Size.gibibytes(6),
    minvCpus: 2,
    maxvCpus: 64,
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [new ec2.SecurityGroup(stack, 'SecurityGroup', { vpc })],
    spot: true,
    onDemandFallback: true,
    scratchSize: Size.gibibytes(200),
    scratchIops: 6_000,
    scratchThroughput: 500,
    command: ['node', 'index.js', 'Ref::processId'],
    parameters: { processId: 'none' },
    environment: { MODE: 'all' },
    secrets: { PASSWORD: batch.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret')) },
    fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(new efs.FileSystem(stack, 'Files', { vpc }).addAccessPoint('Jobs', { path: '/jobs' }), '/mnt/files'),
    volumes: [batch.EcsVolume.host({ name: 'data', hostPath: '/data', containerPath: '/data', readonly: true })],
    sharedMemorySize: Size.mebibytes(512),
    tmpfs: [{ containerPath: '/cache', size: Size.mebibytes(64) }],
    devices: [{ hostPath: '/dev/fuse' }],
    ulimits: [{ name: batch.UlimitName.NOFILE, softLimit: 4096, hardLimit: 8192 }],
    initProcessEnabled: true,
    privileged: false,
    readonlyRootFilesystem: false,
    user: '1000',
    enableExecuteCommand: true,
    allowedOverrides: { command: true, environment: ['TOPIC'], resources: false, arraySize: false, share: false },
    attempts: 5,
    retryApplicationErrors: true,
    attemptTimeout: Duration.hours(2),
    queueTimeout: Duration.hours(3),
    runTimeout: Duration.hours(12),
    resultSource: HeavyBatchResultSource.BUCKET,
    logRetention: logs.RetentionDays.ONE_WEEK,
    logMode: ecs.AwsLogDriverMode.NON_BLOCKING,
    logMaxBufferSize: Size.mebibytes(25),
    stateMachineName: 'heavy',
    tracing: true,
    userData: ec2.UserData.forLinux(),
    machineImage: { getImage: () => ({ imageId: 'ami-0123456789abcdef0', osType: ec2.OperatingSystemType.LINUX, userData: ec2.UserData.forLinux() }) },
    keyPair: ec2.KeyPair.fromKeyPairName(stack, 'Key', 'ops'),
    blockDevices: [{ deviceName: '/dev/xvdb', volume: ec2.BlockDeviceVolume.ebs(100, { encrypted: true }) }],
    placementGroup: new ec2.PlacementGroup(stack, 'Group', { strategy: ec2.PlacementGroupStrategy.PARTITION }),
    minScaleDownDelay: Duration.minutes(30),
    imagePullBehavior: HeavyBatchImagePullBehavior.ONCE,
    canContainersAccessInstanceRole: true,
    containerInsights: ecs.ContainerInsights.ENABLED,
    consumableResources: [{ consumableResource: 'arn:aws:batch:us-east-1:123456789012:consumable-resource/seats', quantity: 2 }],
    ...more,
  });
}

/** An API over two jobs, with every prop that can be combined. */
export function everyApiProp(stack: Stack): HeavyBatchApi {
  const givenLog = new logs.LogGroup(stack, 'Given', { retention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
  const job = newJob({
    command: ['work', 'Ref::size', 'Ref::mode', 'Ref::rate', 'Ref::dry'],
    parameters: { size: '10', mode: 'fast', rate: '0.5', dry: 'false' },
    logDriver: ecs.LogDrivers.awsLogs({ logGroup: givenLog, streamPrefix: 'mine' }),
  }, stack);
  const imported = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Imported', {
    stateMachineArn: stack.formatArn({ service: 'states', resource: 'stateMachine', resourceName: 'Sort', arnFormat: ArnFormat.COLON_RESOURCE_NAME }),
  });
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012');
  return new HeavyBatchApi(stack, 'Api', {
    jobs: [
      {
        job,
        name: 'work',
        parameters: {
          size: { valueType: HeavyBatchApiValueType.INTEGER, description: 'Megabytes.', minimum: 1, maximum: 100 },
          mode: { valueType: HeavyBatchApiValueType.TEXT, pattern: '^[a-z]+$', minLength: 1, maxLength: 8, allowedValues: ['fast', 'slow'] },
          rate: { valueType: HeavyBatchApiValueType.NUMBER, required: true },
          dry: { valueType: HeavyBatchApiValueType.BOOLEAN },
        },
      },
      { job: imported },
    ],
    authorizer: new HttpJwtAuthorizer('Login', 'https://login.example.com', { jwtAudience: ['runs'] }),
    allowAnonymousAccess: false,
    ownerClaim: 'sub',
    console: true,
    retention: Duration.days(30),
    maxWaitingRequests: 20,
    throttle: { rateLimit: 10, burstLimit: 20 },
    cors: { allowOrigins: ['https://app.example.com'], allowCredentials: true, maxAge: Duration.hours(1) },
    domain: { domainName: new apigatewayv2.DomainName(stack, 'Domain', { domainName: 'runs.example.com', certificate }), mappingKey: 'v1' },
    logRetention: logs.RetentionDays.ONE_WEEK,
    title: 'Sorting',
  });
}

export const QUEUE_ARN = 'arn:aws:batch:us-east-1:123456789012:job-queue/heavy';

export function existingQueue(stack: Stack): batch.IJobQueue {
  return batch.JobQueue.fromJobQueueArn(stack, 'Existing', QUEUE_ARN);
}

export function threeJobs(stack: Stack): { compute: HeavyBatchCompute; jobs: HeavyBatchJob[] } {
  const compute = new HeavyBatchCompute(stack, 'Compute');
  const jobs = ['First', 'Second', 'Third'].map((id) => new HeavyBatchJob(stack, id, { compute, imageDirectory: IMAGE }));
  return { compute, jobs };
}

/** The stacks whose templates are snapshots, besides those of the examples, by the title of the snapshot. */
export const SNAPSHOTS: Record<string, (stack: Stack) => void> = {
  'of a job with nothing but its image': (stack) => newJob({}, stack),
  'of a job with every prop': (stack) => everyProp(stack),
  'of a job on Fargate Spot': (stack) => newJob({ fargate: true, spot: true, vcpus: 2, memory: Size.gibibytes(4), maxMemory: Size.gibibytes(16) }, stack),
  'of three jobs on a shared compute': (stack) => threeJobs(stack),
  'with the article\'s own numbers': (stack) => newJob(ARTICLE, stack),
  'of a job with GPUs, and the instance store for its disk': (stack) => newJob({
    instanceTypes: [new ec2.InstanceType('g5.2xlarge')], instanceStore: true, vcpus: 8, gpus: 1,
  }, stack),
  'of a job in isolated subnets': (stack) => newJob({ vpcEndpoints: true }, stack),
  'of a job of four nodes': (stack) => newJob({ nodes: 4, instanceTypes: [new ec2.InstanceType('c7i.4xlarge')] }, stack),
  'of a job with fair shares, over a list': (stack) => {
    const job = newJob({ command: ['work', 'Ref::item'], parameters: { item: '-' }, fairShare: { weights: { Batch: 2, Urgent: 0.5 } }, shareIdentifier: 'Batch' }, stack);
    job.addMap('Each', { bucket: s3.Bucket.fromBucketName(stack, 'Lists', 'lists') });
  },
  'of an API with nothing but its job': (stack) => {
    new HeavyBatchApi(stack, 'Api', { jobs: [{ job: newJob({ command: ['work', 'Ref::size'], parameters: { size: '10' } }, stack) }] });
  },
  'of an API with every prop': (stack) => everyApiProp(stack),
  'of a job on a queue that exists': (stack) => {
    const jobQueue = batch.JobQueue.fromJobQueueArn(stack, 'Queue', stack.formatArn({ service: 'batch', resource: 'job-queue', resourceName: 'existing' }));
    newJob({ compute: new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue }) }, stack);
  },
};

/** Calls a function as if it ran on another machine. */
export function onMachine<T>(arch: NodeJS.Architecture, platform: NodeJS.Platform, action: () => T): T {
  const actual = Object.getOwnPropertyDescriptors(process);
  Object.defineProperty(process, 'arch', { ...actual.arch, value: arch });
  Object.defineProperty(process, 'platform', { ...actual.platform, value: platform });
  try {
    return action();
  } finally {
    Object.defineProperty(process, 'arch', actual.arch);
    Object.defineProperty(process, 'platform', actual.platform);
  }
}
