import * as path from 'path';
import { SecretValue, Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { hasInstances } from './instance-values';
import {
  data, either, flag, listToken, made, numberIn, numberToken, oddNumber, oddSize, oddString, oddText, options, plain, prop, PropTable, Setting, size,
  sizeToken, textIn, textToken, Values,
} from './value';
import { HeavyBatchContainerProps, HeavyBatchFileSystem, HeavyBatchFileSystemOptions, HeavyBatchImageBuildOptions } from '../../../src';
import { IMAGE } from '../../stacks';

/** The default of a job in an app that is generated. Its directory is an odd value too. */
export const REGISTRY_IMAGE = 'public.ecr.aws/docker/library/busybox:1';

const oddPath = fc.oneof(fc.constantFrom('/data', '/data/', '/tmp', '/', '//', 'data', './data', '/a/../b', '/a b', '/dev/shm'), oddString);
const texts = (keys: fc.Arbitrary<string>, value: fc.Arbitrary<string>) => data(fc.dictionary(keys, value, { maxKeys: 3, noNullPrototype: true }));

const images: Values<ecs.ContainerImage> = either(
  made('an image of a registry', () => ecs.ContainerImage.fromRegistry(REGISTRY_IMAGE)),
  made('an image of a private registry', (scope) => ecs.ContainerImage.fromRegistry('registry.example.com/image', {
    credentials: secretsmanager.Secret.fromSecretNameV2(scope, 'Credentials', 'registry'),
  })),
  made('an image of ECR', (scope) => ecs.ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryName(scope, 'Repository', 'images'), '1')),
  made('an image of a new repository', (scope) => ecs.ContainerImage.fromEcrRepository(new ecr.Repository(scope, 'Repository'))),
  made('an image that is a parameter', (scope) => ecs.ContainerImage.fromRegistry(textIn(scope, REGISTRY_IMAGE))),
  made('an image of a directory', () => ecs.ContainerImage.fromAsset(IMAGE)),
  made('an image that the app builds', (scope) => ecs.ContainerImage.fromDockerImageAsset(new ecrAssets.DockerImageAsset(scope, 'Image', { directory: IMAGE }))),
);

const params = fc.dictionary(oddString, oddString, { maxKeys: 2, noNullPrototype: true });
const cache = fc.record({ type: fc.constantFrom('gha', 'registry', 'local', ''), params }, { requiredKeys: ['type'] });
const oddPlatforms = plain(ecrAssets.Platform.LINUX_ARM64, ecrAssets.Platform.LINUX_AMD64, ecrAssets.Platform.custom('windows/amd64'));
const imageBuild = options<HeavyBatchImageBuildOptions>({
  file: prop(plain('Dockerfile'), either(plain('Dockerfile', './Dockerfile', 'index.js', '../image/Dockerfile', path.join(IMAGE, 'Dockerfile'), '.'), oddText)),
  buildArgs: prop(plain<{ [name: string]: string }>({}, { A: 'b' }), either(texts(oddString, oddString), made('{ A: a token }', (scope) => ({ A: textIn(scope, 'b') })))),
  target: prop(plain('final'), oddText),
  platform: prop(plain(ecrAssets.Platform.LINUX_AMD64), oddPlatforms, ({ compute }) => compute !== 'arm'),
  buildSecrets: prop(plain<{ [id: string]: string }>({ npm: 'env=NPM_TOKEN' }, {}), texts(oddString, oddString)),
  buildSsh: prop(plain('default'), oddText),
  cacheFrom: prop(plain<ecrAssets.DockerCacheOption[]>([], [{ type: 'gha' }]), data(fc.array(cache, { maxLength: 2 }))),
  cacheTo: prop(plain<ecrAssets.DockerCacheOption>({ type: 'gha' }), data(cache)),
  cacheDisabled: prop(flag, flag),
  networkMode: prop(plain(ecrAssets.NetworkMode.HOST, ecrAssets.NetworkMode.NONE), data(oddString.map((name) => ecrAssets.NetworkMode.custom(name)))),
  assetName: prop(plain('job', 'team/job-1'), oddText),
});

const secretOf = (field?: string) => made(`a secret${field === undefined ? '' : ` with the field '${field}'`}`, (scope) =>
  batch.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(scope, 'Secret', 'password'), field));
const secrets: Values<batch.Secret> = either(
  secretOf(),
  secretOf('user'),
  made('a version of a secret', (scope) => batch.Secret.fromSecretsManagerVersion(secretsmanager.Secret.fromSecretNameV2(scope, 'Secret', 'password'), { versionId: '1' })),
  made('a new secret', (scope) => batch.Secret.fromSecretsManager(new secretsmanager.Secret(scope, 'Secret', { secretStringValue: SecretValue.unsafePlainText('x') }))),
  made('a parameter of the Parameter Store', (scope) => batch.Secret.fromSsmParameter(ssm.StringParameter.fromSecureStringParameterAttributes(scope, 'Secret', { parameterName: '/password' }))),
);
const secretsNamed = (names: fc.Arbitrary<string>) => fc.tuple(names, secrets).map(([name, value]) => value.map(`{ ${JSON.stringify(name)}: ${value.text} }`, (secret) => ({ [name]: secret })));

const fileSystems = (paths: fc.Arbitrary<string>) => fc.tuple(paths, options<HeavyBatchFileSystemOptions>({ readOnly: prop(flag, flag) }).odd, fc.boolean())
  .map(([containerPath, given, isNew]) => given.map(`a ${isNew ? 'new' : 'given'} file system at ${JSON.stringify(containerPath)} with ${given.text}`, (read, scope) =>
    HeavyBatchFileSystem.fromEfsAccessPoint(isNew ? newAccessPoint(scope) : givenAccessPoint(scope), containerPath, read)));

function givenAccessPoint(scope: Construct): efs.IAccessPoint {
  const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(scope, 'FilesGroup', 'sg-12345678');
  const fileSystem = efs.FileSystem.fromFileSystemAttributes(scope, 'Files', { fileSystemId: 'fs-12345678', securityGroup });
  return efs.AccessPoint.fromAccessPointAttributes(scope, 'Point', { accessPointId: 'fsap-12345678', fileSystem });
}

function newAccessPoint(scope: Construct): efs.IAccessPoint {
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'FilesVpc', { vpcId: 'vpc-12345678', availabilityZones: ['us-east-1a'], privateSubnetIds: ['subnet-11111111'] });
  return new efs.FileSystem(scope, 'Files', { vpc }).addAccessPoint('Point');
}

const hostVolume = (name: string, hostPath: string | undefined, containerPath: string) => batch.EcsVolume.host({ name, hostPath, containerPath });
const volumes: Values<batch.EcsVolume[]> = either(
  made("[the directory '/data']", () => [hostVolume('data', '/data', '/data')]),
  made('[an empty directory]', () => [hostVolume('empty', undefined, '/empty')]),
  made('[a file system]', (scope) => [batch.EcsVolume.efs({ name: 'files', fileSystem: givenAccessPoint(scope).fileSystem, containerPath: '/files' })]),
);
const oddVolumes: Values<batch.EcsVolume[]> = either(
  volumes,
  fc.array(fc.tuple(fc.oneof(fc.constantFrom('data', 'fileSystem', 'scratch'), oddString), fc.option(oddPath, { nil: undefined }), oddPath), { maxLength: 2 })
    .map((list) => data(fc.constant(list))).chain((list) => list).map((value) => value.map(value.text, (list) => list.map((each) => hostVolume(...each)))),
  made("[the directory '/data' with a token for its path]", (scope) => [hostVolume('data', textIn(scope, '/data'), textIn(scope, '/data'))]),
);

const ECS_TASKS = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');
const roles: Values<iam.IRole> = either(
  made('a new role', (scope) => new iam.Role(scope, 'Role', { assumedBy: ECS_TASKS })),
  made('an imported role', (scope) => iam.Role.fromRoleArn(scope, 'Role', 'arn:aws:iam::123456789012:role/given')),
  made('an immutable role', (scope) => iam.Role.fromRoleArn(scope, 'Role', 'arn:aws:iam::123456789012:role/given', { mutable: false })),
  made('a role whose ARN is a parameter', (scope) => iam.Role.fromRoleArn(scope, 'Role', textIn(scope, 'arn:aws:iam::123456789012:role/given'))),
  made('a role whose name is a parameter', (scope) => iam.Role.fromRoleName(scope, 'Role', textIn(scope, 'given'))),
  made('a role whose policies stay as they are', (scope) => new iam.Role(scope, 'Role', { assumedBy: ECS_TASKS }).withoutPolicyUpdates()),
);
const oddRoles: Values<iam.IRole> = either(
  roles,
  made('a role of another account', (scope) => iam.Role.fromRoleArn(scope, 'Role', 'arn:aws:iam::210987654321:role/given')),
  made('a lazy role', (scope) => new iam.LazyRole(scope, 'Role', { assumedBy: ECS_TASKS })),
  made('a role with a long path', (scope) => new iam.Role(scope, 'Role', { assumedBy: ECS_TASKS, path: '/a/b/', roleName: 'x'.repeat(64) })),
);

const sizes = size('mebibytes', 64, 512, 1024);
const { CORE, NOFILE } = batch.UlimitName;
const limits = fc.oneof(fc.constantFrom(-1, 0, 1, 1024, 0.5, -2, NaN, 2 ** 31), fc.integer());

const permissions = fc.constantFrom<batch.DevicePermission[]>([], Object.values(batch.DevicePermission));
const device = fc.record({ hostPath: oddPath, containerPath: oddPath, permissions }, { requiredKeys: ['hostPath'] });

/** Of the vCPUs and the memory that Fargate offers together. */
const memory = ({ compute }: Setting): Values<Size> => compute.includes('fargate') ? size('gibibytes', 4) : either(size('mebibytes', 4, 512, 1_500), size('gibibytes', 1, 2), sizeToken('mebibytes', 1_024));

export const CONTAINER_VALUES = {
  imageDirectory: prop(plain(IMAGE), either(plain(IMAGE, __dirname, path.join(IMAGE, 'Dockerfile'), '/nowhere'), oddText)),
  image: prop(images, images),
  imageBuild,
  vcpus: { fitting: (setting) => hasInstances(setting) ? either(plain(1, 2), numberToken(1)) : plain(1, 2), odd: oddNumber },
  memory: { fitting: memory, odd: oddSize },
  gpus: prop(either(plain(1), numberToken(1)), oddNumber, ({ compute }) => compute === 'gpus'),
  maxMemory: { fitting: (setting) => hasInstances(setting) ? either(size('gibibytes', 3, 4), sizeToken('mebibytes', 4_096)) : size('gibibytes', 8), odd: oddSize },
  command: prop(
    either(plain<string[]>(['work', '--fast'], ['sh', '-c', 'echo "$HOME" | sed s/a/b/']), listToken('work,fast'), made('[work, a token]', (scope) => ['work', textIn(scope, 'fast')])),
    either(data(fc.array(oddString, { maxLength: 3 })), made('[a token of an empty text]', (scope) => [textIn(scope, '')])),
  ),
  parameters: prop(
    either(plain<{ [name: string]: string }>({ item: '-' }), made('{ item: a token }', (scope) => ({ item: textIn(scope, '-') }))),
    either(texts(fc.oneof(fc.constantFrom('item', 'heavyBatchToken', 'heavyBatchContext'), oddString), oddString), made('{ [a token]: a text }', (scope) => ({ [textIn(scope, 'item')]: '-' }))),
  ),
  environment: prop(
    either(plain<{ [name: string]: string }>({}, { MODE: 'all' }, { A: '"', B: '日本' }), made('{ MODE: a token }', (scope) => ({ MODE: textIn(scope, 'all') }))),
    either(texts(fc.oneof(fc.constantFrom('MODE', 'a=b', '1', 'a-b'), oddString), oddString), made('{ [a token]: a text }', (scope) => ({ [textIn(scope, 'MODE')]: 'all' }))),
  ),
  secrets: prop(secretsNamed(fc.constant('PASSWORD')), either(plain<{ [name: string]: batch.Secret }>({}), secretsNamed(fc.oneof(fc.constantFrom('MODE', 'A'), oddString)))),
  fileSystem: prop(fileSystems(fc.constant('/mnt/files')), fileSystems(oddPath)),
  volumes: prop(volumes, oddVolumes, hasInstances),
  jobRole: prop(roles, oddRoles),
  enableExecuteCommand: prop(flag, flag),
  sharedMemorySize: prop(either(sizes, sizeToken('mebibytes', 64)), oddSize, hasInstances),
  tmpfs: prop(
    either(plain<batch.Tmpfs[]>([], [{ containerPath: '/cache', size: Size.mebibytes(64), mountOptions: [batch.TmpfsMountOption.NOEXEC] }]),
      made('[one with tokens]', (scope) => [{ containerPath: textIn(scope, '/cache'), size: Size.mebibytes(numberIn(scope, 64)) }])),
    fc.tuple(oddPath, oddSize).map(([containerPath, value]) => value.map(`[{ containerPath: ${JSON.stringify(containerPath)}, size: ${value.text} }]`, (of) => [{ containerPath, size: of }])),
    hasInstances,
  ),
  devices: prop(
    plain<batch.Device[]>([], [{ hostPath: '/dev/fuse' }], [{ hostPath: '/dev/kvm', containerPath: '/dev/kvm', permissions: [batch.DevicePermission.READ] }]),
    either(data(fc.array(device, { maxLength: 2 })),
      made('[one with a token]', (scope) => [{ hostPath: textIn(scope, '/dev/fuse') }])),
    hasInstances,
  ),
  ulimits: prop(
    either(
      plain<batch.Ulimit[]>([], [{ name: NOFILE, softLimit: 1024, hardLimit: 4096 }], [{ name: CORE, softLimit: 0, hardLimit: -1 }]),
      made('[one with tokens]', (scope) => [{ name: NOFILE, softLimit: numberIn(scope, 1), hardLimit: numberIn(scope, 2) }]),
    ),
    data(fc.array(fc.record({ name: fc.constantFrom(...Object.values(batch.UlimitName)), softLimit: limits, hardLimit: limits }), { maxLength: 2 })),
    hasInstances,
  ),
  initProcessEnabled: prop(flag, flag),
  privileged: prop(flag, flag, hasInstances),
  readonlyRootFilesystem: prop(flag, flag),
  user: prop(either(plain('nobody', '1000:1000'), textToken('1000')), oddText),
} satisfies PropTable<HeavyBatchContainerProps>;
