import { Match } from 'aws-cdk-lib/assertions';
import { templateOf } from '../stacks';

describe('the functions that submit and check jobs', () => {
  const template = templateOf();

  test('get the end of each job, but not of the children of an array job and of the nodes of a multi-node job', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.batch'],
        'detail-type': ['Batch Job State Change'],
        'detail': { jobQueue: [Match.anyValue()], status: ['SUCCEEDED', 'FAILED'], jobId: [{ 'anything-but': { wildcard: ['*:*', '*#*'] } }] },
      },
      Targets: [{ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('WatchQueue'), 'Arn'] } }],
    });
  });

  test('know the watch queue and the job queues by environment variables', () => {
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { Environment: { Variables: { WATCH_QUEUE_URL: Match.anyValue(), JOB_QUEUES: Match.anyValue() } } }, 2);
  });

  test('have a visibility time-out of six times their time-out, and an alarm for messages that fail five times', () => {
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { Timeout: 30 }, 2);
    template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 180, RedrivePolicy: { maxReceiveCount: 5 } });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1, TreatMissingData: 'notBreaching' });
  });
});
