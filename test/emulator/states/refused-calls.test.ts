import { Deployment } from '../../../emulator/assembly/deployment';
import { VirtualClock } from '../../../emulator/clock';
import { ServiceError } from '../../../emulator/service';
import { Iam } from '../../../emulator/services/iam/iam';
import { S3 } from '../../../emulator/services/s3/s3';
import { Sqs } from '../../../emulator/services/sqs/sqs';
import { ServiceIntegrations } from '../../../emulator/states/service-integrations';

const ROLE = 'arn:aws:iam::1:role/role';
const queue = { path: 'q', stack: 's', logicalId: 'q', name: 'q', arn: 'arn:aws:sqs:us-east-1:1:q', url: 'https://sqs/q', visibilityTimeoutSeconds: 30, retentionSeconds: 60, policies: [] };

const ALL = [{ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }];

function integrations(policies: object[] = ALL) {
  const lambda = { invoke: async (arn: string) => { throw new ServiceError('ResourceNotFoundException', `Function not found: ${arn}:$LATEST`, 404); } };
  const deployment = { roles: [{ arn: ROLE, policies }], buckets: [] } as unknown as Deployment;
  const s3 = new S3(deployment);
  s3.setOwner('taken', '2');
  const services = {
    account: '1',
    region: 'us-east-1',
    iam: new Iam(deployment),
    lambda,
    sqs: new Sqs(new VirtualClock(0), [queue]),
    s3,
    stepFunctions: () => ({ describeMapRun: (arn: string) => ({ MapRunArn: arn }) }),
  };
  const calls = new ServiceIntegrations(services as never);
  return (resource: string, parameters: object) => {
    const resourceArn = /^(arn|map):/.test(resource) ? resource : `arn:aws:states:::${resource}`;
    return calls.call({ resource: resourceArn, parameters, roleArn: ROLE, onAbandon: () => undefined, onSubmitted: () => undefined });
  };
}

test.each<[string, string, object, string, string]>([
  ['a function that does not exist', 'lambda:invoke', { FunctionName: 'arn:aws:lambda:us-east-1:1:function:f', Payload: {} }, 'Lambda.ResourceNotFoundException',
    'Function not found: arn:aws:lambda:us-east-1:1:function:f:$LATEST (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: 00000000-0000-4000-8000-000000000000; Proxy: null)'],
  ['a message without a body', 'sqs:sendMessage', { QueueUrl: queue.url, MessageBody: null }, 'SQS.AmazonSQSException',
    'The request must contain the parameter MessageBody. (Service: AmazonSQS; Status Code: 400; Error Code: MissingParameter; '],
  ['a queue that does not exist', 'sqs:sendMessage', { QueueUrl: 'https://sqs/other', MessageBody: 'x' }, 'SQS.AmazonSQSException',
    'The specified queue does not exist. (Service: AmazonSQS; Status Code: 400; Error Code: AWS.SimpleQueueService.NonExistentQueue; '],
  ['an object that does not exist', 's3:getObject', { Bucket: 'b', Key: 'k' }, 'S3.NoSuchKeyException', 'The specified key does not exist: s3://b/k'],
  ['an object in a bucket of somebody else', 's3:getObject', { Bucket: 'taken', Key: 'k', ExpectedBucketOwner: '1' }, 'S3.AmazonS3Exception',
    'Access Denied (Service: AmazonS3; Status Code: 403; Error Code: AccessDenied; '],
  ['a new object in a bucket of somebody else', 's3:putObject', { Bucket: 'taken', Key: 'k', Body: 'x', ExpectedBucketOwner: '1' }, 'S3.AmazonS3Exception', 'Access Denied'],
  ['a delay that is too long', 'sqs:sendMessage', { QueueUrl: queue.url, MessageBody: 'x', DelaySeconds: 901 }, 'SQS.AmazonSQSException', 'Value 901 for parameter DelaySeconds is invalid.'],
])('a task fails with the error of the service: %s', async (_, resource, parameters, error, cause) => {
  await expect(integrations()(resource, parameters)).rejects.toMatchObject({ error, cause: expect.stringContaining(cause) });
});

const FUNCTION = 'arn:aws:lambda:us-east-1:1:function:f';
const MACHINE = 'arn:aws:states:us-east-1:1:stateMachine:m';
const CHILD = 'arn:aws:states:us-east-1:1:execution:m/Each:c';

test.each<[string, object, string, string, string]>([
  [FUNCTION, {}, 'lambda:InvokeFunction', FUNCTION, 'Lambda.AWSLambdaException'],
  ['lambda:invoke', { FunctionName: FUNCTION }, 'lambda:InvokeFunction', FUNCTION, 'Lambda.AWSLambdaException'],
  ['sqs:sendMessage', { QueueUrl: queue.url, MessageBody: 'x' }, 'sqs:SendMessage', queue.arn, 'SQS.AmazonSQSException'],
  ['s3:getObject', { Bucket: 'b', Key: 'k' }, 's3:GetObject', 'arn:aws:s3:::b/k', 'S3.AmazonS3Exception'],
  ['s3:putObject', { Bucket: 'b', Key: 'k', Body: 'x' }, 's3:PutObject', 'arn:aws:s3:::b/k', 'S3.AmazonS3Exception'],
  ['states:startExecution', { StateMachineArn: MACHINE }, 'states:StartExecution', MACHINE, 'StepFunctions.AWSStepFunctionsException'],
  ['states:startExecution.sync', { StateMachineArn: MACHINE }, 'states:StartExecution', MACHINE, 'StepFunctions.AWSStepFunctionsException'],
  ['aws-sdk:sfn:describeMapRun', { MapRunArn: 'arn:run' }, 'states:DescribeMapRun', 'arn:run', 'Sfn.SfnException'],
  ['map:startExecution', { StateMachineArn: MACHINE }, 'states:StartExecution', MACHINE, 'States.Permissions'],
  ['map:redriveExecution', { ExecutionArn: CHILD }, 'states:RedriveExecution', CHILD, 'States.Permissions'],
])('without a permission, %s with %j is refused', async (resource, parameters, action, target, error) => {
  await expect(integrations([])(resource, parameters)).rejects.toMatchObject({ error, cause: expect.stringContaining(` is not authorized to perform: ${action} on resource: ${target} `) });
});

test.each<[string, object, unknown]>([
  ['aws-sdk:sfn:describeMapRun', { MapRunArn: 'arn:run' }, { MapRunArn: 'arn:run' }],
  ['map:startExecution', { StateMachineArn: MACHINE }, undefined],
  ['map:redriveExecution', { ExecutionArn: CHILD }, undefined],
])('with a permission, %s with %j is answered with %j', async (resource, parameters, answer) => {
  expect(await integrations()(resource, parameters)).toEqual(answer);
});

test.each([[{ a: 1 }, 'bb6cb5c68df4652941caf652a366f2d8'], ['text', '1cb251ec0d568de6a929b520c4aed8d1']])(
  'a task that sends the message %j has its id and the checksum of its body as output', async (MessageBody, MD5OfMessageBody) => {
    expect(await integrations()('sqs:sendMessage', { QueueUrl: queue.url, MessageBody })).toEqual({ MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/), MD5OfMessageBody });
  });

test('an object that a task puts is what another gets', async () => {
  const call = integrations();
  expect(await call('s3:putObject', { Bucket: 'b', Key: 'k', Body: 'größer' })).toEqual({});
  expect(await call('s3:getObject', { Bucket: 'b', Key: 'k' })).toBe('größer');
});
