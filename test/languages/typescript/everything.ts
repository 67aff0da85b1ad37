import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  HeavyBatchApi, HeavyBatchApiValueType, HeavyBatchCompute, HeavyBatchFileSystem, HeavyBatchImagePullBehavior, HeavyBatchJob, HeavyBatchListFormat,
  HeavyBatchMap, HeavyBatchQueueCompute, HeavyBatchResultSource,
} from 'cdk-heavy-batch';

const app = new App();
const stack = new Stack(app, 'Everything');
const bucket = new s3.Bucket(stack, 'Bucket');
const secret = new secretsmanager.Secret(stack, 'Secret');

const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 });

const compute = new HeavyBatchCompute(stack, 'Compute', {
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
  instanceTypes: [new ec2.InstanceType('c6i.xlarge'), new ec2.InstanceType('m6i.xlarge')],
  maxvCpus: 64,
  scratchSize: Size.gibibytes(200),
  spot: true,
});

const load = new HeavyBatchJob(stack, 'Load', {
  compute,
  imageDirectory: '../image',
  secrets: {
    API_KEY: batch.Secret.fromSecretsManager(secret, 'key'),
    PASSWORD: batch.Secret.fromSecretsManager(secret),
  },
  environment: { LANGUAGE: 'all', MODE: 'fast' },
});
bucket.grantReadWrite(load);

new HeavyBatchJob(stack, 'Sort', {
  compute,
  imageDirectory: '../image',
  imageBuild: {
    buildArgs: { DEPTH: '3' },
    buildSecrets: { npm: 'env=NPM_TOKEN' },
    cacheFrom: [{ type: 'gha' }],
    networkMode: ecrAssets.NetworkMode.HOST,
  },
  vcpus: 2,
  memory: Size.gibibytes(2),
  maxMemory: Size.gibibytes(6),
  command: ['sort', 'Ref::first', 'Ref::second'],
  parameters: { first: 'a', second: 'b' },
  attempts: 5,
  attemptTimeout: Duration.hours(2),
  queueTimeout: Duration.minutes(90),
  retryApplicationErrors: true,
});

const files = new efs.FileSystem(stack, 'Files', { vpc });
const accessPoint = files.addAccessPoint('Jobs', {
  path: '/jobs',
  createAcl: { ownerUid: '1000', ownerGid: '1000', permissions: '750' },
  posixUser: { uid: '1000', gid: '1000' },
});
const send = new HeavyBatchJob(stack, 'Send', {
  compute,
  imageDirectory: '../image',
  fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(accessPoint, '/mnt/files', { readOnly: true }),
  readonlyRootFilesystem: true,
  logRetention: logs.RetentionDays.ONE_WEEK,
  runTimeout: Duration.days(7),
  resultSource: HeavyBatchResultSource.LOG,
  stateMachineName: 'send',
  tracing: true,
});
send.grantStartExecution(load);

const userData = ec2.UserData.forLinux();
userData.addCommands('nvidia-smi --persistence-mode=1');
new HeavyBatchJob(stack, 'Train', {
  imageDirectory: '../image',
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
  instanceClasses: [ec2.InstanceClass.G5],
  vcpus: 4,
  memory: Size.gibibytes(12),
  gpus: 1,
  sharedMemorySize: Size.gibibytes(4),
  tmpfs: [{ containerPath: '/cache', size: Size.mebibytes(64) }],
  devices: [{ hostPath: '/dev/fuse' }],
  ulimits: [{ name: batch.UlimitName.NOFILE, softLimit: 4096, hardLimit: 8192 }],
  privileged: false,
  user: '1000',
  enableExecuteCommand: true,
  allowedOverrides: { environment: ['TOPIC'], arraySize: false },
  logMode: ecs.AwsLogDriverMode.NON_BLOCKING,
  logMaxBufferSize: Size.mebibytes(25),
  consumableResources: [{ consumableResource: 'arn:aws:batch:us-east-1:123456789012:consumable-resource/seats', quantity: 2 }],
  userData,
  machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }),
  keyPair: ec2.KeyPair.fromKeyPairName(stack, 'Key', 'ops'),
  blockDevices: [{ deviceName: '/dev/xvdb', volume: ec2.BlockDeviceVolume.ebs(100) }],
  placementGroup: new ec2.PlacementGroup(stack, 'Group'),
  minScaleDownDelay: Duration.minutes(20),
  imagePullBehavior: HeavyBatchImagePullBehavior.ONCE,
  canContainersAccessInstanceRole: true,
  containerInsights: ecs.ContainerInsights.ENABLED,
  minvCpus: 0,
  maxvCpus: 16,
});

const existing = new HeavyBatchQueueCompute(stack, 'Existing', {
  jobQueue: batch.JobQueue.fromJobQueueArn(stack, 'Queue', 'arn:aws:batch:us-east-1:123456789012:job-queue/heavy'),
  payloadBucket: bucket,
  maxvCpus: 32,
});
const index = new HeavyBatchJob(stack, 'Index', {
  compute: existing,
  imageDirectory: '../image',
  command: ['index', 'Ref::page'],
  parameters: { page: '1' },
  initProcessEnabled: true,
  logDriver: ecs.LogDrivers.fluentd(),
});
index.addMap('Pages', { bucket, format: HeavyBatchListFormat.csv(['page']), toleratedFailurePercentage: 5 }).grantRead(load);
index.metricFailed({ period: Duration.hours(1) }).createAlarm(stack, 'Failed', { threshold: 1, evaluationPeriods: 1 });

const imported = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Imported', {
  stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Imported',
});
imported.grantManage(load);
new HeavyBatchMap(stack, 'Each', { job: imported, bucket, key: 'list.jsonl', resultBucket: bucket });

const key = new kms.Key(stack, 'DataKey');
const regulated = new HeavyBatchCompute(stack, 'Regulated', {
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
  fargate: true,
  regulated: {
    encryptionKey: key,
    accessLogsBucket: new s3.Bucket(stack, 'AccessLogs'),
    logRetention: logs.RetentionDays.TWO_YEARS,
    alarmTopic: new sns.Topic(stack, 'Alarms'),
  },
});
const audit = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Audit', {
  stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Audit',
  encryptionKey: regulated.encryptionKey,
});
audit.grantRead(load);

const api = new HeavyBatchApi(stack, 'Api', {
  jobs: [
    { job: index, parameters: { page: { valueType: HeavyBatchApiValueType.INTEGER, description: 'The number of the page.', minimum: 1, maximum: 999 } } },
    {
      job: imported,
      name: 'other',
      parameters: {
        mode: { valueType: HeavyBatchApiValueType.TEXT, allowedValues: ['fast', 'slow'], pattern: '^[a-z]+$', minLength: 1, maxLength: 4, required: true },
        dry: { valueType: HeavyBatchApiValueType.BOOLEAN },
      },
    },
  ],
  authorizer: new HttpUserPoolAuthorizer('Login', new cognito.UserPool(stack, 'Users')),
  ownerClaim: 'sub',
  console: true,
  retention: Duration.days(30),
  maxWaitingRequests: 10,
  throttle: { rateLimit: 10, burstLimit: 20 },
  cors: { allowOrigins: ['https://app.example.com'], maxAge: Duration.hours(1) },
  logRetention: logs.RetentionDays.ONE_WEEK,
  title: 'Pages',
});
api.metricServerError({ period: Duration.hours(1) }).createAlarm(stack, 'Broken', { threshold: 1, evaluationPeriods: 1 });
