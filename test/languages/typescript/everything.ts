import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { HeavyBatchCompute, HeavyBatchJob } from 'cdk-heavy-batch';

const app = new App();
const stack = new Stack(app, 'Everything');
const bucket = new s3.Bucket(stack, 'Bucket');
const secret = new secretsmanager.Secret(stack, 'Secret');

const compute = new HeavyBatchCompute(stack, 'Compute', {
  instanceTypes: [new ec2.InstanceType('c6i.xlarge'), new ec2.InstanceType('m6i.xlarge')],
  maxvCpus: 64,
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
  imageBuild: { buildArgs: { DEPTH: '3' } },
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

const send = new HeavyBatchJob(stack, 'Send', {
  compute,
  imageDirectory: '../image',
  logRetention: logs.RetentionDays.ONE_WEEK,
  runTimeout: Duration.days(7),
  stateMachineName: 'send',
  tracing: true,
});
send.grantStart(load);

new HeavyBatchJob(stack, 'Train', {
  imageDirectory: '../image',
  vpc: compute.vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
  instanceClasses: [ec2.InstanceClass.G5],
  vcpus: 4,
  memory: Size.gibibytes(12),
  gpus: 1,
  minvCpus: 0,
  maxvCpus: 16,
});
