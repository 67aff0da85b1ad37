import { kept } from './kept';
import type { QueueFront } from './queue-front';
import type { SharedLimits } from './shared-limits';
import type { StoredRun } from './stored-run';
import { log } from '../shared/log';

/** Milliseconds that an instance of the function keeps the front of a queue. */
const FRONT_KEPT = 10_000;
/** The calls of all instances. AWS does not document how many an account has. */
const READINGS = { calls: 10, period: 2 };
/** How many jobs the front of a queue has at most. https://docs.aws.amazon.com/batch/latest/APIReference/API_FrontOfQueueDetail.html */
const LONGEST_FRONT = 100;

/** Where the job of a run waits in its job queue. It has one of both numbers. */
export interface QueuePosition {
  /** 1 is the next job that starts. */
  readonly position?: number;
  /** AWS Batch tells the first 100 jobs of a queue only. */
  readonly positionAtLeast?: number;
  /** When it was there. Milliseconds since the epoch. */
  readonly at: number;
}

/** Where runs wait. It is read when somebody asks, once for all who ask within some seconds. */
export class QueuePositions {
  private readonly frontOf = kept((jobQueue) => this.read(jobQueue), FRONT_KEPT);

  /** @param readFront reads the front of the job queue of an ARN */
  constructor(private readonly limits: SharedLimits, private readonly readFront: (jobQueue: string) => Promise<QueueFront>) {}

  /** Undefined for a run that does not wait in a queue, and where its place is not known. */
  async of({ status, jobId, jobQueue }: StoredRun): Promise<QueuePosition | undefined> {
    if (status !== 'RUNNABLE' || jobId === undefined || jobQueue === undefined) return undefined;
    const front = await this.frontOf(jobQueue);
    if (!front) return undefined;
    const { jobIds, at } = front;
    const index = jobIds.indexOf(jobId);
    if (index >= 0) return { position: index + 1, at };
    // A short list without the job is older than the job's wait, or newer than its end.
    return jobIds.length >= LONGEST_FRONT ? { positionAtLeast: jobIds.length + 1, at } : undefined;
  }

  /** Undefined where it cannot be read, which is kept as well: a role without the permission does not ask for each request. */
  private async read(jobQueue: string): Promise<QueueFront | undefined> {
    try {
      return await this.limits.takeCall('GetJobQueueSnapshot', READINGS) ? await this.readFront(jobQueue) : undefined;
    } catch (error) {
      log('failed', { error: (error as Error).name, message: 'GetJobQueueSnapshot: the answer has no position in the queue' });
      return undefined;
    }
  }
}
