import { Deployment } from '../../../emulator/assembly/deployment';
import { VirtualClock } from '../../../emulator/clock';
import { ServiceError } from '../../../emulator/service';
import { Iam } from '../../../emulator/services/iam/iam';
import { Sqs } from '../../../emulator/services/sqs/sqs';
import { ServiceIntegrations } from '../../../emulator/states/service-integrations';

const ROLE = 'arn:aws:iam::1:role/role';
const queue = { path: 'q', stack: 's', logicalId: 'q', name: 'q', arn: 'arn:aws:sqs:us-east-1:1:q', url: 'https://sqs/q', visibilityTimeoutSeconds: 30, retentionSeconds: 60, policies: [] };

function integrations() {
  const policies = [{ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }];
  const lambda = { invoke: async (arn: string) => { throw new ServiceError('ResourceNotFoundException', `Function not found: ${arn}:$LATEST`, 404); } };
  const services = { iam: new Iam({ roles: [{ arn: ROLE, policies }] } as unknown as Deployment), lambda, sqs: new Sqs(new VirtualClock(0), [queue]) };
  const calls = new ServiceIntegrations(services as never);
  return (resource: string, parameters: object) => calls.call({ resource: `arn:aws:states:::${resource}`, parameters, roleArn: ROLE, onAbandon: () => undefined, onSubmitted: () => undefined });
}

test.each<[string, string, object, string, string]>([
  ['a function that does not exist', 'lambda:invoke', { FunctionName: 'arn:aws:lambda:us-east-1:1:function:f', Payload: {} }, 'Lambda.ResourceNotFoundException',
    'Function not found: arn:aws:lambda:us-east-1:1:function:f:$LATEST (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; '],
  ['a message without a body', 'sqs:sendMessage', { QueueUrl: queue.url, MessageBody: null }, 'SQS.AmazonSQSException',
    'The request must contain the parameter MessageBody. (Service: AmazonSQS; Status Code: 400; Error Code: MissingParameter; '],
  ['a queue that does not exist', 'sqs:sendMessage', { QueueUrl: 'https://sqs/other', MessageBody: 'x' }, 'SQS.AmazonSQSException',
    'The specified queue does not exist. (Service: AmazonSQS; Status Code: 400; Error Code: AWS.SimpleQueueService.NonExistentQueue; '],
  ['a delay that is too long', 'sqs:sendMessage', { QueueUrl: queue.url, MessageBody: 'x', DelaySeconds: 901 }, 'SQS.AmazonSQSException', 'Value 901 for parameter DelaySeconds is invalid.'],
])('a task fails with the error of the service: %s', async (_, resource, parameters, error, cause) => {
  await expect(integrations()(resource, parameters)).rejects.toMatchObject({ error, cause: expect.stringContaining(cause) });
});

test('a task that sends a message has the id and the checksum of its body as output', async () => {
  expect(await integrations()('sqs:sendMessage', { QueueUrl: queue.url, MessageBody: { a: 1 } })).toEqual({
    MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/), MD5OfMessageBody: 'bb6cb5c68df4652941caf652a366f2d8',
  });
});
