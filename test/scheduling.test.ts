import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IMAGE, newJob, newStack, templateOf } from './stacks';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps } from '../src';

const machineOf = (template: Template) => JSON.stringify(Object.values(template.findResources('AWS::StepFunctions::StateMachine')));

describe('nodes', () => {
  const template = templateOf({ nodes: 4, command: ['train', 'Ref::epochs'], parameters: { epochs: '1' } });

  test('are a multi-node job, all of them alike, whose main node is the first', () => {
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      Type: 'multinode',
      NodeProperties: {
        MainNode: 0,
        NumNodes: 4,
        NodeRangeProperties: [{ TargetNodes: '0:3', Container: { Command: ['train', 'Ref::epochs'], JobRoleArn: Match.anyValue() } }],
      },
      Parameters: { epochs: '1', heavyBatchToken: '-', heavyBatchRun: '-' },
      RetryStrategy: { Attempts: 3 },
      Timeout: { AttemptDurationSeconds: 86_400 },
      ResourceRetentionPolicy: { SkipDeregisterOnUpdate: true },
    });
    expect(machineOf(template)).toContain('\\"nodes\\":4');
  });

  test('reach each other, and nobody else reaches them', () => {
    const [group] = Object.keys(template.findResources('AWS::EC2::SecurityGroup'));
    const id = { 'Fn::GetAtt': [group, 'GroupId'] };
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { IpProtocol: '-1', GroupId: id, SourceSecurityGroupId: id, CidrIp: Match.absent() });
  });

  test('of jobs in other stacks reach each other too, and the stacks are not tied both ways', () => {
    const app = new App({ analyticsReporting: false });
    const [shared, other] = [new Stack(app, 'Shared'), new Stack(app, 'Other')];
    const compute = new HeavyBatchCompute(shared, 'Compute');
    for (const id of ['One', 'Two']) new HeavyBatchJob(other, id, { compute, imageDirectory: IMAGE, nodes: 2 });
    app.synth();
    expect(shared.dependencies).toEqual([]);
    Template.fromStack(shared).resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  });

  const warnings = (props: HeavyBatchJobProps, stack = newStack()) => {
    newJob(props, stack);
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('nodes')).length;
  };

  test('in public subnets are warned of what they do not reach', () => {
    expect(warnings({ nodes: 2 })).toBe(1);
    const stack = newStack();
    expect(warnings({ nodes: 2, vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 1 }) }, stack)).toBe(0);
  });

  test.each<[string, HeavyBatchJobProps, string]>([
    ['one node', { nodes: 1 }, "'nodes' is 1; use 2 to 1000 (at Stack/Job)"],
    ['nodes on Spot', { nodes: 2, spot: true }, "'nodes' is 2, but 'spot' is true, which Batch does not take for multi-node jobs; set 'spot' to false (at Stack/Job)"],
    ['nodes on Fargate', { nodes: 2, fargate: true }, "'nodes' is 2, but 'fargate' is true, which Batch does not take for multi-node jobs; use instances (at Stack/Job)"],
    ['more nodes than vCPUs', { nodes: 5, vcpus: 2, maxvCpus: 8 }, "'nodes' is 5, which have 10 vCPUs, more than 'maxvCpus', 8; use 4 or less, or a larger 'maxvCpus' (at Stack/Job)"],
  ])('%s', (_, props, message) => {
    expect(() => newJob(props)).toThrow(message);
  });
});

describe('fair share', () => {
  const fairShare = { weights: { reports: 0.5, team: 1 }, shareDecay: Duration.hours(1), computeReservation: 10 };

  test('is a policy of the queues', () => {
    const template = templateOf({ fairShare, spot: true });
    const [policy] = Object.keys(template.findResources('AWS::Batch::SchedulingPolicy'));
    template.hasResourceProperties('AWS::Batch::SchedulingPolicy', {
      FairsharePolicy: {
        ComputeReservation: 10,
        ShareDecaySeconds: 3_600,
        ShareDistribution: [{ ShareIdentifier: 'reports', WeightFactor: 0.5 }, { ShareIdentifier: 'team', WeightFactor: 1 }],
      },
    });
    template.resourceCountIs('AWS::Batch::JobQueue', 2);
    template.allResourcesProperties('AWS::Batch::JobQueue', { SchedulingPolicyArn: { 'Fn::GetAtt': [policy, 'Arn'] } });
  });

  test('makes another queue, since Batch gives no policy to one that has none', () => {
    const [without] = Object.keys(templateOf().findResources('AWS::Batch::JobQueue'));
    const [withPolicy] = Object.keys(templateOf({ fairShare: {} }).findResources('AWS::Batch::JobQueue'));
    expect(withPolicy).not.toBe(without);
  });

  test('has a share for runs that name none', () => {
    expect(machineOf(templateOf({ fairShare: {} }))).toContain('\\"shareIdentifier\\":\\"default\\"');
    expect(machineOf(templateOf({ fairShare: {}, shareIdentifier: 'nightly' }))).toContain('\\"shareIdentifier\\":\\"nightly\\"');
    expect(machineOf(templateOf())).not.toContain('shareIdentifier');
  });

  test('has a job\'s priority in its definition', () => {
    templateOf({ fairShare: {}, schedulingPriority: 7 }).hasResourceProperties('AWS::Batch::JobDefinition', { SchedulingPriority: 7 });
  });

  test.each<[string, HeavyBatchJobProps, string]>([
    ['a share without shares', { shareIdentifier: 'a' }, "'shareIdentifier' is a, but the compute has no 'fairShare'; leave it out, or give the compute 'fairShare' (at Stack/Job)"],
    ['a priority without shares', { schedulingPriority: 1 }, "'schedulingPriority' is 1, but the compute has no 'fairShare'; leave it out, or give the compute 'fairShare' (at Stack/Job)"],
    ['a share with a hyphen', { fairShare: {}, shareIdentifier: 'a-b' }, "'shareIdentifier' is 'a-b'; use 1 to 255 letters and digits (at Stack/Job)"],
    ['a priority of 10,000', { fairShare: {}, schedulingPriority: 10_000 }, "'schedulingPriority' is 10000; use 0 to 9999 (at Stack/Job)"],
    ['a weight of nothing', { fairShare: { weights: { a: 0 } } }, "'fairShare.weights.a' is 0; use 0.0001 to 999.9999 (at Stack/Job/Compute)"],
    ['a weight of a share with a hyphen', { fairShare: { weights: { 'a-b': 1 } } }, "'fairShare.weights' has 'a-b'; use up to 255 letters and digits, with a * at the end for all that begin so (at Stack/Job/Compute)"],
    ['two weights of one share', { fairShare: { weights: { 'team*': 1, 'teamA': 2 } } }, "'fairShare.weights' has 'teamA' beside 'team*', which stands for it too; leave one of them out (at Stack/Job/Compute)"],
    ['a decay of eight days', { fairShare: { shareDecay: Duration.days(8) } }, "'fairShare.shareDecay' is 691200 seconds; use 0 to 604800 seconds (at Stack/Job/Compute)"],
    ['all reserved', { fairShare: { computeReservation: 100 } }, "'fairShare.computeReservation' is 100 %; use 0 to 99 % (at Stack/Job/Compute)"],
  ])('%s', (_, props, message) => {
    expect(() => newJob(props)).toThrow(message);
  });
});
