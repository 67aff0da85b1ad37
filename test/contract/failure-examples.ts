import type { FailureReason } from '../../src/contract/errors';

/** How an attempt ended, in the words of AWS, and what it means. */
export interface FailureExample {
  readonly platforms: readonly ('EC2' | 'Fargate')[];
  readonly statusReason: string;
  /** The container's. */
  readonly reason?: string;
  readonly exitCode?: number;
  readonly means: FailureReason;
  /** Another attempt would change nothing. */
  readonly final?: true;
  /** The prefixes of the retry rules cannot tell it from what is transient. Says why that is accepted. */
  readonly retriedAnyway?: string;
}

const EXITED = 'Essential container in task exited';
const NOT_STARTED = 'Task failed to start';
const RUNC = 'OCI runtime create failed: runc create failed: unable to start container process:';
const DOCKER = 'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task:';
const FARGATE = 'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task:';
const AUTH = 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:';
const EFS = 'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr:';
const OLD_DOCKER = 'the words of a Docker before version 24, or of a runc before version 1.1, which the current images of AWS do not have';

const ec2 = (means: FailureReason, statusReason: string, reason?: string, more: Partial<FailureExample> = {}): FailureExample => ({ platforms: ['EC2'], statusReason, reason, means, ...more });
const fargate = (means: FailureReason, statusReason: string, reason?: string, more: Partial<FailureExample> = {}): FailureExample => ({ platforms: ['Fargate'], statusReason, reason, means, ...more });

/** Texts from AWS's documentation, from the source of the ECS agent, and from public reports. */
export const FAILURE_EXAMPLES: readonly FailureExample[] = [
  fargate('SpotReclaimed', 'Your Spot Task was interrupted.'),
  ec2('HostLost', 'Host EC2 (instance i-0737c70432d64f82a) terminated.'),
  ec2('HostLost', 'Host EC2 (instance i-0737c70432d64f82a) stopped.', undefined, { exitCode: 143 }),
  ec2('HostLost', 'Host EC2 Terminated'),

  ec2('OutOfMemory', EXITED, 'OutOfMemoryError: Container killed due to memory usage', { exitCode: 137, final: true }),
  ec2('OutOfMemory', EXITED, 'OutOfMemoryError: Container killed due to memory usage', { exitCode: 0, final: true }),
  fargate('OutOfMemory', EXITED, 'OutOfMemoryError: Container killed due to memory usage', { exitCode: 137, final: true }),
  fargate('OutOfMemory', 'OutOfMemoryError: Container killed due to memory usage', 'OutOfMemoryError: Container killed due to memory usage', { exitCode: 137, final: true }),
  fargate('OutOfMemory', 'OutOfMemoryError: Container killed due to memory usage', undefined, { exitCode: 137, final: true }),

  ec2('DiskFull', NOT_STARTED, 'CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob887491687: no space left on device'),
  ec2('DiskFull', NOT_STARTED, 'CannotPullContainerError: failed to register layer: devmapper: Thin Pool has 4446 free data blocks which is less than minimum required 4454 free data blocks.'),
  ec2('DiskFull', NOT_STARTED, 'CannotCreateContainerError: Error response from daemon: mkdir /var/lib/docker/overlay2/1: no space left on device'),
  fargate('DiskFull', 'CannotPullContainerError: failed to register layer: Error processing tar file(exit status 1): write /a: no space left on device'),

  ec2('InvalidCommand', NOT_STARTED, `${DOCKER} ${RUNC} exec: "/usr/local/bin/_entrypoint.sh": stat /usr/loca`, { final: true }),
  ec2('InvalidCommand', NOT_STARTED, `${DOCKER} ${RUNC} error during container init: exec: "worker": executable file not found in $PATH`, { final: true }),
  ec2('InvalidCommand', NOT_STARTED, `${DOCKER} ${RUNC} error during container init: exec: "/entrypoint.sh": permission denied: unknown`, { final: true }),
  ec2('InvalidCommand', NOT_STARTED, `CannotStartContainerError: Error response from daemon: failed to create shim task: ${RUNC} exec: "/x": stat /x: no such file or directory: unknown`,
    { final: true, retriedAnyway: OLD_DOCKER }),
  ec2('InvalidCommand', NOT_STARTED,
    'CannotStartContainerError: Error response from daemon: OCI runtime create failed: container_linux.go:348: starting container process caused "exec: \\"gzipdata\\": executable file not found in $PATH": unknown',
    { final: true, retriedAnyway: OLD_DOCKER }),
  fargate('InvalidCommand', NOT_STARTED, `${FARGATE} failed to create shim task: ${RUNC} exec: "019552fb-18b7": executable file not found in $PATH: unknown`, { final: true }),
  fargate('InvalidCommand', NOT_STARTED, `${FARGATE} failed to create shim task: ${RUNC} error during container init: exec: "/x": permission denied: unknown`, { final: true }),
  fargate('InvalidCommand', NOT_STARTED, `${FARGATE} failed to create shim: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "-url": executable file not found in`,
    { final: true, retriedAnyway: OLD_DOCKER }),

  ec2('RoleUnavailable', "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/job' that was provided for this task. Please verify that the role being passed has the proper trust relationship"),
  ec2('RoleUnavailable', NOT_STARTED, "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/job' that was provided for this task."),
  ec2('RoleUnavailable', NOT_STARTED, 'HostConfigError: Unable to get execution role credentials for task'),
  ec2('RoleUnavailable', 'ssm secret resource: unable to find execution role credentials'),
  fargate('RoleUnavailable', "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/job' that was provided for this task."),

  ec2('ImagePull', NOT_STARTED, 'CannotPullContainerError: Error response from daemon: manifest for app:1 not found: manifest unknown: Requested image not found'),
  ec2('ImagePull', NOT_STARTED, 'CannotPullContainerError: context canceled'),
  ec2('ImagePull', NOT_STARTED, 'CannotPullContainerError: inactivity time exceeded timeout while pulling image'),
  ec2('ImagePull', EXITED, 'CannotPullContainerError: API error (404): repository serverless-batch not found: does not exist or no pull access'),
  ec2('ImagePull', NOT_STARTED, 'CannotPullContainerError: Error response from daemon: toomanyrequests: You have reached your pull rate limit.'),
  ec2('ImagePull', NOT_STARTED, 'CannotPullECRContainerError: AccessDeniedException: not authorized to perform: ecr:GetAuthorizationToken'),
  ec2('ImagePull', NOT_STARTED, 'CannotPullContainerAuthError: engine docker private registry credentials: not found'),
  ec2('ImagePull', 'asm fetching authorization data: unable to unmarshal secret value, invalid schema'),
  fargate('ImagePull', 'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref quay.io/x: dial tcp 3.210.148.47:443: i/o timeout'),
  fargate('ImagePull', NOT_STARTED, "ref pull has been retried 1 time(s): number of layers and diffIDs don't match: 3 != 15."),
  fargate('ImagePull', `${AUTH} unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed`),
  fargate('ImagePull', NOT_STARTED, `${AUTH} unable to retrieve ecr registry auth: service call has been retried 3 time(s)`),

  ec2('Infrastructure', NOT_STARTED, 'CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to retrieve OCI runtime error: exec: "nvidia-container-runtime": not found'),
  ec2('Infrastructure', NOT_STARTED, 'CannotStartContainerError: Error response from daemon: failed to start shim: exec: "containerd-shim-runc-v2": executable file not found in $PATH'),
  ec2('SecretUnavailable', 'Unable to create SSM client in us-east-1: no credentials'),
  ec2('SecretUnavailable', 'Fetching secret data from AWS Secrets Manager in region us-east-1: secret x: RequestError'),
  ec2('SecretUnavailable', 'Fetching secret data from SSM Parameter Store in us-east-1: AccessDeniedException: not authorized to perform: ssm:GetParameters'),
  ec2('SecretUnavailable', "ResourceNotFoundException: The task can't retrieve the secret with ARN 'arn:x' from AWS Secrets Manager. Check whether the secret exists in the specified Region"),
  ec2('SecretUnavailable', NOT_STARTED, 'DockerClientConfigError: task secret data: unable to fetch SSM Secrets resource'),
  fargate('SecretUnavailable', `${AUTH} unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:x from secrets manager: RequestCanceled`),
  fargate('SecretUnavailable', `${AUTH} unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /key`),
  fargate('SecretUnavailable', 'ResourceInitializationError: unable to pull secrets or registry auth: pull command failed: : signal: killed'),

  ec2('FileSystemUnavailable', 'Error response from daemon: create ecs-x: Post http://%2Frun%2Fdocker%2Fplugins%2Famazon-ecs-volume-plugin.sock/VolumeDriver.Create: context deadline exceeded'),
  ec2('FileSystemUnavailable', 'create ecs-x: VolumeDriver.Create: mounting volume failed: mount.nfs4: Connection timed out'),
  ec2('FileSystemUnavailable', NOT_STARTED, "CannotStartContainerError: API error (500): error while mounting volume '/rootfs': VolumeDriver.Mount: Mount failed, get service member error Timeout"),
  ec2('FileSystemUnavailable', NOT_STARTED, 'HostConfigError: Unable to resolve volume mounts; invalid path: data /data'),
  fargate('FileSystemUnavailable', `${EFS} mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32`),
  fargate('FileSystemUnavailable', `${EFS} Failed to resolve "fs-1.efs.us-east-1.amazonaws.com" - check that your file system ID is correct`),
  fargate('FileSystemUnavailable', 'Timeout waiting for EBS volume to attach.'),

  ec2('Infrastructure', NOT_STARTED, 'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s'),
  ec2('Infrastructure', EXITED, 'DockerTimeoutError: Could not transition to stopped; timed out after waiting 2m30s', { exitCode: 0 }),
  ec2('Infrastructure', EXITED, 'CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s'),
  ec2('Infrastructure', EXITED, 'DockerStateError: failed to shutdown container', { exitCode: 255 }),
  ec2('Infrastructure', EXITED, 'ContainerVanishedError: No container matching saved ID found'),
  ec2('Infrastructure', NOT_STARTED, 'CannotGetDockerclientError: (v1.21) - Cannot connect to the Docker daemon'),
  ec2('Infrastructure', NOT_STARTED, 'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ThrottlingException: Rate exceeded'),
  ec2('Infrastructure', NOT_STARTED, `${DOCKER} ${RUNC} error during container init: error running hook #0: error running hook: exit status 1`),
  ec2('Infrastructure', NOT_STARTED, 'HostConfigError: Unable to decode given host config: x'),
  ec2('Infrastructure', NOT_STARTED, 'UnknownError: x'),
  ec2('Infrastructure', "CgroupError: Agent could not create task's platform resources"),
  ec2('Infrastructure', "TaskStateError: Agent could not progress task's state to stopped"),
  ec2('Infrastructure', 'resource cannot be initialized for task arn:x: x'),
  ec2('Infrastructure', 'Timeout waiting for network interface provisioning to complete.'),
  ec2('Infrastructure', NOT_STARTED),
  fargate('Infrastructure', 'Timeout waiting for network interface provisioning to complete.'),
  fargate('Infrastructure', NOT_STARTED, `${FARGATE} failed to create shim task: ${RUNC} error during container init: error creating device nodes: mknod /dev/null: errno 524: unknown`),
  fargate('Infrastructure', 'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream'),
  fargate('Infrastructure', 'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m: x'),
  fargate('Infrastructure', 'ContainerRuntimeError: failed to create container IO set: x'),
];
