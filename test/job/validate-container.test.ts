import { CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJobProps, HeavyBatchQueueCompute } from '../../src';
import { jobSpecOf } from '../../src/contract/job-spec';
import { definitionOf } from '../definitions';
import { existingQueue, newJob, newStack } from '../stacks';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));
const specOf = (props: HeavyBatchJobProps, stack = newStack()) => jobSpecOf(definitionOf(Template.fromStack(Stack.of(newJob(props, stack)))));
const boundsOf = (spec: object = {}) => Object.fromEntries(Object.entries(spec).filter(([field]) => ['spot', 'sizes', 'maxvCpus', 'defaults'].includes(field)));
const definition = (props: HeavyBatchJobProps, stack = newStack()) => Object.values(Template.fromStack(Stack.of(newJob(props, stack))).findResources('AWS::Batch::JobDefinition'))[0].Properties;

describe('the submit function is told', () => {
  test.each<[string, HeavyBatchJobProps, object]>([
    ['nothing of sizes where Batch chooses the instances', {}, { spot: false, maxvCpus: 256 }],
    ['the largest containers of the instance types', { instanceTypes: types('c6i.large', 'r6i.large'), spot: true }, { spot: true, sizes: [{ vcpus: 2, memory: 16_352 }], maxvCpus: 256 }],
    ['the most vCPUs of a compute on Fargate', { fargate: true, maxvCpus: 8 }, { spot: false, maxvCpus: 8 }],
    ['the default values of the parameters', { command: ['run', 'Ref::a', '-Ref::b'], parameters: { a: 'x', b: '' } }, { spot: false, maxvCpus: 256, defaults: { a: 'x', b: '' } }],
  ])('%s', (_, props, expected) => {
    expect(boundsOf(specOf(props))).toEqual(expected);
  });

  test('what is known of an existing job queue', () => {
    const onQueue = (props: object) => {
      const stack = newStack();
      return specOf({ compute: new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: existingQueue(stack), ...props }) }, stack)!;
    };
    expect(boundsOf(onQueue({}))).toEqual({});
    expect(boundsOf(onQueue({ instanceTypes: types('c6i.large'), maxvCpus: 64 }))).toEqual({ sizes: [{ vcpus: 2, memory: 4_064 }], maxvCpus: 64 });
  });
});

test('values that are known only at deployment are not validated', () => {
  const stack = newStack();
  const token = new CfnParameter(stack, 'Token').valueAsString;
  const spec = specOf({ command: ['run', token, 'Ref::a'], parameters: { a: token, b: 'x' }, environment: { A: token } }, stack)!;
  expect(spec).toMatchObject({ parameters: ['a', 'b'], defaults: { b: 'x' } });
  expect(() => newJob({ command: Token.asList({ Ref: 'List' }), parameters: { a: '' } })).not.toThrow();
});

test.each(['constructor', 'prototype', 'toString', 'hasOwnProperty'])('a parameter and an environment variable may have the name %s', (name) => {
  const values = { [name]: 'x' };
  const { Parameters, ContainerProperties } = definition({ command: ['run', `Ref::${name}`], parameters: values, environment: values });
  expect(Object.entries(Parameters)).toContainEqual([name, 'x']);
  expect(ContainerProperties.Environment).toContainEqual({ Name: name, Value: 'x' });
  expect(Object.entries((specOf({ command: ['run', `Ref::${name}`], parameters: values }) as { defaults?: object }).defaults!)).toEqual([[name, 'x']]);
});

test('an environment variable may have the name __proto__', () => {
  expect(definition({ environment: JSON.parse('{"__proto__":"x"}') }).ContainerProperties.Environment).toContainEqual({ Name: '__proto__', Value: 'x' });
});

test('a job on a queue with fair shares has a priority, which Batch requires there', () => {
  expect([{ fairShare: {} }, { fairShare: {}, schedulingPriority: 7 }, {}].map((props) => definition(props).SchedulingPriority)).toEqual([0, 7, undefined]);
});
