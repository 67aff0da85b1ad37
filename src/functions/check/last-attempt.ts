import type { ContainerDetail, JobDetail } from '@aws-sdk/client-batch';

/** What Batch and the ECS agent say of the attempt that a job ended with. */
export interface AttemptEnd {
  /** Empty when there is none. */
  readonly statusReason: string;
  /** The container's reason. Empty when there is none. */
  readonly containerReason: string;
  readonly exitCode?: number;
  /** Undefined where Batch names none for this attempt. */
  readonly logStream?: string;
}

/** The text that says nothing but that the container ended. */
const CONTAINER_EXITED = /^Essential container in task exited/i;

/**
 * The end of a job's last attempt. Batch shows a container at the job too. That one may be of an earlier attempt, when a later one got no
 * container: it counts only when it is the container of the last attempt.
 */
export function lastAttempt(job: Pick<JobDetail, 'statusReason' | 'container'> & ListedAttempts): AttemptEnd {
  const attempt = isLastListed(job) ? job.attempts?.at(-1) : undefined;
  const shown = attempt === undefined || isSameContainer(attempt.container, job.container) ? job.container : undefined;
  const statusReasons = [job.statusReason, attempt?.statusReason].filter((text) => !!text) as string[];
  return {
    statusReason: statusReasons.find((text) => !CONTAINER_EXITED.test(text)) ?? statusReasons[0] ?? '',
    containerReason: attempt?.container?.reason || shown?.reason || '',
    exitCode: attempt?.container?.exitCode ?? shown?.exitCode,
    logStream: attempt?.container?.logStreamName || shown?.logStreamName || undefined,
  };
}

type ListedAttempts = Pick<JobDetail, 'attempts'> & Partial<Pick<JobDetail, 'startedAt'>>;

/** Batch lists no attempt whose end nobody reported: then the job started after the end of the last attempt that is listed. */
export function isLastListed({ attempts, startedAt = 0 }: ListedAttempts): boolean {
  const endedAt = attempts?.at(-1)?.stoppedAt;
  return endedAt === undefined || startedAt <= endedAt;
}

type ContainerIds = Partial<Pick<ContainerDetail, 'taskArn' | 'logStreamName' | 'exitCode'>>;

function isSameContainer(a: ContainerIds = {}, b: ContainerIds = {}): boolean {
  if (!a.taskArn && !a.logStreamName) return a.exitCode !== undefined && a.exitCode === b.exitCode;
  return (!!a.taskArn && a.taskArn === b.taskArn) || (!!a.logStreamName && a.logStreamName === b.logStreamName);
}

/** All that is said of an end, without what only says that the container ended. */
export function textsOf({ statusReason, containerReason }: AttemptEnd): string[] {
  const texts = [statusReason, containerReason].filter((text, index, all) => text !== '' && all.indexOf(text) === index);
  return texts.filter((text) => !CONTAINER_EXITED.test(text));
}
