import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps } from '../../src';
import { IMAGE, newJob, newStack, templateOf } from '../stacks';

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

  test('reach each other in a security group that lets nothing out, and no warning is given where it lets out all', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
    const securityGroups = [new ec2.SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false }), new ec2.SecurityGroup(stack, 'Open', { vpc })];
    newJob({ nodes: 2, vpc, securityGroups }, stack);
    const closed = { 'Fn::GetAtt': [stack.getLogicalId(securityGroups[0].node.defaultChild as ec2.CfnSecurityGroup), 'GroupId'] };
    const its = Template.fromStack(stack);
    its.resourceCountIs('AWS::EC2::SecurityGroupIngress', 2);
    its.resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);
    its.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { IpProtocol: '-1', GroupId: closed, DestinationSecurityGroupId: closed });
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('[Ee]gress'))).toEqual([]);
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
});
