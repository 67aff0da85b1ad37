import { CfnParameter, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJobProps } from '../../src';
import { newJob, newStack, templateOf } from '../stacks';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));

/** The memory of a job's definition, MiB. */
function memoryOf(props: HeavyBatchJobProps): number {
  const [definition] = Object.values(templateOf(props).findResources('AWS::Batch::JobDefinition'));
  const { ResourceRequirements: required } = definition.Properties.ContainerProperties;
  return Number(required.find((one: { Type: string }) => one.Type === 'MEMORY').Value);
}

describe('memory that is left out', () => {
  test.each<[string, HeavyBatchJobProps, number]>([
    ['is 1024 MiB where Batch chooses the instance', {}, 1024],
    ['is 1024 MiB where a class has sizes of all kinds', { instanceTypes: types('c6i.large'), instanceClasses: [ec2.InstanceClass.C6I] }, 1024],
    ['is 1024 MiB on a type that is not known', { instanceTypes: types('c6i.large', 'm99i.large') }, 1024],
    ['is half of an instance for one of its two vCPUs', { instanceTypes: types('c6i.large') }, 1878],
    ['is all of an instance for all of its vCPUs', { instanceTypes: types('m4.large'), vcpus: 2 }, 7985],
    ['is what the meanest of the instances leaves', { instanceTypes: types('r6i.large', 'c6i.large', 'm6i.large') }, 1878],
    ['looks at no instance that is too small anyway', { instanceTypes: types('c6i.large', 'm6i.xlarge'), vcpus: 4 }, 15_123],
    ['is that of one vCPU when nothing is said', { instanceTypes: types('m4.xlarge') }, Math.floor((16_384 * 0.925 - 32) / 4)],
    ['goes with the GPUs, where those are the larger part', { instanceTypes: types('g5.12xlarge'), gpus: 2 }, Math.floor((196_608 * 0.925 - 32) / 2)],
    ['goes with the vCPUs, where those are', { instanceTypes: types('g5.12xlarge'), gpus: 1, vcpus: 48 }, Math.floor(196_608 * 0.925) - 32],
    ['is no more than maxMemory', { instanceTypes: types('m4.large'), vcpus: 2, maxMemory: Size.gibibytes(4) }, 4096],
    ['leaves room to maxMemory', { instanceTypes: types('m4.large'), maxMemory: Size.gibibytes(7) }, 3992],
  ])('%s', (_, props, memory) => {
    expect(memoryOf(props)).toBe(memory);
  });

  test('is 1024 MiB where a token hides the vCPUs', () => {
    const stack = newStack();
    newJob({ instanceTypes: types('c6i.large'), vcpus: new CfnParameter(stack, 'Vcpus', { type: 'Number' }).valueAsNumber }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { ResourceRequirements: Match.arrayWith([{ Type: 'MEMORY', Value: '1024' }]) },
    });
  });

  test('is what a run starts with', () => {
    const job = newJob({ instanceTypes: types('c6i.large') });
    const [machine] = Object.values(Template.fromStack(Stack.of(job)).findResources('AWS::StepFunctions::StateMachine'));
    expect(JSON.stringify(machine)).toContain('\\"memory\\":1878');
  });
});
