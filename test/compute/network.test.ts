import { Annotations, App, Stack } from 'aws-cdk-lib';
import { Annotations as Found, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps } from '../../src';
import { IMAGE, newJob, newStack } from '../stacks';

const ENV = { account: '123456789012', region: 'us-east-1' };
const ownWarnings = (stack: Stack) => Found.fromStack(stack).findWarning('*', Match.stringLikeRegexp('cdk-heavy-batch:')).map(({ entry }) => String(entry.data))
  .filter((text) => !text.includes('otherPlatform'));

describe('a VPC that is looked up', () => {
  const withLookup = (props: HeavyBatchJobProps, context?: Record<string, unknown>) => {
    const app = new App({ context, analyticsReporting: false });
    const stack = new Stack(app, 'Stack', { env: ENV });
    newJob({ vpc: ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-0123', subnetGroupNameTag: 'Tier' }), ...props }, stack);
    return { stack, missing: app.synth().manifest.missing ?? [] };
  };
  /** What the CLI found: isolated subnets only. */
  const FOUND = {
    vpcId: 'vpc-0123',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: [],
    subnetGroups: [{ name: 'batch', type: 'Isolated', subnets: [{ subnetId: 'subnet-1', availabilityZone: 'us-east-1a', routeTableId: 'rtb-1', cidr: '10.0.0.0/24' }] }],
  };

  test.each<[string, HeavyBatchJobProps]>([
    ['its subnets', {}],
    ['a subnet group', { vpcSubnets: { subnetGroupName: 'batch' } }],
    ['a subnet group and endpoints', { vpcSubnets: { subnetGroupName: 'batch' }, vpcEndpoints: true }],
    ['zones and endpoints', { vpcSubnets: { availabilityZones: ['us-east-1a'] }, vpcEndpoints: true }],
    ['nodes', { vpcSubnets: { subnetGroupName: 'batch' }, nodes: 2 }],
    ['Fargate', { fargate: true, vpcSubnets: { subnetGroupName: 'batch' } }],
    ['Fargate and endpoints', { fargate: true, vpcEndpoints: true }],
  ])('is neither refused nor warned of before it is found, with %s', (_, props) => {
    const { stack, missing } = withLookup(props);
    expect(missing.map(({ provider }) => provider)).toEqual(['vpc-provider']);
    expect(ownWarnings(stack)).toEqual([]);
  });

  test('is validated when it is found', () => {
    const [{ key }] = withLookup({}).missing;
    const { stack, missing } = withLookup({}, { [key]: FOUND });
    expect(missing).toEqual([]);
    expect(ownWarnings(stack)).toEqual([expect.stringContaining('cdk-heavy-batch:noWayOut')]);
    const endpoints = Template.fromStack(withLookup({ vpcSubnets: { subnetGroupName: 'batch' }, vpcEndpoints: true }, { [key]: FOUND }).stack);
    endpoints.resourceCountIs('AWS::EC2::VPCEndpoint', 7);
  });
});

describe('computes with a VPC of their own', () => {
  const EXPECTED = 'this compute creates a VPC, and so does Stack/A/Compute, but an account has a quota of 5 VPCs in a Region; ' +
    "share one compute with the line `compute: otherJob.compute`, or give both the same 'vpc' [ack: cdk-heavy-batch:severalVpcs]";
  const withJobs = (...jobs: HeavyBatchJobProps[]) => addJobs(newStack(), jobs);
  const addJobs = (stack: Stack, jobs: HeavyBatchJobProps[]) => {
    jobs.forEach((props, index) => new HeavyBatchJob(stack, 'ABC'[index], { imageDirectory: IMAGE, ...props }));
    return stack;
  };

  test('cause one warning for each stack, at the second one', () => {
    expect(ownWarnings(withJobs({}))).toEqual([]);
    expect(ownWarnings(withJobs({}, {}))).toEqual([EXPECTED]);
    expect(ownWarnings(withJobs({}, { fargate: true }, { vpcEndpoints: true }))).toEqual([EXPECTED]);
  });

  test('cause no warning that is acknowledged', () => {
    const [before, after] = [newStack(), withJobs({}, {})];
    for (const stack of [before, after]) Annotations.of(stack).acknowledgeWarning('cdk-heavy-batch:severalVpcs');
    addJobs(before, [{}, {}]);
    for (const stack of [before, after]) expect(ownWarnings(stack)).toEqual([]);
  });

  test('cause no warning when they share a compute or a VPC', () => {
    const shared = newStack();
    const compute = new HeavyBatchCompute(shared, 'Compute');
    for (const id of ['A', 'B']) new HeavyBatchJob(shared, id, { compute, imageDirectory: IMAGE });
    expect(ownWarnings(shared)).toEqual([]);
    const given = newStack();
    const vpc = new ec2.Vpc(given, 'Vpc');
    for (const id of ['A', 'B']) new HeavyBatchJob(given, id, { vpc, imageDirectory: IMAGE });
    expect(ownWarnings(given)).toEqual([]);
  });
});
