import type { ContainerExit } from '../emulator/services/batch/containers';
import type { FailureReason } from '../src/contract/errors';

/** What a run has to report, in the terms of a verdict. */
export type ActualOutcome = 'SUCCEEDED' | FailureReason;

/** How an attempt ends: what actually happened, and what AWS Batch is told about it. */
export interface Ending {
  /** What actually happened. The oracle reads only this, and nothing that AWS Batch reports. */
  readonly outcome: ActualOutcome;
  /** What the ECS agent reports at the end. Undefined when the container never ends by itself. */
  readonly exit?: ContainerExit;
  /** Why the container cannot start. Undefined when it starts. */
  readonly startError?: StartError;
}

/** The `reason` is the container's. The `statusReason` is the task's, `Task failed to start` by default. */
interface StartError {
  readonly reason?: string;
  readonly statusReason?: string;
}

const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';
const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:database-AbCdEf';
const RUNC = 'OCI runtime create failed: runc create failed: unable to start container process';

const doesNotStart = (outcome: ActualOutcome, startError: StartError) => () => ({ outcome, startError });

/**
 * The wording is AWS's own, written here a second time on purpose: the oracle must not depend on the library's reason table.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html,
 * https://docs.aws.amazon.com/batch/latest/userguide/troubleshooting.html; where these pages do not have it, it is that of the ECS agent
 * (https://github.com/aws/amazon-ecs-agent) or of the report in the comment.
 */
const ENDINGS: Record<string, (exitCode: number) => Ending> = {
  'exit': (exitCode) => ({ outcome: exitCode === 0 ? 'SUCCEEDED' : 'ExitCode', exit: { exitCode } }),
  'out of memory': (exitCode) => ({ outcome: 'OutOfMemory', exit: { exitCode, reason: OUT_OF_MEMORY } }),
  // On instances the same text stands for a Spot reclaim and for a host that is lost: the queue decides.
  'host reclaimed': () => ({ outcome: 'SpotReclaimed', exit: { statusReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' } }),
  'Spot task interrupted': () => ({ outcome: 'SpotReclaimed', exit: { statusReason: 'Your Spot Task was interrupted.' } }), // https://github.com/nextflow-io/nextflow/issues/5786
  'image not found': doesNotStart('ImagePull', { reason: 'CannotPullContainerError: Error response from daemon: manifest for app:1 not found: manifest unknown' }),
  'image pull canceled': doesNotStart('ImagePull', { reason: 'CannotPullContainerError: context canceled' }), // https://github.com/nextflow-io/nextflow/issues/4096
  'image pull times out on Fargate': doesNotStart('ImagePull', { statusReason: 'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: dial tcp 10.0.0.1:443: i/o timeout' }),
  'disk full': doesNotStart('DiskFull', { reason: 'CannotPullContainerError: failed to register layer: write /data: no space left on device' }),
  'docker timeout': (exitCode) => ({ outcome: 'Infrastructure', exit: { exitCode, reason: 'DockerTimeoutError: Could not transition to stopped; timed out after waiting 2m0s' } }),
  'docker cannot inspect': (exitCode) => ({ outcome: 'Infrastructure', exit: { exitCode, reason: 'CannotInspectContainerError: Could not transition to stopped' } }),
  'docker cannot start': doesNotStart('Infrastructure', { reason: 'CannotStartContainerError: Error response from daemon: OCI runtime create failed' }),
  'docker cannot create in time': doesNotStart('Infrastructure', { reason: 'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s' }), // https://github.com/nextstrain/cli/issues/405
  'log stream throttled': doesNotStart('Infrastructure', { // https://github.com/ASFHyP3/hyp3/issues/936
    reason: 'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ThrottlingException: Rate exceeded',
  }),
  'host configuration refused': doesNotStart('Infrastructure', { reason: 'HostConfigError: Unable to decode given host config: unexpected end of JSON input' }),
  'cgroup not created': doesNotStart('Infrastructure', { statusReason: "CgroupError: Agent could not create task's platform resources" }), // https://github.com/nextflow-io/nextflow/issues/5380
  'container vanished': () => ({ outcome: 'Infrastructure', exit: { reason: 'ContainerVanishedError: No container matching saved ID found' } }), // the instance was restarted
  'task state lost': doesNotStart('Infrastructure', { statusReason: "TaskStateError: Agent could not progress task's state to stopped" }),
  'network interface late': doesNotStart('Infrastructure', { statusReason: 'Timeout waiting for network interface provisioning to complete.' }),
  'disk late': doesNotStart('Infrastructure', { statusReason: 'Timeout waiting for EphemeralStorage provisioning to complete.' }),
  'command not found': doesNotStart('InvalidCommand', { // https://github.com/nextflow-io/nextflow/issues/5657
    reason: `CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: ${RUNC}: exec: "/work/run": stat /work/run: no such file or directory: unknown`,
  }),
  'command not executable': doesNotStart('InvalidCommand', {
    reason: `CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: ${RUNC}: error during container init: exec: "/work": permission denied: unknown`,
  }),
  'command not found on Fargate': doesNotStart('InvalidCommand', {
    reason: `CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: ${RUNC}: exec: "work": executable file not found in $PATH: unknown`,
  }),
  'secret not fetched': doesNotStart('SecretUnavailable', { // https://github.com/awsdocs/amazon-ecs-developer-guide/issues/110
    statusReason: `Fetching secret data from AWS Secrets Manager in region us-east-1: secret ${SECRET}: RequestError: send request failed`,
  }),
  'secret not found': doesNotStart('SecretUnavailable', {
    statusReason: `ResourceNotFoundException: The task can't retrieve the secret with ARN '${SECRET}' from AWS Secrets Manager. Check whether the secret exists in the specified Region`,
  }),
  'secret not fetched on Fargate': doesNotStart('SecretUnavailable', {
    statusReason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret ${SECRET} from secrets manager`,
  }),
  'role not assumed': doesNotStart('RoleUnavailable', { // https://github.com/Netflix/metaflow/pull/185
    statusReason: "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/JobRole' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions",
  }),
  'file system not mounted': doesNotStart('FileSystemUnavailable', { statusReason: 'create ecs-work-1-data-c0ffee: VolumeDriver.Create: mounting volume failed: mount.nfs4: Connection timed out' }),
  'file system not mounted on Fargate': doesNotStart('FileSystemUnavailable', {
    statusReason: 'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-0123456789abcdef0.efs.us-east-1.amazonaws.com"',
  }),
  'killed without a reason': () => ({ outcome: 'Unknown', exit: { exitCode: 137 } }),
  'unknown reason': () => ({ outcome: 'Unknown', exit: { reason: 'CosmicRayError: a bit was turned over' } }),
  'two unknown reasons': doesNotStart('Unknown', { reason: 'CosmicRayError: a bit was turned over', statusReason: 'SolarFlareError: the sky was too bright' }),
  'never': () => ({ outcome: 'AttemptTimeout' }),
};

export const ENDING_NAMES = Object.keys(ENDINGS);

/** Reads `exit 3`, `out of memory, exit 0` or `host reclaimed`; undefined for an unknown ending. */
export function readEnding(text: string): Ending | undefined {
  const [, name, exitCode] = /^(.*?)(?:,? ?\bexit (\d+))?$/.exec(text.trim())!;
  const key = name === '' ? 'exit' : name.trim();
  if (!(key in ENDINGS) || (key === 'exit' && exitCode === undefined)) return undefined;
  return ENDINGS[key](Number(exitCode ?? 0));
}
