import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { HeavyBatchCompute } from '../../src';

const CLUSTERS = 'arn:aws:ecs:us-east-1:123456789012:cluster/AWSBatch*';

function roleOf(): { role: any; template: Template } {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  new HeavyBatchCompute(stack, 'Compute');
  const template = Template.fromStack(stack);
  const [role] = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.includes('InstanceRole')).map(([, { Properties }]) => Properties);
  const text = JSON.stringify(role);
  return { role: JSON.parse(text.replace(/\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"([^"]+)"\]\]\}/g, '"arn:aws$1"')), template };
}

/** The statements for an action. */
function allowing(action: string): any[] {
  const statements: any[] = roleOf().role.Policies.flatMap(({ PolicyDocument }: any) => PolicyDocument.Statement);
  return statements.filter(({ Action }) => [Action].flat().includes(action));
}

test('the instance role has one policy of its own and none of AWS, and is no further resource', () => {
  const { role, template } = roleOf();
  expect(role.ManagedPolicyArns).toBeUndefined();
  expect(role.Policies.map(({ PolicyName }: any) => PolicyName)).toEqual(['EcsAgent']);
  expect(Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) => id.includes('InstanceRole'))).toEqual([]);
});

test.each([
  'ecs:RegisterContainerInstance', 'ecs:DeregisterContainerInstance',
  'ecs:SubmitTaskStateChange', 'ecs:SubmitContainerStateChange', 'ecs:SubmitAttachmentStateChanges',
])('%s is allowed in the clusters of AWS Batch only', (action) => {
  expect(allowing(action)).toMatchObject([{ Effect: 'Allow', Resource: CLUSTERS }]);
});

const OF_INSTANCES = ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'];
test.each(OF_INSTANCES)('%s is allowed for instances in the clusters of AWS Batch only', (action) => {
  expect(allowing(action)).toMatchObject([{ Effect: 'Allow', Condition: { ArnLike: { 'ecs:cluster': CLUSTERS } } }]);
});

test.each([
  'ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'logs:PutLogEvents', 'logs:CreateLogStream', 'ecs:CreateCluster', 'ecs:RunTask',
  's3:GetObject', 'secretsmanager:GetSecretValue', 'sts:AssumeRole',
])('%s is not allowed', (action) => {
  expect(allowing(action)).toEqual([]);
});

test('tags are written only while an instance registers', () => {
  expect(allowing('ecs:TagResource')).toMatchObject([{ Condition: { StringEquals: { 'ecs:CreateAction': 'RegisterContainerInstance' } } }]);
});

test('AWS Batch uses its service-linked role, which is why the names of its clusters are known', () => {
  const stack = new Stack(new App(), 'Stack');
  const { computeEnvironment } = new HeavyBatchCompute(stack, 'Compute');
  expect((computeEnvironment!.node.defaultChild as batch.CfnComputeEnvironment).serviceRole).toBeUndefined();
});

test('a user adds to it what else the instances need', () => {
  const stack = new Stack(new App(), 'Stack');
  new HeavyBatchCompute(stack, 'Compute').instanceRole!.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'));
  const [role] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role', { Properties: { Policies: [{ PolicyName: 'EcsAgent' }] } }));
  expect(JSON.stringify(role.Properties.ManagedPolicyArns)).toContain('AmazonSSMManagedInstanceCore');
});
