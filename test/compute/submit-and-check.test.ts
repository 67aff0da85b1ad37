import { arnOf, idOf, templateOf } from '../stacks';

describe('the functions that submit and check jobs', () => {
  const template = templateOf();
  const queue = idOf(template, 'AWS::SQS::Queue', 'WatchWatchQueue');
  const jobQueue = { 'Fn::GetAtt': [idOf(template, 'AWS::Batch::JobQueue'), 'JobQueueArn'] };

  test('get the end of each job, but not of the children of an array job and of the nodes of a multi-node job', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.batch'],
        'detail-type': ['Batch Job State Change'],
        'detail': { jobQueue: [jobQueue], status: ['SUCCEEDED', 'FAILED'], jobId: [{ 'anything-but': { wildcard: ['*:*', '*#*'] } }] },
      },
      Targets: [{ Arn: arnOf(queue) }],
    });
  });

  test('know the watch queue, the job queues and the bucket by environment variables', () => {
    const variables = { WATCH_QUEUE_URL: { Ref: queue }, JOB_QUEUES: jobQueue, PAYLOAD_BUCKET: { Ref: idOf(template, 'AWS::S3::Bucket') } };
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { Environment: { Variables: variables } }, 2);
  });

  test('believe the messages of the roles of the two functions and of the state machines, and of no other role', () => {
    const roleId = (role: string) => ({ 'Fn::GetAtt': [idOf(template, 'AWS::IAM::Role', role), 'RoleId'] });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SENDERS: { 'Fn::Join': ['', [roleId('SubmitRole'), ',', roleId('WatchRole'), ',', roleId('WorkflowRole')]] } } },
    });
  });

  test('have a visibility time-out of six times their time-out, and an alarm for messages that fail five times', () => {
    const deadLetters = idOf(template, 'AWS::SQS::Queue', 'DeadLetterQueue');
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { Timeout: 30, MemorySize: 256, Architectures: ['arm64'] }, 2);
    template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 180, RedrivePolicy: { deadLetterTargetArn: arnOf(deadLetters), maxReceiveCount: 5 } });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [deadLetters, 'QueueName'] } }],
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  test('get up to 100 checks at once, and Lambda starts at most ten of the check function', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: arnOf(queue),
      FunctionName: { Ref: idOf(template, 'AWS::Lambda::Function', 'WatchFunction') },
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });
});
