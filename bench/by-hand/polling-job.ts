import * as path from 'path';
import { Duration, Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';

export interface PollingJobProps {
  readonly imageDirectory: string;
  /** The directory of the bundled functions. */
  readonly bundles: string;
}

/** The same service with the constructs of aws-cdk-lib, as in the article: it submits a job, and checks it every 30 seconds. */
export class PollingJob extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, { imageDirectory, bundles }: PollingJobProps) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc');
    const environment = new batch.ManagedEc2EcsComputeEnvironment(this, 'Environment', {
      vpc,
      instanceTypes: [new ec2.InstanceType('c4.xlarge'), new ec2.InstanceType('c4.large')],
      useOptimalInstanceClasses: false,
      maxvCpus: 256,
    });
    const queue = new batch.JobQueue(this, 'Queue', { priority: 1, computeEnvironments: [{ computeEnvironment: environment, order: 1 }] });
    const definition = new batch.EcsJobDefinition(this, 'Definition', {
      container: new batch.EcsEc2ContainerDefinition(this, 'Container', {
        image: ecs.ContainerImage.fromAsset(imageDirectory),
        cpu: 1,
        memory: Size.mebibytes(1024),
        command: ['node', 'index.js', 'Ref::processId'],
      }),
      parameters: { processId: 'none' },
    });
    const functionOf = (name: string) => new lambda.Function(this, name, {
      runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS),
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(bundles, name.toLowerCase())),
      timeout: Duration.seconds(30),
      environment: { JOB_DEFINITION: definition.jobDefinitionArn, JOB_QUEUE: queue.jobQueueArn },
    });
    const submit = functionOf('Submit');
    const check = functionOf('Check');
    submit.addToRolePolicy(new iam.PolicyStatement({ actions: ['batch:SubmitJob'], resources: [definition.jobDefinitionArn, queue.jobQueueArn] }));
    check.addToRolePolicy(new iam.PolicyStatement({ actions: ['batch:DescribeJobs'], resources: ['*'] }));

    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.duration(Duration.seconds(30)) });
    const next = new tasks.LambdaInvoke(this, 'CheckJob', { lambdaFunction: check, outputPath: '$.Payload' });
    const over = new sfn.Choice(this, 'Over')
      .when(sfn.Condition.stringEquals('$.status', 'SUCCEEDED'), new sfn.Succeed(this, 'Done'))
      .when(sfn.Condition.stringEquals('$.status', 'FAILED'), new sfn.Fail(this, 'Failed'))
      .otherwise(wait);
    this.stateMachine = new sfn.StateMachine(this, 'Machine', {
      definitionBody: sfn.DefinitionBody.fromChainable(new tasks.LambdaInvoke(this, 'SubmitJob', { lambdaFunction: submit, outputPath: '$.Payload' }).next(wait).next(next).next(over)),
    });
  }
}
