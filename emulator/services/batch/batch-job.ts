import { batchVariables } from './batch-variables';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime, ContainerStartError } from './containers';
import type { JobPlan } from './job-plan';
import { isRetried } from './retry-strategy';
import { Clock, Timer } from '../../clock';
import type { Faults, Placement } from '../../faults';

export type JobStatus = 'SUBMITTED' | 'PENDING' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** What a job needs from the Batch service. */
export interface JobHost {
  readonly clock: Clock;
  readonly containers: ContainerRuntime;
  readonly faults: Faults;
  /** Asks for the vCPUs of the job. Returns a function that withdraws the request. */
  requestCapacity(job: BatchJob, onGranted: (release: () => void) => void): () => void;
  onTransition(job: BatchJob): void;
  onOutput(job: BatchJob, line: string): unknown;
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

/** Milliseconds between SIGTERM and SIGKILL. https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html */
const STOP_GRACE = 30_000;

/**
 * Milliseconds after which Batch says why it cannot place a job. AWS does not document the time.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
 */
const BLOCKED_AFTER = 600_000;

/** What a job is of another one, and what it has from before. */
export interface JobPlace {
  /** The index of a child of an array job. */
  readonly arrayIndex?: number;
  /** The index of a node of a multi-node job. */
  readonly nodeIndex?: number;
  /** The earlier attempts of a node. */
  readonly attempts?: readonly Attempt[];
}

/**
 * Milliseconds after which the ECS agent gives up a pull. A stop of the task does not interrupt a pull.
 * https://github.com/aws/amazon-ecs-agent/blob/master/agent/config/config.go, https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/docker_task_engine.go
 */
const LONGEST_PULL = 7_200_000;
const PULL_TIMEOUT = 'DockerTimeoutError: Could not transition to pulled; timed out after waiting 2h0m0s';
/** Milliseconds until a stop has reached the instance. AWS does not document the time. */
const STOP_REACHES = 5_000;

/** Characters of a container's reason. https://docs.aws.amazon.com/batch/latest/APIReference/API_AttemptContainerDetail.html */
const LONGEST_REASON = 255;

/** One job, one child of an array job, or one node of a multi-node job, with all its attempts. */
export class BatchJob {
  readonly createdAt: number;
  status: JobStatus = 'SUBMITTED';
  statusReason?: string;
  /** Why Batch cannot place the job. */
  blockedBy?: string;
  startedAt?: number;
  stoppedAt?: number;
  isCancelled = false;
  isTerminated = false;
  /** Whether the ECS agent of the instance is gone while the job is STARTING. */
  agentIsGone = false;
  /** The attempts that have ended. */
  readonly attempts: Attempt[];
  readonly arrayIndex?: number;
  readonly nodeIndex?: number;
  current?: Attempt;
  /** When each container of the job ran. `to` is undefined while it runs, and for a container that never reported its end. */
  readonly containerTimes: { from: number; to?: number }[] = [];
  private container?: Container;
  private timers: Timer[] = [];
  private cancelCapacityRequest?: () => void;
  /** Why the job must end, even when its container succeeds. */
  private endReason?: string;
  /** Stops the task while its image is pulled. */
  private stopStarting?: () => void;

  constructor(private readonly host: JobHost, readonly jobId: string, readonly plan: JobPlan, { arrayIndex, nodeIndex, attempts = [] }: JobPlace = {}) {
    this.createdAt = host.clock.now();
    this.arrayIndex = arrayIndex;
    this.nodeIndex = nodeIndex;
    this.attempts = [...attempts];
  }

  get isOver(): boolean {
    return this.status === 'SUCCEEDED' || this.status === 'FAILED';
  }

  /** Whether a container of the job runs. */
  get isLive(): boolean {
    return this.containerTimes.some((time) => time.to === undefined);
  }

  begin(): void {
    this.enter('SUBMITTED');
    this.waitForCapacity(true);
  }

  /**
   * Ends the job. With `cancelOnly`, a job that has started goes on.
   * https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJob.html, https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html
   */
  terminate(reason: string, cancelOnly = false): void {
    if (this.isOver) return;
    const hasStarted = this.status === 'STARTING' || this.status === 'RUNNING';
    if (hasStarted && cancelOnly) return;
    if (this.endReason !== undefined) return;
    this.endReason = reason;
    if (hasStarted) {
      // The flag is set at once, while the status stays as it is until the task has ended: https://github.com/Netflix/metaflow/issues/27
      this.isTerminated = true;
      this.container?.stop(STOP_GRACE);
      this.stopStarting?.();
    } else {
      this.isCancelled = true;
      this.isTerminated = !cancelOnly;
      this.fail(reason);
    }
  }

  private waitForCapacity(isFirstAttempt: boolean): void {
    const { clock, faults } = this.host;
    const attempt = this.attempts.length + 1;
    const { jobName, queue: { arn: jobQueueArn } } = this.plan;
    const { pending, runnable, stuckReason, ...start } = faults.placement({ jobName, jobId: this.jobId, attempt, jobQueueArn });
    const becomeRunnable = () => {
      this.enter('RUNNABLE');
      if (stuckReason) this.reportBlocked(stuckReason);
      if (runnable === Infinity) return;
      this.timers.push(clock.after(runnable, () => {
        this.cancelCapacityRequest = this.host.requestCapacity(this, (release) => {
          this.clearTimers();
          this.statusReason = this.blockedBy = undefined;
          void this.runAttempt(start, release);
        });
      }));
    };
    if (isFirstAttempt) this.timers.push(clock.after(pending, becomeRunnable));
    else becomeRunnable();
  }

  /** Batch says why it cannot place the job, and the queue's time limits for this reason begin. */
  private reportBlocked(reason: string): void {
    const { clock } = this.host;
    this.timers.push(clock.after(BLOCKED_AFTER, () => {
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

  private async runAttempt(start: Pick<Placement, 'starting' | 'agentIsGone'>, releaseCapacity: () => void): Promise<void> {
    const { clock, containers } = this.host;
    const attemptNumber = this.attempts.length + 1;
    const taskId = `${this.jobId.replace(/[^0-9a-f]/g, '').slice(0, 28)}${String(attemptNumber).padStart(4, '0')}`;
    this.current = { logStreamName: `${this.plan.logStreamPrefix}/default/${taskId}`, taskArn: `${this.plan.queue.arn.split(':job-queue/')[0].replace(':batch:', ':ecs:')}:task/local/${taskId}` };
    this.enter('STARTING');
    let exit: ContainerExit;
    try {
      await this.untilStarted(start);
      if (this.plan.refusedByEcs) throw new ContainerStartError(this.plan.refusedByEcs);
      const time = { from: clock.now() } as { from: number; to?: number };
      this.container = await containers.start(this.containerRequest(attemptNumber));
      this.containerTimes.push(time);
      time.from = this.current.startedAt = clock.now();
      this.startedAt = this.current.startedAt;
      this.enter('RUNNING');
      if (this.endReason !== undefined) this.container.stop(STOP_GRACE);
      const { timeoutSeconds } = this.plan;
      let timedOut = false;
      const timer = timeoutSeconds === undefined ? undefined : clock.after(timeoutSeconds * 1000, () => {
        timedOut = true;
        this.container?.stop(STOP_GRACE);
      });
      exit = await this.container.exited;
      time.to = clock.now();
      timer?.cancel();
      if (timedOut && this.endReason === undefined) this.endReason = 'Job attempt duration exceeded timeout';
    } catch (error) {
      if (!(error instanceof ContainerStartError)) throw error;
      exit = { reason: error.reason, statusReason: error.statusReason };
    }
    this.container = undefined;
    releaseCapacity();
    this.endAttempt(exit);
  }

  /** Waits while the image is pulled. Rejects when the task was stopped before its container could start. */
  private async untilStarted({ starting, agentIsGone = false }: Pick<Placement, 'starting' | 'agentIsGone'>): Promise<void> {
    const { clock } = this.host;
    const startedAt = clock.now();
    const timers: Timer[] = [];
    this.agentIsGone = agentIsGone;
    await new Promise<void>((resolve) => {
      if (Number.isFinite(starting)) timers.push(clock.after(starting, resolve));
      // ECS keeps the stop for an agent that is not connected: https://github.com/aws/amazon-ecs-agent/issues/618
      if (!agentIsGone) this.stopStarting = () => timers.push(clock.after(Math.max(startedAt + LONGEST_PULL - clock.now(), STOP_REACHES), resolve));
    });
    timers.forEach((timer) => timer.cancel());
    this.agentIsGone = false;
    this.stopStarting = undefined;
    if (this.endReason !== undefined) throw new ContainerStartError(clock.now() < startedAt + starting ? PULL_TIMEOUT : undefined);
  }

  private endAttempt(exit: ContainerExit): void {
    const attempt = this.current!;
    attempt.stoppedAt = this.host.clock.now();
    attempt.exitCode = exit.exitCode;
    attempt.reason = exit.reason?.slice(0, LONGEST_REASON);
    attempt.statusReason = exit.statusReason ?? 'Essential container in task exited';
    this.attempts.push(attempt);
    if (this.endReason !== undefined) this.fail(this.endReason);
    else if (exit.exitCode === 0 && exit.reason === undefined && exit.statusReason === undefined) this.end('SUCCEEDED', attempt.statusReason);
    else if (this.attempts.length < this.plan.attempts && isRetried(this.plan.evaluateOnExit, attempt)) this.waitForCapacity(false);
    else this.fail(attempt.statusReason);
  }

  private containerRequest(attempt: number): ContainerRequest {
    const { jobId, arrayIndex, nodeIndex, plan } = this;
    return {
      jobId,
      jobName: plan.jobName,
      attempt,
      arrayIndex,
      nodeIndex,
      imageUri: plan.imageUri,
      image: plan.image,
      jobRoleArn: plan.jobRoleArn,
      command: plan.command,
      properties: plan.container,
      mounts: plan.mounts,
      vcpus: plan.vcpus,
      memory: plan.memory,
      gpus: plan.gpus,
      jobQueueArn: plan.queue.arn,
      onOutput: (line: string) => this.host.onOutput(this, line),
      environment: { ...plan.environment, ...batchVariables(plan, { jobId, attempt, arrayIndex, nodeIndex }) },
    };
  }

  private fail(statusReason: string): void {
    this.end('FAILED', statusReason);
  }

  private end(status: 'SUCCEEDED' | 'FAILED', statusReason: string): void {
    this.cancelCapacityRequest?.();
    this.clearTimers();
    this.statusReason = statusReason;
    this.stoppedAt = this.host.clock.now();
    this.enter(status);
  }

  private enter(status: JobStatus): void {
    this.status = status;
    this.host.onTransition(this);
  }

  private clearTimers(): void {
    this.timers.splice(0).forEach((timer) => timer.cancel());
  }
}
