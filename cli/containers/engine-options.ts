import type { EngineKind } from './engine-program';
import { ContainerRequest, ContainerStartError, Mount } from '../../emulator/services/batch/containers';

/** What the options of a container depend on besides its request. */
export interface EngineContext {
  readonly kind: EngineKind;
  readonly directoryOf: (mount: Mount) => string;
  /** Whether the processes of this machine are confined by SELinux. */
  readonly selinux?: boolean;
  /** The names of the variables that the engine's own program reads or may read. */
  readonly ownVariables: ReadonlySet<string>;
  /** Those of them that the container gets unchanged. */
  readonly passed?: ReadonlySet<string>;
}

/**
 * The options of `docker create` for a container of AWS Batch. Podman, Finch and nerdctl have the same ones.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html
 */
export function containerOptions(request: ContainerRequest, context: EngineContext): string[] {
  const { User: user, Privileged: privileged, ReadonlyRootFilesystem: readOnly, LinuxParameters: linux = {} } = request.properties;
  return [
    // Batch uses the network of the instance. On Fargate a task has an interface of its own, to which the network of this machine is closest.
    // https://docs.aws.amazon.com/batch/latest/userguide/networking.html
    '--network', 'host',
    ...cpuOptions(request),
    ...memoryOptions(request),
    ...ulimitOptions(request),
    ...linux.SharedMemorySize ? ['--shm-size', `${linux.SharedMemorySize}m`] : [],
    ...linux.InitProcessEnabled ? ['--init'] : [],
    ...(linux.Tmpfs ?? []).flatMap((tmpfs: any) => ['--tmpfs', tmpfsOption(tmpfs)]),
    ...(linux.Devices ?? []).flatMap((device: any) => ['--device', deviceOption(device)]),
    ...request.gpus ? gpuOptions(request.gpus, context.kind) : [],
    ...privileged ? ['--privileged'] : [],
    ...readOnly ? ['--read-only'] : [],
    ...user ? ['--user', String(user)] : [],
    ...platformOptions(request),
    ...environmentOptions(request.environment, context),
    ...volumeOptions(request, context),
  ];
}

export function isOnFargate({ properties }: Pick<ContainerRequest, 'properties'>): boolean {
  return properties.FargatePlatformConfiguration !== undefined;
}

/**
 * On instances the vCPUs are shares: a container may use what no other container uses, as `vcpus` of ContainerProperties says. Fargate has no
 * more than the task asks for. The limit is a quota, because Docker refuses `--cpus` above the number of CPUs of its machine.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html
 */
function cpuOptions(request: ContainerRequest): string[] {
  if (!isOnFargate(request)) return ['--cpu-shares', String(Math.max(LEAST_SHARES, Math.round(request.vcpus * SHARES_PER_VCPU)))];
  return ['--cpu-period', String(CPU_PERIOD), '--cpu-quota', String(Math.round(request.vcpus * CPU_PERIOD))];
}

const SHARES_PER_VCPU = 1024;
const LEAST_SHARES = 2;
/** Microseconds, the default of Linux. */
const CPU_PERIOD = 100_000;

/**
 * Without `MaxSwap` a container may swap where its instance does, and the AMIs that Batch uses have no swap. This machine may have some, and a
 * container that needs it would be killed in AWS. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-swap.html
 */
function memoryOptions({ memory, properties: { LinuxParameters: { MaxSwap: maxSwap, Swappiness: swappiness } = {} as any } }: ContainerRequest): string[] {
  const megabytes = Math.max(LEAST_MEMORY, memory);
  return [
    '--memory', `${megabytes}m`, '--memory-swap', `${megabytes + Number(maxSwap ?? 0)}m`,
    ...maxSwap !== undefined && swappiness !== undefined ? ['--memory-swappiness', String(swappiness)] : [],
  ];
}

/** MiB. Docker refuses less: https://docs.docker.com/engine/containers/resource_constraints/ */
const LEAST_MEMORY = 6;

/** A job definition has at most one limit of each name. What it does not limit has the default of the instance, or of Fargate. */
function ulimitOptions(request: ContainerRequest): string[] {
  const given: any[] = request.properties.Ulimits ?? [];
  const limits = given.map(({ Name: name, SoftLimit: soft, HardLimit: hard }) => `${name}=${soft}:${hard}`);
  const open = given.some(({ Name: name }) => name === 'nofile') ? [] : [`nofile=${isOnFargate(request) ? NOFILE_ON_FARGATE : NOFILE_ON_INSTANCES}`];
  return [...limits, ...open].flatMap((limit) => ['--ulimit', limit]);
}

/** `/etc/sysconfig/docker` of Amazon Linux: `OPTIONS="--default-ulimit nofile=32768:65536"`. */
const NOFILE_ON_INSTANCES = '32768:65536';
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html */
const NOFILE_ON_FARGATE = '65535:65535';

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_Tmpfs.html */
function tmpfsOption({ ContainerPath: path, Size: size, MountOptions: options = [] }: any): string {
  return `${path}:${[`size=${size}m`, ...options].join(',')}`;
}

/** Without permissions a container may do all three. https://docs.aws.amazon.com/batch/latest/APIReference/API_Device.html */
function deviceOption({ HostPath: host, ContainerPath: path = host, Permissions: permissions = [] }: any): string {
  const letters = permissions.map((permission: string) => ({ READ: 'r', WRITE: 'w', MKNOD: 'm' })[permission] ?? '').join('');
  return `${host}:${path}:${letters || 'rwm'}`;
}

/** Podman names GPUs as CDI devices: https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/cdi-support.html */
function gpuOptions(gpus: number, kind: EngineKind): string[] {
  return kind === 'podman' ? ['--device', 'nvidia.com/gpu=all'] : ['--gpus', String(gpus)];
}

function platformOptions({ image }: ContainerRequest): string[] {
  return image?.platform ? ['--platform', image.platform] : [];
}

/**
 * A name alone makes the engine read the value from its own environment, where other users of this machine do not see it. A variable that the
 * engine's program itself may read, such as PATH or DOCKER_HOST, must not reach it, so its value is a part of the option.
 */
function environmentOptions(environment: Readonly<Record<string, string>>, variables: Variables): string[] {
  return Object.entries(environment).flatMap(([name, value]) => ['--env', isOwnVariable(name, variables) ? `${name}=${value}` : name]);
}

/** The variables of the container that the engine's program gets. */
export function handedOver(environment: Readonly<Record<string, string>>, variables: Variables): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isOwnVariable(name, variables)));
}

type Variables = Pick<EngineContext, 'ownVariables' | 'passed'>;

function isOwnVariable(name: string, { ownVariables, passed }: Variables): boolean {
  return passed?.has(name) !== true && !KEYS.has(name) && (ownVariables.has(name) || READ_BY_ENGINES.test(name));
}

/** An engine reads them for a pull only, and the image is there when its container is created. */
const KEYS = new Set(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);

/** What the clients of Docker and Podman, the runtime of Go, and the loader of Linux read. */
const READ_BY_ENGINES = new RegExp('^(?:PATH|HOME|USER|TMPDIR|(?:HTTPS?|NO|ALL|FTP)_PROXY|'
  + '(?:DOCKER|BUILDKIT|BUILDX|BUILDAH|CONTAINERS?|CONTAINERD|REGISTRY|PODMAN|NERDCTL|FINCH|LIMA|XDG|DBUS|SSH|SSL|GO|OTEL|LD)[A-Z_]*)$', 'i');

/** Behind a colon, an engine would read options, such as `z`, which changes the labels of a directory of this machine. */
function withoutColon(file: string): string {
  if (file.includes(':')) throw new ContainerStartError(`CannotCreateContainerError: the path ${file} of a volume has a colon, which container engines cannot mount`);
  return file;
}

function volumeOptions({ mounts }: ContainerRequest, { directoryOf, selinux }: EngineContext): string[] {
  const volumes = mounts.flatMap((mount) => ['--volume', `${withoutColon(directoryOf(mount))}:${withoutColon(mount.containerPath)}${mount.readOnly ? ':ro' : ''}`]);
  // SELinux hides the files of this machine from containers. To label them anew would change directories of the user.
  // https://docs.docker.com/engine/storage/bind-mounts/
  return selinux && volumes.length > 0 ? ['--security-opt', 'label=disable', ...volumes] : volumes;
}
