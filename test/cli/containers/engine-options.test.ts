import { containerOptions, handedOver } from '../../../cli/containers/engine-options';
import type { EngineKind } from '../../../cli/containers/engine-program';
import type { ContainerRequest } from '../../../emulator/services/batch/containers';

const REQUEST: ContainerRequest = {
  jobId: 'j',
  jobName: 'n',
  attempt: 1,
  imageUri: 'x',
  vcpus: 2,
  memory: 512,
  jobQueueArn: 'q',
  properties: {},
  environment: {},
  mounts: [],
  onOutput: () => undefined,
};
const FARGATE = { FargatePlatformConfiguration: { PlatformVersion: 'LATEST' } };

function optionsOf(request: Partial<ContainerRequest>, { kind = 'docker' as EngineKind, selinux = false } = {}): string {
  const context = { kind, selinux, directoryOf: ({ containerPath }: { containerPath: string }) => `/here${containerPath}`, ownVariables: new Set(['TERM']) };
  return containerOptions({ ...REQUEST, ...request }, context).join(' ');
}

test('a container on an instance has the network of its host, shares of its CPUs, memory without swap, and the limits of Amazon Linux', () => {
  expect(optionsOf({})).toBe('--network host --cpu-shares 2048 --memory 512m --memory-swap 512m --ulimit nofile=32768:65536');
});

test('a container on Fargate has no more than its vCPUs, and the limits of Fargate', () => {
  expect(optionsOf({ vcpus: 0.25, properties: FARGATE }))
    .toBe('--network host --cpu-period 100000 --cpu-quota 25000 --memory 512m --memory-swap 512m --ulimit nofile=65535:65535');
});

test('Docker gives no container less than 6 MiB', () => {
  expect(optionsOf({ memory: 4 })).toContain('--memory 6m --memory-swap 6m');
});

test.each<[string, Record<string, any>, string]>([
  ['swap', { LinuxParameters: { MaxSwap: 100, Swappiness: 10 } }, '--memory 512m --memory-swap 612m --memory-swappiness 10'],
  ['no swap', { LinuxParameters: { MaxSwap: 0 } }, '--memory 512m --memory-swap 512m --ulimit'],
  ['a swappiness without swap, which is ignored', { LinuxParameters: { Swappiness: 10 } }, '--memory-swap 512m --ulimit'],
  ['shared memory', { LinuxParameters: { SharedMemorySize: 128 } }, '--shm-size 128m'],
  ['an init process', { LinuxParameters: { InitProcessEnabled: true } }, '--init'],
  ['a file system in memory', { LinuxParameters: { Tmpfs: [{ ContainerPath: '/fast', Size: 64, MountOptions: ['noexec', 'nosuid'] }] } }, '--tmpfs /fast:size=64m,noexec,nosuid'],
  ['a file system in memory without options', { LinuxParameters: { Tmpfs: [{ ContainerPath: '/fast', Size: 64 }] } }, '--tmpfs /fast:size=64m'],
  ['a device', { LinuxParameters: { Devices: [{ HostPath: '/dev/fuse' }] } }, '--device /dev/fuse:/dev/fuse:rwm'],
  ['a device at another path', { LinuxParameters: { Devices: [{ HostPath: '/dev/a', ContainerPath: '/dev/b', Permissions: ['READ', 'MKNOD'] }] } }, '--device /dev/a:/dev/b:rm'],
  ['its own number of open files', { Ulimits: [{ Name: 'nofile', SoftLimit: 10, HardLimit: 20 }] }, '--memory-swap 512m --ulimit nofile=10:20'],
  ['another limit', { Ulimits: [{ Name: 'core', SoftLimit: 0, HardLimit: -1 }] }, '--ulimit core=0:-1 --ulimit nofile=32768:65536'],
  ['privileges', { Privileged: true }, '--privileged'],
  ['files that are read-only', { ReadonlyRootFilesystem: true }, '--read-only'],
  ['a user', { User: '1000:1000' }, '--user 1000:1000'],
])('a job definition may give a container %s', (_, properties, expected) => {
  expect(optionsOf({ properties })).toContain(expected);
});

test('false in a job definition sets no option', () => {
  const nothing = { Privileged: false, ReadonlyRootFilesystem: false, LinuxParameters: { InitProcessEnabled: false, Tmpfs: [], Devices: [] }, Ulimits: [] };
  expect(optionsOf({ properties: nothing })).toBe(optionsOf({}));
});

test.each<[EngineKind, string]>([
  ['docker', '--gpus 2'],
  ['finch', '--gpus 2'],
  ['nerdctl', '--gpus 2'],
  ['podman', '--device nvidia.com/gpu=all'],
])('%s has its own option for GPUs', (kind, expected) => {
  expect(optionsOf({ gpus: 2 }, { kind })).toContain(expected);
  expect(optionsOf({ gpus: 0 }, { kind })).not.toContain('gpu');
});

test('a volume and a read-only volume are mounted', () => {
  const mounts = [{ containerPath: '/a', readOnly: false }, { containerPath: '/b', readOnly: true }];
  expect(optionsOf({ mounts })).toMatch(/ --volume \/here\/a:\/a --volume \/here\/b:\/b:ro$/);
});

test('where SELinux is in use, a container with volumes is not confined by it', () => {
  expect(optionsOf({ mounts: [{ containerPath: '/a', readOnly: false }] }, { selinux: true })).toMatch(/ --security-opt label=disable --volume \/here\/a:\/a$/);
  expect(optionsOf({}, { selinux: true })).not.toContain('--security-opt');
});

test('the image of another platform is asked for', () => {
  expect(optionsOf({ image: { directory: '/d', dockerfile: 'Dockerfile', buildArgs: {}, platform: 'linux/arm64' } })).toContain('--platform linux/arm64');
});

test('a value is handed over through the environment, where other users do not see it', () => {
  const environment = { SECRET: 'a\nb"c', EMPTY: '' };
  expect(optionsOf({ environment })).toMatch(/ --env SECRET --env EMPTY$/);
  expect(handedOver(environment, { ownVariables: new Set() })).toEqual(environment);
});

test('keys of the run are handed over through the environment, also where the person has others', () => {
  const environment = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_PROFILE: 'x' };
  const ownVariables = new Set(Object.keys(environment));
  expect(containerOptions({ ...REQUEST, environment }, { kind: 'docker', directoryOf: () => '', ownVariables }).slice(-6))
    .toEqual(['--env', 'AWS_ACCESS_KEY_ID', '--env', 'AWS_SECRET_ACCESS_KEY', '--env', 'AWS_PROFILE=x']);
  expect(handedOver(environment, { ownVariables })).toEqual({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' });
});

test('a variable that the person passes on is read from the environment of the engine, so that other users do not see its value', () => {
  const environment = { TERM: 'x', HTTPS_PROXY: 'http://me:secret@proxy', PATH: '/own' };
  const context = { kind: 'docker' as const, directoryOf: () => '', ownVariables: new Set(['TERM', 'PATH']), passed: new Set(['TERM', 'HTTPS_PROXY']) };
  expect(containerOptions({ ...REQUEST, environment }, context).slice(-6)).toEqual(['--env', 'TERM', '--env', 'HTTPS_PROXY', '--env', 'PATH=/own']);
});

test.each([['/a:/b', '/here'], ['/a', '/here:z']])('a volume at %s, of %s, whose colon would be read as options, is refused', (containerPath, directory) => {
  const context = { kind: 'docker' as const, directoryOf: () => directory, ownVariables: new Set<string>() };
  expect(() => containerOptions({ ...REQUEST, mounts: [{ containerPath, readOnly: false }] }, context)).toThrow(/has a colon, which container engines cannot mount/);
});

test.each(['PATH', 'HOME', 'DOCKER_HOST', 'CONTAINERS_CONF', 'CONTAINER_HOST', 'https_proxy', 'LD_PRELOAD', 'GODEBUG', 'XDG_RUNTIME_DIR', 'TERM'])(
  'the variable %s of a container does not reach the program of the engine, which may read it', (name) => {
    expect(optionsOf({ environment: { [name]: 'x' } })).toContain(`--env ${name}=x`);
    expect(handedOver({ [name]: 'x' }, { ownVariables: new Set(['TERM']) })).toEqual({});
  });
