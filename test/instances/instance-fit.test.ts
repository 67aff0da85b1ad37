import { CfnParameter, Lazy, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJobProps, HeavyBatchQueueCompute } from '../../src';
import { INSTANCE_TYPES_DATE } from '../../src/contract/instance-types';
import { existingQueue, newJob, newStack, onMachine, templateOf } from '../stacks';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));

/** The memory of a job definition in MiB. */
function memoryOf(props: HeavyBatchJobProps): number {
  const [definition] = Object.values(templateOf(props).findResources('AWS::Batch::JobDefinition'));
  const { ResourceRequirements: required } = definition.Properties.ContainerProperties;
  return Number(required.find(({ Type }: { Type: string }) => Type === 'MEMORY').Value);
}

describe('the default memory of a job', () => {
  test.each<[string, HeavyBatchJobProps, number]>([
    ['is 1024 MiB on instances that Batch chooses', {}, 1024],
    ['is 1024 MiB with an instance class, which has instances of many sizes', { instanceTypes: types('c6i.large'), instanceClasses: [ec2.InstanceClass.C6I] }, 1024],
    ['is 1024 MiB on an unknown instance type', { instanceTypes: types('c6i.large', 'm99i.large') }, 1024],
    ['is half of the instance for one of its two vCPUs', { instanceTypes: types('c6i.large') }, 1878],
    ['is the whole instance for all of its vCPUs', { instanceTypes: types('m4.large'), vcpus: 2 }, 7985],
    ['is the least of several instance types', { instanceTypes: types('r6i.large', 'c6i.large', 'm6i.large') }, 1878],
    ['ignores instance types with too few vCPUs', { instanceTypes: types('c6i.large', 'm6i.xlarge'), vcpus: 4 }, 15_123],
    ['is that of one vCPU by default', { instanceTypes: types('m4.xlarge') }, Math.floor((16_384 * 0.925 - 32) / 4)],
    ['matches the part of the GPUs if that is larger', { instanceTypes: types('g5.12xlarge'), gpus: 2 }, Math.floor((196_608 * 0.925 - 32) / 2)],
    ['matches the part of the vCPUs if that is larger', { instanceTypes: types('g5.12xlarge'), gpus: 1, vcpus: 48 }, Math.floor(196_608 * 0.925) - 32],
    ['is at most maxMemory', { instanceTypes: types('m4.large'), vcpus: 2, maxMemory: Size.gibibytes(4) }, 4096],
    ['may be less than maxMemory', { instanceTypes: types('m4.large'), maxMemory: Size.gibibytes(7) }, 3992],
  ])('%s', (_, props, memory) => {
    expect(memoryOf(props)).toBe(memory);
  });

  test('is 1024 MiB if the vCPUs are a token', () => {
    const stack = newStack();
    newJob({ instanceTypes: types('c6i.large'), vcpus: new CfnParameter(stack, 'Vcpus', { type: 'Number' }).valueAsNumber }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { ResourceRequirements: Match.arrayWith([{ Type: 'MEMORY', Value: '1024' }]) },
    });
  });

  test('is the memory of the first round of a run', () => {
    const job = newJob({ instanceTypes: types('c6i.large') });
    const [machine] = Object.values(Template.fromStack(Stack.of(job)).findResources('AWS::StepFunctions::StateMachine'));
    expect(JSON.stringify(machine)).toContain('\\"memory\\":1878');
  });
});

describe('memory that may not fit on an instance', () => {
  const warnings = (props: HeavyBatchJobProps) => {
    const stack = newStack();
    onMachine('x64', 'linux', () => newJob(props, stack));
    return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data);
  };
  const m6i = types('m6i.large');

  test('causes a warning with the amount that fits', () => {
    expect(warnings({ memory: Size.mebibytes(7_800), instanceTypes: m6i })).toEqual([
      "'memory' is 7800 MiB, but m6i.large may leave only 7545 MiB to a container, and then the job would stay RUNNABLE; use 7545 or less, or a larger instance type" +
      ' [ack: cdk-heavy-batch:memoryMayNotFit]',
    ]);
  });

  test('causes no warning if it fits, or if Batch chooses the instances', () => {
    expect(warnings({ memory: Size.mebibytes(7_545), instanceTypes: m6i })).toEqual([]);
    expect(warnings({ memory: Size.gibibytes(100) })).toEqual([]);
    expect(warnings({ memory: Size.gibibytes(100), instanceTypes: m6i, instanceClasses: [ec2.InstanceClass.R6I] })).toEqual([]);
  });

  test('causes no warning if it fits on the largest instance type', () => {
    expect(warnings({ memory: Size.gibibytes(60), instanceTypes: [...m6i, new ec2.InstanceType('r6i.4xlarge')] })).toEqual([]);
  });

  test('is that of the first one of several instance types that leave as much', () => {
    expect(() => warnings({ memory: Size.gibibytes(9), instanceTypes: types('c6i.large', 'm6i.large', 'm6a.large') })).toThrow('but m6i.large leaves 7545 MiB to a container');
  });

  test('is not validated where one of the instance types is a token', () => {
    const stack = newStack();
    const instanceTypes = types('c6i.large', Lazy.string({ produce: () => 'm6i.large' }));
    newJob({ memory: Size.gibibytes(100), compute: new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: existingQueue(stack), instanceTypes }) }, stack);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  test.each([[['m99i.large']], [['c6i.large', 'm99i.large']]])('cannot be validated on an unknown instance type, which causes a warning: %j', (names) => {
    expect(warnings({ instanceTypes: types(...names) })).toEqual([
      `'instanceTypes' has m99i.large, which the instance data of this version of cdk-heavy-batch (${INSTANCE_TYPES_DATE}) does not have. ` +
      "It is not validated that the job fits; correct the name, or use at most 92 % of the instance's memory for a container" +
      ' [ack: cdk-heavy-batch:unknownInstanceType]',
    ]);
  });

  test('cannot be validated on an unknown size of a known family, and the warning has the sizes that there are', () => {
    expect(warnings({ instanceTypes: types('c7in.large', 'c7i.huge') })).toEqual([expect.stringContaining('c7in.large')]);
    expect(warnings({ instanceTypes: types('c7i.huge') })).toEqual([expect.stringContaining('does not have: c7i has large, xlarge, 2xlarge, ')]);
  });

  test('cannot be validated on an unknown instance class, which causes a warning', () => {
    expect(warnings({ instanceClasses: ['m99i' as ec2.InstanceClass] })).toEqual([expect.stringContaining("'instanceClasses' has m99i, which the instance data")]);
  });
});
