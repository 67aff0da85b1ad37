// Apps that are `regulated`, each with what adds resources or statements. What an app itself creates is in a scope `Values`.
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { HeavyBatchApi, HeavyBatchCompute, HeavyBatchFileSystem, HeavyBatchJob, HeavyBatchJobProps, HeavyBatchMap, HeavyBatchQueueCompute } from '../../src';
import { everyProp, existingQueue, IMAGE, newJob } from '../../test/stacks';

const regulated = {};

const job = (props: (values: Construct) => HeavyBatchJobProps) => (stack: Stack) => {
  newJob({ regulated, ...props(new Construct(stack, 'Values')) }, stack);
};

export const REGULATED_APPS: Record<string, (stack: Stack) => void> = {
  'a job with traces and a map': (stack) => {
    const lists = s3.Bucket.fromBucketName(stack, 'Lists', 'lists');
    newJob({ regulated, tracing: true }, stack).addMap('Each', { bucket: lists });
  },
  'every prop': (stack) => everyProp(stack, { regulated }),
  'isolated subnets': job(() => ({ vpcEndpoints: true })),
  'Fargate Spot with fair shares': job(() => ({ fargate: true, spot: true, fairShare: {} })),
  'nodes in security groups of the app': job((values) => {
    const vpc = new ec2.Vpc(values, 'Vpc');
    return { nodes: 2, instanceTypes: [new ec2.InstanceType('c7i.4xlarge')], vpc, securityGroups: [new ec2.SecurityGroup(values, 'Nodes', { vpc })] };
  }),
  'nodes in a new VPC': job(() => ({ nodes: 2, instanceTypes: [new ec2.InstanceType('c7i.4xlarge')] })),
  'a bucket, a key and buckets for logs of the app': job((values) => ({
    regulated: { encryptionKey: new kms.Key(values, 'Key'), accessLogsBucket: new s3.Bucket(values, 'Logs') },
  })),
  'a role of the app, a bucket with a key, and a file system': job((values) => {
    const vpc = new ec2.Vpc(values, 'Vpc');
    return {
      vpc,
      enableExecuteCommand: true,
      jobRole: new iam.Role(values, 'jobRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }),
      payloadBucket: new s3.Bucket(values, 'Bucket', { encryption: s3.BucketEncryption.KMS }),
      fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(new efs.FileSystem(values, 'Files', { vpc }).addAccessPoint('Jobs'), '/mnt/files'),
    };
  }),
  'a queue': (stack) => {
    newJob({ compute: new HeavyBatchQueueCompute(stack, 'Compute', { regulated, jobQueue: existingQueue(stack) }) }, stack);
  },
  'jobs in two stacks': (stack) => {
    const compute = new HeavyBatchCompute(stack, 'Compute', { regulated });
    for (const id of ['One', 'Two']) new HeavyBatchJob(new Stack(stack.node.root as App, id), 'Job', { compute, imageDirectory: IMAGE });
  },
  'an API': (stack) => {
    new HeavyBatchApi(stack, 'Api', { jobs: [{ job: newJob({ regulated }, stack) }] });
  },
  'an imported job': (stack) => {
    const imported = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Job', {
      stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort',
      encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012'),
    });
    const bucket = s3.Bucket.fromBucketName(stack, 'Lists', 'lists');
    new HeavyBatchMap(stack, 'Each', { job: imported, bucket, resultBucket: bucket });
  },
};
