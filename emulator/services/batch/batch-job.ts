import { Container, ContainerExit, ContainerRuntime, ContainerStartError } from './containers';
import type { JobPlan } from './job-plan';
import { nodeEnvironment } from './nodes';
import { isRetried } from './retry-strategy';
import { Clock, Timer } from '../../clock';
import type { Faults } from '../../faults';

export type JobStatus = 'SUBMITTED' | 'PENDING' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** What a job needs of the service around it. */
export interface JobHost {
  readonly clock: Clock;
  readonly containers: ContainerRuntime;
  readonly faults: Faults;
  /** Gives the job a place when there is one, soon or later; answers how to call that off. */
  place(job: BatchJob, placed: (release: () => void) => void): () => void;
  onTransition(job: BatchJob): void;
  onOutput(job: BatchJob, line: string): void;
}

export interface Attempt {
  readonly logStreamName: string;
  readonly taskArn: string;
  startedAt?: number;
  stoppedAt?: number;
  exitCode?: number;
  reason?: string;
  statusReason?: string;
}

/** How long a container has between SIGTERM and SIGKILL. https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html */
const GRACE = 30_000;

/** One job, or one child of an array job: from SUBMITTED to its end, attempt for attempt. */
export class BatchJob {
  readonly createdAt: number;
  status: JobStatus = 'SUBMITTED';
  statusReason?: string;
  /** What Batch said while it could not place it. */
  blockedBy?: string;
  startedAt?: number;
  stoppedAt?: number;
  isCancelled = false;
  isTerminated = false;
  /** Those that are over. */
  readonly attempts: Attempt[] = [];
  current?: Attempt;
  /** Of all containers of this job, also of those that never answered. */
  readonly containerTimes: { from: number; to?: number }[] = [];
  private container?: Container;
  private timers: Timer[] = [];
  private callOff?: () => void;
  private endReason?: string;

  constructor(private readonly host: JobHost, readonly jobId: string, readonly plan: JobPlan, readonly arrayIndex?: number, readonly nodeIndex?: number) {
    this.createdAt = host.clock.now();
  }

  get isOver(): boolean {
    return this.status === 'SUCCEEDED' || this.status === 'FAILED';
  }

  /** Whether a container of it runs. */
  get isLive(): boolean {
    return this.containerTimes.some((time) => time.to === undefined);
  }

  begin(): void {
    this.become('SUBMITTED');
    this.queue(true);
  }

  /** https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJob.html, API_CancelJob.html */
  terminate(reason: string, cancelOnly = false): void {
    if (this.isOver) return;
    const placed = this.status === 'STARTING' || this.status === 'RUNNING';
    if (placed && cancelOnly) return;
    if (this.endReason !== undefined) return;
    this.endReason = reason;
    if (placed) {
      this.isTerminated = true;
      this.container?.stop(GRACE);
    } else {
      this.isCancelled = true;
      this.isTerminated = !cancelOnly;
      this.fail(reason);
    }
  }

  /** What Batch says about a job that it cannot place, and what the queue does about it. */
  private stuck(reason: string): void {
    const { clock } = this.host;
    this.timers.push(clock.after(600_000, () => {
      this.statusReason = this.blockedBy = reason;
      for (const action of this.plan.queue.timeLimitActions) {
        if (!reason.startsWith(action.reason) || action.state !== 'RUNNABLE') continue;
        this.timers.push(clock.after(action.maxTimeSeconds * 1000, () => {
          if (this.status !== 'RUNNABLE') return;
          this.isCancelled = true;
          this.fail(`Canceled by JobStateTimeLimit action due to reason: ${action.reason}`);
        }));
      }
    }));
  }

  private queue(first: boolean): void {
    const { clock, faults } = this.host;
    const attempt = this.attempts.length + 1;
    const { jobName, queue: { arn: jobQueueArn } } = this.plan;
    const { pending, runnable, starting, stuckReason } = faults.placement({ jobName, jobId: this.jobId, attempt, jobQueueArn });
    const wait = () => {
      this.become('RUNNABLE');
      if (stuckReason) this.stuck(stuckReason);
      if (runnable === Infinity) return;
      this.timers.push(clock.after(runnable, () => {
        this.callOff = this.host.place(this, (release) => {
          this.clearTimers();
          this.statusReason = undefined;
          void this.start(starting, release);
        });
      }));
    };
    if (first) this.timers.push(clock.after(pending, wait));
    else wait();
  }

  private async start(starting: number, release: () => void): Promise<void> {
    const { clock, containers } = this.host;
    const number = this.attempts.length + 1;
    const id = `${this.jobId.replace(/[^0-9a-f]/g, '').slice(0, 28)}${String(number).padStart(4, '0')}`;
    this.current = { logStreamName: `${this.plan.logStreamPrefix}/default/${id}`, taskArn: `${this.plan.queue.arn.split(':job-queue/')[0].replace(':batch:', ':ecs:')}:task/local/${id}` };
    this.become('STARTING');
    await clock.sleep(starting);
    let exit: ContainerExit;
    try {
      if (this.endReason !== undefined) throw new ContainerStartError('Task stopped before it started');
      if (this.plan.refusedByEcs) throw new ContainerStartError(this.plan.refusedByEcs);
      const time = { from: clock.now() } as { from: number; to?: number };
      this.container = await containers.start(this.request(number));
      this.containerTimes.push(time);
      time.from = this.current.startedAt = clock.now();
      this.startedAt = this.current.startedAt;
      this.become('RUNNING');
      if (this.endReason !== undefined) this.container.stop(GRACE);
      const { timeoutSeconds } = this.plan;
      let timedOut = false;
      const timer = timeoutSeconds === undefined ? undefined : clock.after(timeoutSeconds * 1000, () => {
        timedOut = true;
        this.container?.stop(GRACE);
      });
      exit = await this.container.exited;
      time.to = clock.now();
      timer?.cancel();
      if (timedOut && this.endReason === undefined) this.endReason = 'Job attempt duration exceeded timeout';
    } catch (error) {
      if (!(error instanceof ContainerStartError)) throw error;
      exit = { reason: error.reason, statusReason: 'Task failed to start' };
    }
    this.container = undefined;
    release();
    this.ended(exit);
  }

  private ended(exit: ContainerExit): void {
    const attempt = this.current!;
    attempt.stoppedAt = this.host.clock.now();
    attempt.exitCode = exit.exitCode;
    attempt.reason = exit.reason;
    attempt.statusReason = exit.statusReason ?? 'Essential container in task exited';
    this.attempts.push(attempt);
    if (this.endReason !== undefined) this.fail(this.endReason);
    else if (exit.exitCode === 0 && exit.reason === undefined && exit.statusReason === undefined) this.finish('SUCCEEDED', attempt.statusReason);
    else if (this.attempts.length < this.plan.attempts && isRetried(this.plan.evaluateOnExit, attempt)) this.queue(false);
    else this.fail(attempt.statusReason);
  }

  private request(attempt: number) {
    const { plan } = this;
    return {
      jobId: this.jobId,
      jobName: plan.jobName,
      attempt,
      arrayIndex: this.arrayIndex,
      imageUri: plan.imageUri,
      image: plan.image,
      jobRoleArn: plan.jobRoleArn,
      command: plan.command,
      mounts: plan.mounts,
      vcpus: plan.vcpus,
      memory: plan.memory,
      jobQueueArn: plan.queue.arn,
      onOutput: (line: string) => this.host.onOutput(this, line),
      // https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
      environment: {
        ...plan.environment,
        AWS_BATCH_JOB_ID: this.jobId,
        AWS_BATCH_JOB_ATTEMPT: String(attempt),
        AWS_BATCH_JQ_NAME: plan.queue.name,
        AWS_BATCH_CE_NAME: plan.queue.computeEnvironmentArns[0]?.split('/').at(-1) ?? 'local',
        ...(this.arrayIndex === undefined ? {} : { AWS_BATCH_JOB_ARRAY_INDEX: String(this.arrayIndex) }),
        ...(plan.nodes === undefined ? {} : nodeEnvironment(plan.nodes, this.nodeIndex ?? 0)),
      },
    };
  }

  private fail(statusReason: string): void {
    this.finish('FAILED', statusReason);
  }

  private finish(status: 'SUCCEEDED' | 'FAILED', statusReason: string): void {
    this.callOff?.();
    this.clearTimers();
    this.statusReason = statusReason;
    this.stoppedAt = this.host.clock.now();
    this.become(status);
  }

  private become(status: JobStatus): void {
    this.status = status;
    this.host.onTransition(this);
  }

  private clearTimers(): void {
    this.timers.splice(0).forEach((timer) => timer.cancel());
  }
}
