import { ARN, CALL, machine, service } from './machines';
import { isSupportedResource, SUPPORTED_RESOURCES } from '../../../emulator/states/service-integrations';

const resources = { supported: SUPPORTED_RESOURCES, isSupported: isSupportedResource };
const deploy = (state: object) => service(machine({ State: { End: true, ...state } }), undefined, { resources });
const start = (state: object) => deploy(state).sfn.start(ARN, {}, 'run');
const task = (resource: string) => ({ Type: 'Task', Resource: resource });
const INSIDE = machine({ Inside: { ...task('arn:aws:states:::sns:publish'), End: true } });
const DISTRIBUTED = { ...machine({ Inside: { Type: 'Pass', End: true } }), ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };

test.each([
  CALL.Resource, 'arn:aws:states:::states:startExecution', 'arn:aws:states:::states:startExecution.sync', 'arn:aws:states:::s3:getObject', 'arn:aws:states:::s3:putObject',
  'arn:aws:states:::aws-sdk:sfn:describeMapRun', 'arn:aws:states:::lambda:invoke.waitForTaskToken', 'arn:aws-cn:states:::sqs:sendMessage.waitForTaskToken', 'arn:aws:states:::states:startExecution.sync:2',
  'arn:aws:lambda:us-east-1:123456789012:function:f',
])('the resource %s is accepted', (resource) => {
  expect(() => start(task(resource))).not.toThrow();
});

test.each<[string, string, object]>([
  ['State', 'arn:aws:states:::sns:publish', task('arn:aws:states:::sns:publish')],
  ['State', 'arn:aws:states:::lambda:invoke.sync', task('arn:aws:states:::lambda:invoke.sync')],
  ['State', 'map:startExecution', task('map:startExecution')],
  ['State', 'x-arn:aws:states:::lambda:invoke', task('x-arn:aws:states:::lambda:invoke')],
  ['State', 'x-arn:aws:lambda:us-east-1:1:function:f', task('x-arn:aws:lambda:us-east-1:1:function:f')],
  ['State', 'arn:aws:sns:::lambda:invoke', task('arn:aws:sns:::lambda:invoke')],
  ['Inside', 'arn:aws:states:::sns:publish', { Type: 'Parallel', Branches: [INSIDE] }],
  ['Inside', 'arn:aws:states:::sns:publish', { Type: 'Map', ItemProcessor: INSIDE }],
  ['State', 'arn:aws:states:::s3:listObjectsV2', { Type: 'Map', ItemProcessor: DISTRIBUTED, ItemReader: { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'b' } } }],
])('the state %s with the resource %s is refused before anything runs', (name, resource, state) => {
  expect(() => start(state)).toThrow(`state machine App/m: state '${name}' has the resource ${resource}, which the emulator does not support; it supports the ARN of a function, arn:aws:states:::lambda:invoke, `);
});

test('a state machine that nobody starts may call anything', () => {
  expect(() => deploy(task('arn:aws:states:::sns:publish'))).not.toThrow();
});
