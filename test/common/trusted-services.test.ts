import { App, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { DeployedRole } from '../../emulator/assembly/deployment';
import { decide } from '../../emulator/services/iam/policy';
import { HeavyBatchJob } from '../../src';
import { stepFunctions, tasksOfEcs } from '../../src/common/trusted-services';
import { deploymentOf } from '../emulator/apps';
import { IMAGE } from '../stacks';

/** Which services may assume roles, and for whose sake. */
const deployment = deploymentOf((stack) => {
  const job = new HeavyBatchJob(stack, 'Job', { imageDirectory: IMAGE });
  job.addMap('Each', { bucket: new s3.Bucket(stack, 'Lists') });
});
const { account, region, roles } = deployment;
const STRANGER = '999988887777';
const roleAt = (path: string) => roles.find((role) => role.path === `App/Job/${path}`)!;
const states = (of: string, where = region) => ({ 'aws:SourceAccount': of, 'aws:SourceArn': `arn:aws:states:${where}:${of}:stateMachine:M` });
const task = (of: string, where = region) => ({ 'aws:SourceAccount': of, 'aws:SourceArn': `arn:aws:ecs:${where}:${of}:task/cluster/1` });

function mayAssume(role: DeployedRole, service: string, context: Record<string, string>): boolean {
  const isFor = ({ Principal }: { Principal?: unknown }) => JSON.stringify(Principal) === JSON.stringify({ Service: service });
  return decide([role.assumedBy], { action: 'sts:AssumeRole', resource: role.arn, context }, isFor) === 'allowed';
}

test.each<[string, string, typeof states]>([
  ['Compute/Watch/WorkflowRole', 'states.amazonaws.com', states],
  ['Each/Role', 'states.amazonaws.com', states],
  ['JobRole', 'ecs-tasks.amazonaws.com', task],
])('%s is for %s, for the sake of its own account and Region only', (path, service, context) => {
  const role = roleAt(path);
  expect(mayAssume(role, service, context(account))).toBe(true);
  expect(mayAssume(role, service, context(STRANGER))).toBe(false);
  expect(mayAssume(role, service, context(account, 'sa-east-1'))).toBe(false);
  expect(mayAssume(role, service, { ...context(STRANGER), 'aws:SourceAccount': account })).toBe(false);
  expect(mayAssume(role, service, {})).toBe(false);
  expect(mayAssume(role, 'lambda.amazonaws.com', context(account))).toBe(false);
});

test.each([
  ['Compute/Watch/SubmitRole', 'lambda.amazonaws.com'],
  ['Compute/Watch/WatchRole', 'lambda.amazonaws.com'],
  ['ExecutionRole', 'ecs-tasks.amazonaws.com'],
])('%s has no condition on a key that %s is not documented to send', (path, service) => {
  expect(mayAssume(roleAt(path), service, {})).toBe(true);
});

test('the ARNs have the partition, the Region and the account of the stack', () => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const conditions = [stepFunctions, tasksOfEcs].map((principal) => stack.resolve(principal(stack).policyFragment.conditions));
  const arn = (rest: string) => ({ ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] } } });
  const SAME_ACCOUNT = { StringEquals: { 'aws:SourceAccount': '111122223333' } };
  expect(conditions).toEqual([
    { ...SAME_ACCOUNT, ...arn('states:eu-west-1:111122223333:stateMachine:*') },
    { ...SAME_ACCOUNT, ...arn('ecs:eu-west-1:111122223333:*') },
  ]);
});
