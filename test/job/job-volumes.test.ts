import { App, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import { HeavyBatchCompute, HeavyBatchFileSystem, HeavyBatchJob, HeavyBatchJobProps, HeavyBatchQueueCompute } from '../../src';
import { IMAGE, newJob, newStack, templateOf } from '../stacks';

function filesOf(stack: Stack, vpc: ec2.IVpc): efs.AccessPoint {
  return new efs.FileSystem(stack, 'Files', { vpc }).addAccessPoint('Jobs', { path: '/jobs', posixUser: { uid: '1000', gid: '1000' } });
}

/** A stack with a VPC, a file system and a job. */
function withFiles(options = {}): Template {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc');
  newJob({ vpc, fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(filesOf(stack, vpc), '/mnt/files', options) }, stack);
  return Template.fromStack(stack);
}

const definitionOf = (template: Template) => Object.values(template.findResources('AWS::Batch::JobDefinition'))[0];

describe('a file system', () => {
  const template = withFiles();

  test('is mounted through its access point, with encryption in transit and with the job role', () => {
    expect(definitionOf(template).Properties.ContainerProperties).toMatchObject({
      MountPoints: [{ ContainerPath: '/mnt/files', ReadOnly: false, SourceVolume: 'fileSystem' }],
      Volumes: [{
        Name: 'fileSystem',
        EfsVolumeConfiguration: {
          FileSystemId: { Ref: expect.stringContaining('Files') },
          TransitEncryption: 'ENABLED',
          AuthorizationConfig: { AccessPointId: { Ref: expect.stringContaining('FilesJobs') }, Iam: 'ENABLED' },
        },
      }],
      Environment: expect.arrayContaining([{ Name: 'HEAVY_BATCH_FILE_SYSTEM', Value: '/mnt/files' }]),
    });
  });

  test.each<[string, efs.FileSystemProps | undefined, RegExp[]]>([
    ['without a policy', {} as efs.FileSystemProps, [/^Stack\/Files has no policy, so every client in its network may mount all of it, .* Give it a policy/]],
    ['with a policy', { allowAnonymousAccess: false } as efs.FileSystemProps, []],
    ['of another stack', undefined, [/^the policy of Stack\/Files is not known here; without one, every client in its network may mount all of it, .* acknowledge this warning/]],
  ])('%s is warned of where anonymous clients may mount it', (_, props, warnings) => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const fileSystem = props
      ? new efs.FileSystem(stack, 'Files', { ...props, vpc })
      : efs.FileSystem.fromFileSystemAttributes(stack, 'Files', { fileSystemId: 'fs-1', securityGroup: new ec2.SecurityGroup(stack, 'Group', { vpc }) });
    const accessPoint = efs.AccessPoint.fromAccessPointAttributes(stack, 'Point', { accessPointId: 'fsap-1', fileSystem });
    newJob({ vpc, fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(accessPoint, '/mnt/files') }, stack);
    const told = Annotations.fromStack(stack).findWarning('/Stack/Job', Match.stringLikeRegexp('may mount all of it')).map(({ entry }) => entry.data);
    expect(told).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
  });

  test('may be used by the job role through this access point only', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{
          Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('Files'), 'Arn'] },
          Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': { 'Fn::Join': ['', Match.arrayWith([':access-point/', { Ref: Match.stringLikeRegexp('FilesJobs') }])] } } },
        }],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('JobRole') }],
    });
  });

  test('allows connections from the instances on port 2049', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      IpProtocol: 'tcp',
      FromPort: 2049,
      ToPort: 2049,
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('EfsSecurityGroup'), 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('JobCompute'), 'GroupId'] },
    });
  });

  test('has mount targets before the job definition is created', () => {
    expect(definitionOf(template).DependsOn).toEqual(expect.arrayContaining([expect.stringContaining('EfsMountTarget')]));
  });

  test('may be read-only', () => {
    const readOnly = withFiles({ readOnly: true });
    expect(definitionOf(readOnly).Properties.ContainerProperties.MountPoints).toEqual([{ ContainerPath: '/mnt/files', ReadOnly: true, SourceVolume: 'fileSystem' }]);
    readOnly.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: [Match.objectLike({ Action: 'elasticfilesystem:ClientMount' })] } });
  });

  test('has one security group rule for all jobs of a compute', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const compute = new HeavyBatchCompute(stack, 'Compute', { vpc });
    const fileSystem = HeavyBatchFileSystem.fromEfsAccessPoint(filesOf(stack, vpc), '/mnt/files');
    for (const id of ['One', 'Two']) new HeavyBatchJob(stack, id, { compute, fileSystem, imageDirectory: IMAGE });
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  });

  test.each<[string, (stacks: { network: Stack; shared: Stack; data: Stack; jobs: Stack }) => readonly [Stack, Stack, Stack, Stack]]>([
    ['the stack of the compute', ({ network, shared, jobs }) => [network, shared, shared, jobs]],
    ['the stack of the job', ({ network, shared, jobs }) => [network, shared, jobs, jobs]],
    ['a stack of its own', ({ network, shared, data, jobs }) => [network, shared, data, jobs]],
    ['the stack of the job, with the VPC in the stack of the compute', ({ shared, jobs }) => [shared, shared, jobs, jobs]],
  ])('may be in %s', (_, choose) => {
    const app = new App();
    const stacks = { network: new Stack(app, 'Network'), shared: new Stack(app, 'Shared'), data: new Stack(app, 'Data'), jobs: new Stack(app, 'Jobs') };
    const [networkStack, computeStack, fileStack, jobStack] = choose(stacks);
    const vpc = new ec2.Vpc(networkStack, 'Vpc');
    const compute = new HeavyBatchCompute(computeStack, 'Compute', { vpc });
    const fileSystem = HeavyBatchFileSystem.fromEfsAccessPoint(filesOf(fileStack, vpc), '/mnt/files');
    for (const id of ['One', 'Two']) new HeavyBatchJob(jobStack, id, { compute, fileSystem, imageDirectory: IMAGE });
    expect(() => app.synth()).not.toThrow();
    const rules = Object.values(stacks).flatMap((stack) => Object.keys(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress')));
    expect(rules).toHaveLength(1);
  });

  test('does not allow connections from a job queue with unknown security groups, which causes a warning', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const queue = new batch.JobQueue(stack, 'Queue', { computeEnvironments: [{ computeEnvironment: new batch.FargateComputeEnvironment(stack, 'Environment', { vpc }), order: 1 }] });
    const fileSystem = HeavyBatchFileSystem.fromEfsAccessPoint(filesOf(stack, vpc), '/mnt/files');
    newJob({ compute: new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: queue, fargate: true }), fileSystem }, stack);
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    Annotations.fromStack(stack).hasWarning('/Stack/Job', "the security groups of Stack/Compute are not known, so 'fileSystem' does not allow connections from its jobs; " +
      "set 'securityGroups' of the compute, or allow port 2049 yourself [ack: cdk-heavy-batch:fileSystemNotOpened]");
  });
});

describe('volumes', () => {
  const host = (name: string, containerPath: string) => batch.EcsVolume.host({ name, containerPath, hostPath: '/data' });

  test('are mounted at their paths', () => {
    expect(definitionOf(templateOf({ volumes: [host('data', '/data')] })).Properties.ContainerProperties).toMatchObject({
      MountPoints: [{ ContainerPath: '/data', SourceVolume: 'data' }],
      Volumes: [{ Name: 'data', Host: { SourcePath: '/data' } }],
    });
  });

  test('are none by default', () => {
    const { Volumes, MountPoints } = definitionOf(templateOf()).Properties.ContainerProperties;
    expect([Volumes, MountPoints]).toEqual([undefined, undefined]);
  });

  test.each<[string, HeavyBatchJobProps, string]>([
    ['two have the same path', { volumes: [host('a', '/data'), host('b', '/data')] }, "'volumes' is mounted at '/data', but 'a' is mounted there too; use another path (at Stack/Job)"],
    ['a path is relative', { volumes: [host('a', 'data')] }, "'volumes' is mounted at 'data', which is not an absolute path below '/'; use a path such as /mnt/files (at Stack/Job)"],
    ['a path is the root, which would hide the image', { volumes: [host('a', '/')] }, "'volumes' is mounted at '/', which is not an absolute path below '/'; use a path such as /mnt/files (at Stack/Job)"],
    ['they are directories of the instance, but the job runs on Fargate', { fargate: true, volumes: [host('a', '/data')] }, "'volumes' has 'a', a directory of the instance, but Fargate has no instances; use a file system (at Stack/Job)"],
  ])('are refused if %s', (_, props, message) => {
    expect(() => newJob(props)).toThrow(message);
  });

  test('are refused if they have the name or the path of the file system', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const fileSystem = HeavyBatchFileSystem.fromEfsAccessPoint(filesOf(stack, vpc), '/mnt/files');
    expect(() => newJob({ vpc, fileSystem, volumes: [host('a', '/mnt/files')] }, stack)).toThrow("'volumes' is mounted at '/mnt/files', but 'fileSystem' is mounted there too; use another path (at Stack/Job)");
    expect(() => new HeavyBatchJob(stack, 'Other', { vpc, imageDirectory: IMAGE, fileSystem, volumes: [host('fileSystem', '/data')] }))
      .toThrow("'volumes' has 'fileSystem', which is the name of the volume for the prop 'fileSystem'; use another name (at Stack/Other)");
  });
});

test('a job is a client of connections', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const database = new ec2.SecurityGroup(stack, 'Database', { vpc });
  database.connections.allowFrom(newJob({ vpc }, stack), ec2.Port.tcp(5432));
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    FromPort: 5432, SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('JobCompute'), 'GroupId'] },
  });
});

describe('a container whose files are read-only', () => {
  const containerOf = (props: HeavyBatchJobProps) => definitionOf(templateOf({ readonlyRootFilesystem: true, ...props })).Properties.ContainerProperties;
  const hasScratch = ({ Environment = [] }: any) => Environment.some(({ Name }: any) => Name === 'HEAVY_BATCH_SCRATCH');
  const atTmp = (name: string) => [batch.EcsVolume.host({ name, containerPath: '/tmp' })];

  test('can write to an empty volume at /tmp', () => {
    const container = containerOf({});
    expect(container).toMatchObject({ MountPoints: [{ ContainerPath: '/tmp', SourceVolume: 'scratch' }], Volumes: [{ Name: 'scratch', Host: {} }] });
    expect(hasScratch(container)).toBe(true);
  });

  test('can write to the volume that the user mounts at /tmp, and has no other one there', () => {
    expect(containerOf({ volumes: atTmp('mine') })).toMatchObject({ MountPoints: [{ ContainerPath: '/tmp', SourceVolume: 'mine' }] });
    const inMemory = containerOf({ tmpfs: [{ containerPath: '/tmp', size: Size.mebibytes(64) }] });
    expect(inMemory).not.toHaveProperty('Volumes');
    expect(hasScratch(inMemory)).toBe(true);
  });

  test('has no scratch directory on Fargate, where there are no empty volumes', () => {
    const container = containerOf({ fargate: true });
    expect(container).not.toHaveProperty('Volumes');
    expect(hasScratch(container)).toBe(false);
  });

  test('has a scratch directory on Fargate when a file system is mounted there', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    newJob({ vpc, fargate: true, readonlyRootFilesystem: true, fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(filesOf(stack, vpc), '/tmp') }, stack);
    expect(hasScratch(definitionOf(Template.fromStack(stack)).Properties.ContainerProperties)).toBe(true);
  });
});

test('an S3 file system can be mounted by an escape hatch', () => {
  const job = newJob();
  const definition = job.jobDefinition.node.defaultChild as batch.CfnJobDefinition;
  definition.addPropertyOverride('ContainerProperties.Volumes', [{ Name: 'data', S3FilesVolumeConfiguration: { FileSystemArn: 'arn' } }]);
  definition.addPropertyOverride('ContainerProperties.MountPoints', [{ SourceVolume: 'data', ContainerPath: '/mnt/data' }]);
  expect(definitionOf(Template.fromStack(Stack.of(job))).Properties.ContainerProperties).toMatchObject({
    Volumes: [{ Name: 'data', S3FilesVolumeConfiguration: { FileSystemArn: 'arn' } }], MountPoints: [{ SourceVolume: 'data', ContainerPath: '/mnt/data' }], Image: expect.anything(),
  });
});
