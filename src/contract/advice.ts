import { FailureReason, INVALID_INPUT, JOB_NOT_FOUND, ORCHESTRATION_FAILED } from './errors';

/** What to do when a run has failed. The guide on verdicts says more of each reason. */
const ADVICE = {
  'SpotReclaimed': 'Redrive the run. More instance types make Spot interruptions rarer, and `onDemandFallback` ends them.',
  'HostLost': 'Redrive the run. If it happens again, find out who or what stops the instances.',
  'OutOfMemory': 'Raise `memory` of the job, or set `maxMemory`, so that a further round gets more.',
  'DiskFull': 'Give the job a larger `scratchSize` or an `instanceStore`, or make the image smaller.',
  'ImagePull': 'Find out whether the subnets reach ECR, and whether the tag of the image exists.',
  'InvalidCommand': 'Correct the `command` of the job, or the image: the path of the program, or its permission to be executed.',
  'SecretUnavailable': 'Find out whether the secret exists, whether it has the JSON key, and whether the subnets reach Secrets Manager or Systems Manager.',
  'FileSystemUnavailable': 'Find out whether the file system has a mount target in each subnet, and admits the security group of the job.',
  'RoleUnavailable': 'The trust policy of the job role must name `ecs-tasks.amazonaws.com`.',
  'Infrastructure': 'Redrive the run, and read the message.',
  'AttemptTimeout': 'Raise `attemptTimeout` of the job, or let the job go on where it stopped.',
  'Stuck': 'Do what the message says: allow more instance types, or raise `maxvCpus` or `queueTimeout`.',
  'Cancelled': 'Redrive the run if its work is still wanted.',
  'ExitCode': 'Read the log: the program of the job failed.',
  'Unknown': 'Redrive the run, and read the message.',
  'States.Timeout': 'Raise `runTimeout` of the job.',
  [INVALID_INPUT]: 'Start a new run with the field corrected that the message names.',
  [JOB_NOT_FOUND]: 'Look for what the job wrote. A redrive does the work again.',
  [ORCHESTRATION_FAILED]: 'Fix what the message names, such as a missing permission, and start another run.',
} as const satisfies Record<FailureReason | 'States.Timeout' | typeof INVALID_INPUT | typeof JOB_NOT_FOUND | typeof ORCHESTRATION_FAILED, string>;

/** Undefined for a reason that is not known here. A newer version, or a state machine of another kind, may have written it. */
export function adviceOn(reason: string): string | undefined {
  return Object.hasOwn(ADVICE, reason) ? ADVICE[reason as keyof typeof ADVICE] : undefined;
}
