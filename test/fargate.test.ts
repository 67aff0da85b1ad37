import { CfnParameter, Size } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { arnOf, idOf, newJob, newStack, templateOf } from './stacks';
import { HeavyBatchCompute, HeavyBatchJobProps } from '../src';

const definition = (props: HeavyBatchJobProps = {}) => (
  Object.values(templateOf({ fargate: true, ...props }).findResources('AWS::Batch::JobDefinition'))[0].Properties
);
const requirements = (props: HeavyBatchJobProps) => Object.fromEntries(
  definition(props).ContainerProperties.ResourceRequirements.map(({ Type, Value }: { Type: string; Value: string }) => [Type, Value]),
);

describe('a job on Fargate', () => {
  const template = templateOf({ fargate: true });

  test('has a compute environment and a job definition of Fargate', () => {
    template.resourceCountIs('AWS::Batch::ComputeEnvironment', 1);
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      Type: 'managed',
      ReplaceComputeEnvironment: false,
      ComputeResources: { Type: 'FARGATE', MaxvCpus: 256, Subnets: Object.keys(template.findResources('AWS::EC2::Subnet')).map((Ref) => ({ Ref })), SecurityGroupIds: [{ 'Fn::GetAtt': [idOf(template, 'AWS::EC2::SecurityGroup'), 'GroupId'] }] },
    });
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      PlatformCapabilities: ['FARGATE'],
      ContainerProperties: {
        FargatePlatformConfiguration: { PlatformVersion: 'LATEST' },
        RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
        ExecutionRoleArn: arnOf(idOf(template, 'AWS::IAM::Role', 'ExecutionRole')),
        JobRoleArn: arnOf(idOf(template, 'AWS::IAM::Role', 'JobRole')),
      },
    });
  });

  test('has no resources and properties of instances', () => {
    for (const type of ['AWS::EC2::LaunchTemplate', 'AWS::IAM::InstanceProfile']) template.resourceCountIs(type, 0);
    expect(Object.values(template.findResources('AWS::IAM::Role')).filter((role) => JSON.stringify(role).includes('ec2.amazonaws.com'))).toEqual([]);
    const resources = Object.values(template.findResources('AWS::Batch::ComputeEnvironment'))[0].Properties.ComputeResources;
    expect(Object.keys(resources).sort()).toEqual(['MaxvCpus', 'SecurityGroupIds', 'Subnets', 'Type']);
  });

  test('tells the submit function, which validates the size that a run asks for', () => {
    expect(JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine'))).toContain('\\"fargate\\":true');
  });

  test('is started again after errors that Fargate caused', () => {
    expect(definition().RetryStrategy).toEqual({
      Attempts: 3,
      EvaluateOnExit: [
        { Action: 'EXIT', OnReason: expect.stringMatching(/^CannotStartContainerError: ResourceInitializationError: .* process: exec: \*$/) },
        { Action: 'EXIT', OnReason: expect.stringMatching(/^CannotStartContainerError: ResourceInitializationError: .* error during container init: exec: \*$/) },
        { Action: 'RETRY', OnReason: 'C*' },
        { Action: 'EXIT', OnStatusReason: 'OutOfMemoryError*' },
        { Action: 'EXIT', OnStatusReason: 'Essential container in task exited*' },
      ],
    });
  });

  test('runs on ARM with the architecture ARM64', () => {
    expect(definition({ cpuArchitecture: ecs.CpuArchitecture.ARM64 }).ContainerProperties.RuntimePlatform.CpuArchitecture).toBe('ARM64');
  });

  test('runs on Fargate Spot, and after reclaims on Fargate', () => {
    const spot = templateOf({ fargate: true, spot: true });
    const types = Object.values(spot.findResources('AWS::Batch::ComputeEnvironment')).map((environment) => environment.Properties.ComputeResources.Type);
    expect(types.sort()).toEqual(['FARGATE', 'FARGATE_SPOT']);
    expect(Object.keys(spot.findResources('AWS::Batch::JobQueue'))).toHaveLength(2);
  });

  test('may share its compute', () => {
    const stack = newStack();
    const compute = new HeavyBatchCompute(stack, 'Compute', { fargate: true });
    newJob({ compute }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', { PlatformCapabilities: ['FARGATE'] });
  });
});

describe('the disk of a task', () => {
  test('has the scratch space and the space that every task has', () => {
    expect(definition({ scratchSize: Size.gibibytes(100) }).ContainerProperties.EphemeralStorage).toEqual({ SizeInGiB: 120 });
    expect(definition().ContainerProperties).not.toHaveProperty('EphemeralStorage');
  });

  test('may be a token', () => {
    const stack = newStack();
    const scratchSize = Size.gibibytes(new CfnParameter(stack, 'Disk', { type: 'Number' }).valueAsNumber);
    newJob({ fargate: true, scratchSize }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', { ContainerProperties: { EphemeralStorage: { SizeInGiB: { Ref: 'Disk' } } } });
  });
});

describe('the size of a job on Fargate', () => {
  test.each<[string, HeavyBatchJobProps, string, string]>([
    ['is the smallest one for one vCPU by default', {}, '1', '2048'],
    ['has the least memory for its vCPUs by default', { vcpus: 16 }, '16', '32768'],
    ['may have a quarter of a vCPU', { vcpus: 0.25, memory: Size.mebibytes(512) }, '0.25', '512'],
    ['may be the largest one', { vcpus: 32, memory: Size.gibibytes(244) }, '32', '249856'],
  ])('%s', (_, props, VCPU, MEMORY) => {
    expect(requirements(props)).toEqual({ VCPU, MEMORY });
  });

  test('may be a token', () => {
    const stack = newStack();
    const number = (name: string) => new CfnParameter(stack, name, { type: 'Number' }).valueAsNumber;
    newJob({ fargate: true, vcpus: number('Vcpus'), memory: Size.mebibytes(number('Memory')) }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { ResourceRequirements: [{ Type: 'MEMORY', Value: { Ref: 'Memory' } }, { Type: 'VCPU', Value: { Ref: 'Vcpus' } }] },
    });
  });
});

describe('a public IP address', () => {
  const assignedWith = (propsOf?: (stack: ReturnType<typeof newStack>) => HeavyBatchJobProps) => {
    const stack = newStack();
    newJob({ fargate: true, ...propsOf?.(stack) }, stack);
    return Object.values(Template.fromStack(stack).findResources('AWS::Batch::JobDefinition'))[0].Properties.ContainerProperties.NetworkConfiguration.AssignPublicIp;
  };

  test('is assigned in the public subnets of the new VPC, because a task there needs it to pull its image', () => {
    expect(assignedWith()).toBe('ENABLED');
  });

  test('is not assigned in private subnets', () => {
    expect(assignedWith((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') }))).toBe('DISABLED');
  });

  test('is assigned in public subnets of an existing VPC', () => {
    expect(assignedWith((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc'), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }))).toBe('ENABLED');
  });
});
