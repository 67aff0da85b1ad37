import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchJob, HeavyBatchMap, IHeavyBatchJob } from '../../src';
import { newJob, newStack } from '../stacks';

const MACHINE_ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort';

/** The statements that a call adds to the policy of a principal. */
function statementsOf(stack: Stack, grant: (grantee: iam.IGrantable) => iam.Grant): object[] {
  const grantee = new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() });
  expect(grant(grantee).success).toBe(true);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { Roles: [stack.resolve(grantee.roleName)] } }));
  return policy.Properties.PolicyDocument.Statement;
}

/** The name of a state machine, as a template takes it out of the ARN. */
const nameOf = (machine: unknown) => ({ 'Fn::Select': [6, { 'Fn::Split': [':', machine] }] });
/** The ARN of a resource of Step Functions in the account and Region of the stack. */
const statesArn = (resource: string, name: unknown, suffix: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':states:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, `:${resource}:`, name, suffix]],
});
const allow = (Action: string | string[], Resource: unknown) => ({ Action, Effect: 'Allow', Resource });

describe('a grant on a job has the actions and the resource that it needs, and no others', () => {
  const jobIn = (stack: Stack) => {
    const job = newJob({}, stack);
    const machine = stack.resolve(job.stateMachine.stateMachineArn);
    return { job, machine, executions: statesArn('execution', nameOf(machine), ':*') };
  };

  test('grantStartExecution', () => {
    const stack = newStack();
    const { job, machine } = jobIn(stack);
    expect(statementsOf(stack, (grantee) => job.grantStartExecution(grantee))).toEqual([allow('states:StartExecution', machine)]);
  });

  test('grantRead', () => {
    const stack = newStack();
    const { job, machine, executions } = jobIn(stack);
    expect(statementsOf(stack, (grantee) => job.grantRead(grantee))).toEqual([
      allow(['states:DescribeStateMachine', 'states:ListExecutions'], machine),
      allow(['states:DescribeExecution', 'states:GetExecutionHistory'], executions),
    ]);
  });

  test('grantManage', () => {
    const stack = newStack();
    const { job, machine, executions } = jobIn(stack);
    expect(statementsOf(stack, (grantee) => job.grantManage(grantee))).toEqual([
      allow('states:StartExecution', machine),
      allow(['states:DescribeStateMachine', 'states:ListExecutions'], machine),
      allow(['states:DescribeExecution', 'states:GetExecutionHistory'], executions),
      allow(['states:StopExecution', 'states:RedriveExecution'], executions),
    ]);
  });
});

describe('a grant on a map', () => {
  const mapIn = (stack: Stack) => {
    const map = newJob({}, stack).addMap('Each', { bucket: s3.Bucket.fromBucketName(stack, 'Lists', 'lists') });
    const machine = stack.resolve(map.stateMachine.stateMachineArn);
    const read = [
      allow(['states:DescribeStateMachine', 'states:ListExecutions'], machine),
      allow(['states:DescribeExecution', 'states:GetExecutionHistory'], statesArn('execution', nameOf(machine), ':*')),
      allow('states:ListMapRuns', statesArn('execution', nameOf(machine), ':*')),
      allow(['states:DescribeMapRun', 'states:ListExecutions'], statesArn('mapRun', nameOf(machine), '/Each:*')),
      allow(['states:DescribeExecution', 'states:GetExecutionHistory'], statesArn('execution', nameOf(machine), '/Each:*')),
    ];
    return { map, machine, read };
  };

  test('to read it includes its map runs and the execution of each item', () => {
    const stack = newStack();
    const { map, read } = mapIn(stack);
    expect(statementsOf(stack, (grantee) => map.grantRead(grantee))).toEqual(read);
  });

  test('to manage it includes starting, stopping and redriving an execution', () => {
    const stack = newStack();
    const { map, machine, read } = mapIn(stack);
    expect(statementsOf(stack, (grantee) => map.grantManage(grantee))).toEqual([
      allow('states:StartExecution', machine),
      ...read,
      allow(['states:StopExecution', 'states:RedriveExecution'], statesArn('execution', nameOf(machine), ':*')),
    ]);
  });
});

describe('metrics', () => {
  type Metrics = Pick<IHeavyBatchJob, 'metricStarted' | 'metricSucceeded' | 'metricFailed' | 'metricTimedOut' | 'metricAborted' | 'metricDuration'>;
  const constructs: [string, (stack: Stack) => Metrics & { stateMachine: { stateMachineArn: string } }][] = [
    ['a job', (stack) => newJob({}, stack)],
    ['an imported job', (stack) => HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Job', { stateMachineArn: MACHINE_ARN })],
    ['a map', (stack) => new HeavyBatchMap(stack, 'Each', { job: newJob({}, stack), bucket: s3.Bucket.fromBucketName(stack, 'Lists', 'lists') })],
  ];

  test.each(constructs)('of %s are those that Step Functions publishes for its state machine', (_, constructIn) => {
    const stack = newStack();
    const construct = constructIn(stack);
    const configOf = (metric: cloudwatch.Metric) => {
      const { namespace, metricName, statistic, period, dimensions } = metric.toMetricConfig().metricStat!;
      expect(dimensions).toEqual([{ name: 'StateMachineArn', value: construct.stateMachine.stateMachineArn }]);
      return [namespace, metricName, statistic, period.toMinutes()];
    };
    const { metricStarted, metricSucceeded, metricFailed, metricTimedOut, metricAborted, metricDuration } = construct;
    const metrics = [metricStarted, metricSucceeded, metricFailed, metricTimedOut, metricAborted, metricDuration];
    expect(metrics.map((metric) => configOf(metric.call(construct)))).toEqual([
      ['AWS/States', 'ExecutionsStarted', 'Sum', 5],
      ['AWS/States', 'ExecutionsSucceeded', 'Sum', 5],
      ['AWS/States', 'ExecutionsFailed', 'Sum', 5],
      ['AWS/States', 'ExecutionsTimedOut', 'Sum', 5],
      ['AWS/States', 'ExecutionsAborted', 'Sum', 5],
      ['AWS/States', 'ExecutionTime', 'Average', 5],
    ]);
  });

  test('take another statistic and label', () => {
    const metric = newJob().metricDuration({ statistic: 'p90', label: 'duration' });
    expect([metric.statistic, metric.label]).toEqual(['p90', 'duration']);
  });
});
