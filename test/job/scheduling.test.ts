import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps } from '../../src';
import { arnOf, idOf, IMAGE, newJob, newStack, templateOf } from '../stacks';

const machineOf = (template: Template) => JSON.stringify(Object.values(template.findResources('AWS::StepFunctions::StateMachine')));

describe('the nodes of a job', () => {
  const template = templateOf({ nodes: 4, command: ['train', 'Ref::epochs'], parameters: { epochs: '1' } });

  test('make a multi-node job of equal nodes, and the first one is the main node', () => {
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      Type: 'multinode',
      NodeProperties: {
        MainNode: 0,
        NumNodes: 4,
        NodeRangeProperties: [{ TargetNodes: '0:3', Container: { Command: ['train', 'Ref::epochs'], JobRoleArn: arnOf(idOf(template, 'AWS::IAM::Role', 'JobRole')) } }],
      },
      Parameters: { epochs: '1', heavyBatchToken: '-', heavyBatchRun: '-' },
      RetryStrategy: { Attempts: 3 },
      Timeout: { AttemptDurationSeconds: 86_400 },
      ResourceRetentionPolicy: { SkipDeregisterOnUpdate: true },
    });
    expect(machineOf(template)).toContain('\\"nodes\\":4');
  });

  test('accept connections from each other, and no other connections', () => {
    const [group] = Object.keys(template.findResources('AWS::EC2::SecurityGroup'));
    const id = { 'Fn::GetAtt': [group, 'GroupId'] };
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { IpProtocol: '-1', GroupId: id, SourceSecurityGroupId: id, CidrIp: Match.absent() });
  });

  test('can connect in a security group without outbound traffic, and one with all outbound traffic causes no warning', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
    const securityGroups = [new ec2.SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false }), new ec2.SecurityGroup(stack, 'Open', { vpc })];
    newJob({ nodes: 2, vpc, securityGroups }, stack);
    const closed = { 'Fn::GetAtt': [stack.getLogicalId(securityGroups[0].node.defaultChild as ec2.CfnSecurityGroup), 'GroupId'] };
    const template2 = Template.fromStack(stack);
    template2.resourceCountIs('AWS::EC2::SecurityGroupIngress', 2);
    template2.resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);
    template2.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { IpProtocol: '-1', GroupId: closed, DestinationSecurityGroupId: closed });
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('[Ee]gress'))).toEqual([]);
  });

  test('of jobs in other stacks can connect too, and the compute does not depend on these stacks', () => {
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

  test('in public subnets cause a warning, because they have no access to the internet', () => {
    expect(warnings({ nodes: 2 })).toBe(1);
    const stack = newStack();
    expect(warnings({ nodes: 2, vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 1 }) }, stack)).toBe(0);
  });
});

test('how many nodes there may be is not validated where maxvCpus is a token', () => {
  const stack = newStack();
  newJob({ nodes: 500, vcpus: 96, maxvCpus: new CfnParameter(stack, 'Most', { type: 'Number' }).valueAsNumber }, stack);
  Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', { NodeProperties: { NumNodes: 500 } });
});

describe('a fair-share policy', () => {
  const fairShare = { weights: { reports: 0.5, team: 1 }, shareDecay: Duration.hours(1), computeReservation: 10 };

  test('belongs to both job queues', () => {
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

  test('makes another job queue, because Batch cannot add a policy to a queue without one', () => {
    const [without] = Object.keys(templateOf().findResources('AWS::Batch::JobQueue'));
    const [withPolicy] = Object.keys(templateOf({ fairShare: {} }).findResources('AWS::Batch::JobQueue'));
    expect(withPolicy).not.toBe(without);
  });

  test('gives a share to runs whose input names none', () => {
    expect(machineOf(templateOf({ fairShare: {} }))).toContain('\\"shareIdentifier\\":\\"default\\"');
    expect(machineOf(templateOf({ fairShare: {}, shareIdentifier: 'nightly' }))).toContain('\\"shareIdentifier\\":\\"nightly\\"');
    expect(machineOf(templateOf())).not.toContain('shareIdentifier');
  });

  test('takes the share of a token', () => {
    const stack = newStack();
    newJob({ fairShare: {}, shareIdentifier: new CfnParameter(stack, 'Share').valueAsString }, stack);
    expect(machineOf(Template.fromStack(stack))).toContain('{"Ref":"Share"}');
  });

  test('uses the priority in the job definition', () => {
    templateOf({ fairShare: {}, schedulingPriority: 7 }).hasResourceProperties('AWS::Batch::JobDefinition', { SchedulingPriority: 7 });
  });
});
