import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { IConstruct } from 'constructs';
import { HeavyBatchCompute, HeavyBatchJob } from '../../src';
import { everyProp, IMAGE, newJob, newStack } from '../stacks';

/** What is acknowledged below a construct: `<path> <finding>`, with its reason. */
function acknowledged(root: IConstruct): Record<string, string> {
  return Object.fromEntries(root.node.findAll().flatMap((construct) => construct.node.metadata
    .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
    .flatMap(({ data }) => Object.entries(data as Record<string, string>).map(([id, reason]) => [`${construct.node.path} ${id}`, reason]))));
}

function synthesized(stack: Stack): Record<string, string> {
  (stack.node.root as App).synth();
  return acknowledged(stack);
}

test('each finding is acknowledged where it is, with a reason', () => {
  const found = synthesized(Stack.of(newJob()));
  expect(found['Stack/Job/Compute/Watch/WatchRole/DefaultPolicy/Resource Annotation::AwsSolutions-IAM5[Resource::*]']).toBe('Batch knows no resource for it');
  expect(found['Stack/Job/Compute/Vpc/Resource Annotation::AwsSolutions-VPC7']).toContain('flow logs');
  expect(Object.keys(found).filter((finding) => finding.includes('IAM4'))).toEqual([
    'Stack/Job/Compute/InstanceRole/Resource Annotation::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role]',
  ]);
});

test('nothing of it is in the template', () => {
  const stack = Stack.of(newJob());
  expect(JSON.stringify((stack.node.root as App).synth().getStackByName('Stack').template)).not.toContain('AwsSolutions');
});

test('lists and results of many runs are acknowledged, and no other objects', () => {
  const stack = newStack();
  const many = newJob({}, stack).runMany('Each', { bucket: new s3.Bucket(stack, 'Lists') });
  many.stateMachine.addToRolePolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
  const found = Object.keys(synthesized(stack)).filter((finding) => finding.startsWith('Stack/Job/Each/') && finding.includes('IAM5'));
  expect(found).toHaveLength(6);
  expect(found.filter((finding) => finding.includes('/*'))).toEqual([expect.stringContaining('/results/StackJobEach'), expect.stringContaining('<Lists')]);
  expect(found.filter((finding) => finding.includes('Resource::*'))).toEqual([]);
});

test("a user's own wild card in a job's role is for the user to acknowledge", () => {
  const stack = newStack();
  const job = newJob({}, stack);
  job.jobRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
  expect(Object.keys(synthesized(stack)).filter((finding) => finding.includes('JobRole/DefaultPolicy'))).toEqual([]);
});

test("a VPC of the user's own is the user's to acknowledge", () => {
  const stack = newStack();
  everyProp(stack);
  expect(Object.keys(synthesized(stack)).filter((finding) => finding.includes('VPC7'))).toEqual([]);
});

test('a job in another stack than its compute is acknowledged with the references that it has there', () => {
  const app = new App({ analyticsReporting: false });
  const compute = new HeavyBatchCompute(new Stack(app, 'Shared'), 'Compute');
  const stack = new Stack(app, 'Other');
  new HeavyBatchJob(stack, 'Job', { compute, imageDirectory: IMAGE });
  const found = Object.entries(synthesized(stack)).filter(([finding]) => finding.includes('IAM5'));
  expect(found.map(([, reason]) => reason)).toContain('every revision of the one job definition: a run may have been started before a deploy');
  expect(found.every(([finding]) => !finding.includes('${Token'))).toBe(true);
});
