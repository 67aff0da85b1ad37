import type { FailureReason } from './errors';
import { ATTEMPT_TIMEOUT_PREFIX, QUEUE_TIMEOUT_PREFIX, START_TIMEOUT_PREFIX } from './terminations';

/** Texts of AWS that say why a job failed. The verdict goes by them, and the retry rules of a job definition are tested against them. */

/** A family of texts that all say the same. */
export interface FailureFamily {
  readonly pattern: RegExp;
  readonly reason: FailureReason;
  /** Whether another attempt may succeed although nobody changed anything. */
  readonly transient: boolean;
  /** Where the texts are documented, made or reported. */
  readonly source: string;
}

/** What Batch says of the whole job. It counts before everything that a container left behind. */
export const STATEMENTS: readonly Pick<FailureFamily, 'pattern' | 'reason' | 'source'>[] = [
  { pattern: new RegExp(`^(${QUEUE_TIMEOUT_PREFIX}|${START_TIMEOUT_PREFIX})`), reason: 'Stuck', source: 'src/contract/terminations.ts' },
  { pattern: new RegExp(`^${ATTEMPT_TIMEOUT_PREFIX}`), reason: 'AttemptTimeout', source: 'src/contract/terminations.ts' },
  {
    pattern: /^Canceled by JobStateTimeLimit action/i,
    reason: 'Stuck',
    source: 'https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html',
  },
  {
    pattern: /^Job attempt duration exceeded timeout/i,
    reason: 'AttemptTimeout',
    source: 'https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html',
  },
];

const ERROR_CODES = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html';
const AGENT = 'https://github.com/aws/amazon-ecs-agent/blob/8dfceca6cf380a83c3007349317566f2862f0673';

/**
 * What ended an attempt. The first family that the attempt's status reason or its container's reason belongs to gives the reason. Which of
 * the two has the text depends on the platform and on the version of the agent. A text may be cut after 255 characters, so no pattern
 * needs its end.
 */
export const FAILURES: readonly FailureFamily[] = [
  {
    pattern: /^Your Spot Task was interrupted/i,
    reason: 'SpotReclaimed',
    transient: true,
    source: 'https://repost.aws/knowledge-center/fargate-spot-termination-notice',
  },
  {
    // The same text for a Spot reclaim. The verdict tells the two apart by the queue.
    pattern: /^Host EC2/i,
    reason: 'HostLost',
    transient: true,
    source: 'https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html',
  },
  {
    pattern: /^OutOfMemoryError/i,
    reason: 'OutOfMemory',
    transient: false,
    source: `${AGENT}/agent/dockerclient/dockerapi/errors.go#L64`,
  },
  {
    // In the words of Docker. Another instance may have space.
    pattern: /^(Cannot|Docker|ContainerRuntime|ResourceInitialization)[^]*(no space left on dev|Thin Pool has)/i,
    reason: 'DiskFull',
    transient: true,
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html',
  },
  {
    // In the words of runc, which has the command after `exec:`, whatever is wrong with it. Other words are about programs of the host, or its memory.
    pattern: /^(?![^]*(retrieve OCI runtime error|failed to start shim|cannot allocate memory|resource temporarily unavailable))(Cannot(Create|Start)Container|ContainerRuntime|ResourceInitialization)[^]*(\bexec: \\*"|no command specified)/i,
    reason: 'InvalidCommand',
    transient: false,
    source: 'https://github.com/nextflow-io/nextflow/issues/5657',
  },
  {
    pattern: /unable to assume (the |an )?(IAM )?role|execution (role )?credentials/i,
    reason: 'RoleUnavailable',
    transient: true,
    source: 'https://github.com/Netflix/metaflow/pull/185',
  },
  {
    // A missing image, a missing permission and a network without a route differ at the end of the text only.
    pattern: /^Cannot(Pull|Inspect ?Image)|^(image|ref|pull)\b.* has been retried|(?<!secrets or )registry auth|registry credentials|fetching authorization data|AuthorizationData is malformed/i,
    reason: 'ImagePull',
    transient: true,
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html',
  },
  {
    pattern: /fetching secret data|(pull|retrieve|fetch)\w* (the |an )?secrets?\b|(SSM|ASM) secret|create (SSM|ASM) client|secrets ?manager|SSM Parameter Store/i,
    reason: 'SecretUnavailable',
    transient: true,
    source: `${AGENT}/agent/taskresource/ssmsecret/ssmsecret.go#L263`,
  },
  {
    pattern: /EFS utils|mount\.(nfs|efs)|VolumeDriver\.|mounting volume|volume mounts|invalid (mount|volume)|Cannot(Create|Inspect|Remove)Volume|\b(EBS|FSx)\b|initialize volume/i,
    reason: 'FileSystemUnavailable',
    transient: true,
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html',
  },
  {
    // The errors of the ECS agent and of Fargate that no family above has.
    pattern: new RegExp(`^(${[
      'Cannot[A-Z]', 'Docker[A-Z]', 'Container(Runtime|Networking|Vanished)', 'Cgroup', 'HostConfig', 'ResourceInitialization', 'InvalidVolume', 'NoSuchContainer',
      'ImpossibleStateTransition', 'TaskState', 'TaskDependency', 'TaskStoppedBeforePull', 'Unknown',
    ].join('|')})\\w*Error\\b`, 'i'),
    reason: 'Infrastructure',
    transient: true,
    source: `${AGENT}/ecs-agent/api/errors/errors.go`,
  },
  {
    // The last of these says nothing by itself: it counts when no text says more.
    pattern: /^(Timeout waiting for|Capacity is unavailable|resource cannot be initialized|Task dependencies cannot be resolved|AGENT$|Task failed to start)/i,
    reason: 'Infrastructure',
    transient: true,
    source: ERROR_CODES,
  },
];

/**
 * The error of a pull. The agent goes on with an image that the instance has from before, and keeps the error as the container's reason. So
 * an exit code beside it says that the container ran, and the error is not why it ended.
 */
export const PULL_ERROR = /^(CannotPull|DockerTimeoutError: Could not transition to (\w+_)?pulled)/i;
