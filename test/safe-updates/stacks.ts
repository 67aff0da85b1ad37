import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template as Found } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Template } from './batch';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps, HeavyBatchQueueCompute, HeavyBatchQueueComputeProps } from '../../src';
import { existingQueue, IMAGE, QUEUE_ARN } from '../stacks';

/** The other resources in the stack of a job, before and after. Only the compute is in a stack of its own, and only where a change needs it. */
export interface Surroundings {
  readonly vpc: ec2.Vpc;
  readonly securityGroup: ec2.SecurityGroup;
  readonly role: iam.Role;
  readonly secret: secretsmanager.Secret;
  readonly bucket: s3.Bucket;
  readonly accessPoint: efs.AccessPoint;
  readonly placementGroup: ec2.PlacementGroup;
  readonly compute: HeavyBatchCompute;
  readonly otherQueue: batch.IJobQueue;
}

/** What a job runs on. */
export const KINDS = ['EC2', 'Spot', 'Fargate', 'Fargate Spot', 'an existing queue'] as const;
export type Kind = typeof KINDS[number];

const KIND_PROPS: Record<Exclude<Kind, 'an existing queue'>, HeavyBatchJobProps> = {
  'EC2': {}, 'Spot': { spot: true }, 'Fargate': { fargate: true }, 'Fargate Spot': { fargate: true, spot: true },
};

/** The template of a stack with one job of a kind and more props. */
export function templateOf(
  kind: Kind,
  props: (given: Surroundings, kind: Kind) => HeavyBatchJobProps,
  queueProps: (given: Surroundings) => Partial<HeavyBatchQueueComputeProps> = () => ({}),
): Template {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Stack');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, maxAzs: 2, restrictDefaultSecurityGroup: false });
  const given = {
    vpc,
    securityGroup: new ec2.SecurityGroup(stack, 'SecurityGroup', { vpc }),
    role: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }),
    secret: new secretsmanager.Secret(stack, 'Secret'),
    bucket: new s3.Bucket(stack, 'Bucket'),
    accessPoint: new efs.FileSystem(stack, 'Files', { vpc }).addAccessPoint('AccessPoint'),
    placementGroup: new ec2.PlacementGroup(stack, 'PlacementGroup', { strategy: ec2.PlacementGroupStrategy.PARTITION }),
    get compute() { return new HeavyBatchCompute(new Stack(app, 'Shared'), 'Compute'); },
    otherQueue: batch.JobQueue.fromJobQueueArn(stack, 'Other', `${QUEUE_ARN}-other`),
  };
  const own = kind === 'an existing queue'
    ? { compute: new HeavyBatchQueueCompute(stack, 'Queue', { jobQueue: existingQueue(stack), ...queueProps(given) }) }
    : KIND_PROPS[kind];
  new HeavyBatchJob(stack, 'Job', { imageDirectory: IMAGE, ...own, ...props(given, kind) });
  return Found.fromStack(stack).toJSON() as Template;
}

/** All props of a struct, with those that it inherits, as jsii describes them. */
export function propsOf(struct: string): string[] {
  const { types, name } = JSON.parse(fs.readFileSync(path.join(__dirname, '..', '..', '.jsii'), 'utf8'));
  const namesOf = (fqn: string): string[] => {
    const { properties = [], interfaces = [] } = types[fqn];
    return [...properties.map((prop: { name: string }) => prop.name), ...interfaces.flatMap(namesOf)];
  };
  return namesOf(`${name}.${struct}`);
}
