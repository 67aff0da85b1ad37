import { CfnParameter, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import { HeavyBatchJobProps } from '../../src';
import { newJob, newStack, templateOf } from '../stacks';

const mebibytes = (amount: number) => Size.mebibytes(amount);
const definitionOf = (template: Template) => Object.values(template.findResources('AWS::Batch::JobDefinition'))[0].Properties;
const containerOf = (props: HeavyBatchJobProps) => definitionOf(templateOf(props)).ContainerProperties;
const nodeOf = (props: HeavyBatchJobProps) => definitionOf(templateOf({ ...props, nodes: 2 })).NodeProperties.NodeRangeProperties[0].Container;

const LINUX: HeavyBatchJobProps = {
  sharedMemorySize: Size.gibibytes(4),
  tmpfs: [{ containerPath: '/cache', size: mebibytes(64), mountOptions: [batch.TmpfsMountOption.NOEXEC] }],
  devices: [{ hostPath: '/dev/fuse', permissions: [batch.DevicePermission.READ, batch.DevicePermission.WRITE] }],
  ulimits: [{ name: batch.UlimitName.NOFILE, softLimit: 4096, hardLimit: 8192 }],
  initProcessEnabled: true,
  privileged: true,
  readonlyRootFilesystem: true,
  user: '1000:1000',
};

describe.each([['one instance', containerOf], ['several nodes', nodeOf]])('a container on %s', (_, render) => {
  test('gets what the props say', () => {
    expect(render(LINUX)).toMatchObject({
      LinuxParameters: {
        SharedMemorySize: 4096,
        Tmpfs: [{ ContainerPath: '/cache', Size: 64, MountOptions: ['noexec'] }],
        Devices: [{ HostPath: '/dev/fuse', Permissions: ['read', 'write'] }],
        InitProcessEnabled: true,
      },
      Ulimits: [{ Name: 'nofile', SoftLimit: 4096, HardLimit: 8192 }],
      Privileged: true,
      ReadonlyRootFilesystem: true,
      User: '1000:1000',
    });
  });

  test('has the defaults of Docker without the props', () => {
    const container = render({});
    expect(container.ReadonlyRootFilesystem).toBe(false);
    expect(Object.keys(container).filter((key) => ['LinuxParameters', 'Ulimits', 'Privileged', 'User', 'EnableExecuteCommand'].includes(key))).toEqual([]);
  });
});

test('a container on Fargate gets what AWS Batch supports there', () => {
  expect(containerOf({ fargate: true, initProcessEnabled: true, readonlyRootFilesystem: true, user: 'worker', tmpfs: [], privileged: false })).toMatchObject({
    LinuxParameters: { InitProcessEnabled: true }, ReadonlyRootFilesystem: true, User: 'worker',
  });
});

test('sizes, limits and names may be tokens', () => {
  const stack = newStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const text = new CfnParameter(stack, 'Text').valueAsString;
  newJob({
    sharedMemorySize: mebibytes(number),
    tmpfs: [{ containerPath: text, size: mebibytes(number) }],
    devices: [{ hostPath: text }],
    ulimits: [{ name: batch.UlimitName.MEMLOCK, softLimit: number, hardLimit: -1 }],
    user: text,
  }, stack);
  expect(definitionOf(Template.fromStack(stack)).ContainerProperties).toMatchObject({
    LinuxParameters: { SharedMemorySize: { Ref: 'Number' }, Tmpfs: [{ ContainerPath: { Ref: 'Text' }, Size: { Ref: 'Number' } }], Devices: [{ HostPath: { Ref: 'Text' } }] },
    Ulimits: [{ SoftLimit: { Ref: 'Number' }, HardLimit: -1 }],
    User: { Ref: 'Text' },
  });
});

test.each([
  ['above zero', 1, 2],
  ['that are equal', 5, 5],
  ['without a hard one', 7, -1],
  ['without any', -1, -1],
])('ulimits %s are accepted', (_, softLimit, hardLimit) => {
  expect(containerOf({ ulimits: [{ name: batch.UlimitName.MEMLOCK, softLimit, hardLimit }] }).Ulimits).toEqual([{ Name: 'memlock', SoftLimit: softLimit, HardLimit: hardLimit }]);
});

describe('a shell in a running container', () => {
  const SHELL = ['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'];
  const template = templateOf({ enableExecuteCommand: true });

  test('can be opened on instances, on Fargate and on nodes', () => {
    const onFargate = containerOf({ fargate: true, enableExecuteCommand: true });
    for (const container of [definitionOf(template).ContainerProperties, onFargate, nodeOf({ enableExecuteCommand: true })]) {
      expect(container).toMatchObject({ EnableExecuteCommand: true, LinuxParameters: { InitProcessEnabled: true } });
    }
  });

  test('needs four actions, which only the job role gets', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([, policy]) => JSON.stringify(policy).includes('ssmmessages'));
    const [[, { Properties }]] = policies;
    expect(policies).toHaveLength(1);
    expect(Properties).toMatchObject({
      PolicyDocument: { Statement: [{ Action: SHELL, Effect: 'Allow', Resource: '*' }] }, Roles: [{ Ref: expect.stringMatching(/^JobJobRole/) }],
    });
  });

  test('leaves the init process out where the user says so', () => {
    expect(containerOf({ enableExecuteCommand: true, initProcessEnabled: false }).LinuxParameters).toEqual({ InitProcessEnabled: false });
  });

  test('adds no permission where it is not asked for', () => {
    expect(JSON.stringify(templateOf().toJSON())).not.toContain('ssmmessages');
  });
});

describe('an escape hatch', () => {
  const resourceOf = (job: ReturnType<typeof newJob>) => job.jobDefinition.node.defaultChild as batch.CfnJobDefinition;

  test('sets what has no prop, beside what has one', () => {
    const job = newJob({ sharedMemorySize: mebibytes(64) });
    resourceOf(job).addPropertyOverride('ContainerProperties.LinuxParameters.MaxSwap', 2048);
    expect(definitionOf(Template.fromStack(Stack.of(job))).ContainerProperties.LinuxParameters).toEqual({ SharedMemorySize: 64, MaxSwap: 2048 });
  });

  test('sets it for all nodes', () => {
    const job = newJob({ nodes: 3 });
    resourceOf(job).addPropertyOverride('NodeProperties.NodeRangeProperties.0.Container.LinuxParameters.MaxSwap', 2048);
    const [range] = definitionOf(Template.fromStack(Stack.of(job))).NodeProperties.NodeRangeProperties;
    expect(range).toMatchObject({ TargetNodes: '0:2', Container: { LinuxParameters: { MaxSwap: 2048 }, Image: expect.anything() } });
  });
});
