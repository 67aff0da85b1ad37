import * as fs from 'fs';
import * as path from 'path';
import { App, CfnCondition, CfnParameter, Fn, Stack, Stage } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { readAssembly } from '../../../emulator/assembly/assembly';
import { readDeployment } from '../../../emulator/assembly/read-deployment';
import { HeavyBatchCompute, HeavyBatchJob } from '../../../src';
import { deploymentOf, imageOf, oneJob, temporary } from '../apps';

test('the resources that a run uses are found, with their connections', () => {
  const deployment = oneJob();
  const [submitFunction, checkFunction] = deployment.functions;
  expect(deployment.stateMachines.map((machine) => machine.path)).toEqual(['App/Job/Run']);
  const [stateMachine] = deployment.stateMachines;
  expect(deployment.roles.map((role) => role.arn)).toEqual(expect.arrayContaining([submitFunction.roleArn, checkFunction.roleArn, stateMachine.roleArn]));
  expect(fs.existsSync(path.join(submitFunction.codeDirectory, 'index.js'))).toBe(true);
  const watchQueue = deployment.queues.find((queue) => queue.arn === deployment.eventSources[0].queueArn)!;
  expect(watchQueue.url).toBe(submitFunction.environment.WATCH_QUEUE_URL);
  expect(deployment.queues.map((queue) => queue.arn)).toContain(watchQueue.deadLetterQueueArn);
  expect(deployment.rules.flatMap((rule) => rule.targets.map((target) => target.arn))).toEqual([watchQueue.arn, watchQueue.arn]);
  expect(deployment.jobQueues[0].computeEnvironmentArns).toEqual([deployment.computeEnvironments[0].arn]);
  expect(deployment.jobDefinitions[0].image!.dockerfile).toBe('Dockerfile');
  expect(JSON.stringify(deployment)).not.toMatch(/"(Ref|Fn::\w+)":/);
});

test('the stacks of an app and of its stages are read together', () => {
  const outdir = temporary();
  const app = new App({ outdir });
  const stage = new Stage(app, 'Prod', { env: { account: '111111111111', region: 'eu-west-1' } });
  const compute = new HeavyBatchCompute(new Stack(stage, 'Shared'), 'Compute');
  new HeavyBatchJob(new Stack(stage, 'Jobs'), 'Job', { compute, imageDirectory: imageOf({}) });
  app.synth();
  const deployment = readDeployment(readAssembly(outdir));
  expect(deployment.stateMachines[0].path).toBe('Prod/Jobs/Job/Run');
  expect([deployment.account, deployment.region]).toEqual(['111111111111', 'eu-west-1']);
  // The stack of the job imports values that the stack of the compute exports.
  expect(JSON.stringify(deployment.stateMachines[0].definition)).toContain(deployment.functions.find((deployed) => deployed.path.endsWith('SubmitFunction'))!.arn);
});

test('a resource whose condition does not hold is not there', () => {
  const { queues } = deploymentOf((stack) => {
    new CfnCondition(stack, 'Here', { expression: Fn.conditionEquals('a', 'a') });
    new CfnCondition(stack, 'Nowhere', { expression: Fn.conditionEquals('a', 'b') });
    for (const condition of ['Here', 'Nowhere']) {
      const queue = new sqs.Queue(stack, `Queue${condition}`).node.defaultChild as sqs.CfnQueue;
      queue.cfnOptions.condition = stack.node.findChild(condition) as CfnCondition;
    }
  });
  expect(queues.map(({ path: constructPath }) => constructPath)).toEqual(['App/QueueHere']);
});

test('the policies of a role are found wherever they are written', () => {
  const { roles } = deploymentOf((stack) => {
    const role = new iam.Role(stack, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Inline: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['a:Inline'], resources: ['*'] })] }) },
    });
    new s3.Bucket(stack, 'Bucket').grantRead(role);
    new iam.ManagedPolicy(stack, 'Managed', { roles: [role], statements: [new iam.PolicyStatement({ actions: ['a:Managed'], resources: ['*'] })] });
  });
  expect(roles[0].policies.flatMap((policy) => policy.Statement.flatMap((statement) => statement.Action))).toEqual(['a:Inline', 's3:GetObject*', 's3:GetBucket*', 's3:List*', 'a:Managed']);
});

test('a parameter without a default is an error', () => {
  expect(() => deploymentOf((stack) => {
    const name = new CfnParameter(stack, 'Name', { type: 'String' });
    new sqs.Queue(stack, 'Q', { queueName: name.valueAsString });
  })).toThrow('needs the parameter Name, which has no default');
});
