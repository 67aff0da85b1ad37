import { Attempt, BatchJob, JobHost, JobStatus } from './batch-job';
import { Capacity } from './capacity';
import type { ContainerRuntime } from './containers';
import { describeJob } from './job-detail';
import { definitionOf, JobPlan, planJob, queueOf } from './job-plan';
import { requestContext, resourceContext } from './job-tags';
import { listJobs, validateListJobs } from './list-jobs';
import { followMainNode } from './multi-node';
import { frontOfQueue } from './queue-front';
import type { Deployment } from '../../assembly/deployment';
import { Clock, inWholeSeconds } from '../../clock';
import type { Faults } from '../../faults';
import { ApiCall, Authorization, Service, ServiceError } from '../../service';

export interface BatchOptions {
  readonly clock: Clock;
  readonly deployment: Deployment;
  readonly containers: ContainerRuntime;
  readonly faults: Faults;
  readonly random: () => number;
  readonly onEvent: (event: Record<string, unknown>) => void;
  readonly onJob?: (job: BatchJob) => void;
  readonly onOutput?: (job: BatchJob, line: string) => unknown;
  /** An account may call SubmitJob 50 times a second: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
  readonly submitPerSecond?: number;
}

interface SubmittedJob {
  readonly job: BatchJob;
  /** The children of an array job. */
  readonly children: BatchJob[];
  /** The nodes of a multi-node job besides the main node. The job itself stands for the main node. */
  readonly nodes: BatchJob[];
  /** When ListJobs and DescribeJobs begin to show the job. */
  readonly listedFrom: number;
  readonly describedFrom: number;
  /** Milliseconds from the end of the job to the time when they do not show it any more. */
  readonly forgottenAfter: number;
}

/** https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html */
const EXCEEDS_MAX_VCPUS = 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.';

/** AWS Batch. Of its scheduler, only the vCPUs of the compute environments are emulated, first come, first served. */
export class Batch implements Service {
  readonly name = 'batch';
  private readonly submitted = new Map<string, SubmittedJob>();
  private readonly capacity: Capacity;
  /** A token bucket, for SubmitJob. Undefined before the first call. */
  private submitTokens?: { at: number; left: number };

  constructor(private readonly options: BatchOptions) {
    this.capacity = new Capacity(options.deployment);
  }

  /** All jobs, without the children of array jobs. */
  jobs(): BatchJob[] {
    return [...this.submitted.values()].map(({ job }) => job);
  }

  /** All jobs, children and nodes that can have a container. */
  containerJobs(): BatchJob[] {
    return [...this.submitted.values()].flatMap(({ job, children, nodes }) => children.length > 0 ? children : [job, ...nodes]);
  }

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html */
  authorizations({ action, input }: ApiCall): Authorization[] {
    const on = (resource: string, iamAction = action, context = {}) => ({ action: `batch:${iamAction}`, resource, ...Object.keys(context).length > 0 ? { context } : {} });
    switch (action) {
      case 'SubmitJob': {
        const arns = [definitionOf(input.jobDefinition, this.options.deployment).arn, queueOf(input.jobQueue, this.options.deployment).arn];
        if (Object.keys(input.tags ?? {}).length === 0) return arns.map((arn) => on(arn));
        return ['SubmitJob', 'TagResource'].flatMap((needed) => arns.map((arn) => on(arn, needed, requestContext(input.tags))));
      }
      case 'TerminateJob':
      case 'CancelJob':
        return [on(this.arnOf(input.jobId), action, resourceContext(this.submitted.get(baseIdOf(String(input.jobId)))?.job.plan.tags ?? {}))];
      case 'GetJobQueueSnapshot':
        return [on(queueOf(input.jobQueue, this.options.deployment).arn)];
      default:
        return [on('*')];
    }
  }

  async handle({ action, input }: ApiCall): Promise<unknown> {
    switch (action) {
      case 'SubmitJob':
        return this.submit(input);
      case 'DescribeJobs':
        return this.describe(input.jobs);
      case 'ListJobs':
        return this.list(input);
      case 'GetJobQueueSnapshot':
        return this.snapshot(input.jobQueue);
      case 'TerminateJob':
      case 'CancelJob':
        if (!input.reason) throw new ServiceError('ClientException', 'reason is missing');
        this.jobsToEnd(input.jobId).forEach((job) => job.terminate(input.reason, action === 'CancelJob'));
        return {};
      default:
        throw new ServiceError('UnknownOperationException', `the emulator does not support ${action} of AWS Batch`);
    }
  }

  private submit(input: any) {
    this.throttleSubmit();
    const plan = planJob(input, this.options.deployment);
    const { clock, faults } = this.options;
    const jobId = this.newId();
    const { listed, described, forgotten = Infinity } = faults.visibility({ jobName: plan.jobName });
    const children: BatchJob[] = [];
    const nodes: BatchJob[] = [];
    const newNode = (nodeIndex: number, attempts: readonly Attempt[]) => new BatchJob(this.hostOf([]), `${jobId}#${nodeIndex}`, nodePlan(plan), { nodeIndex, attempts });
    const job: BatchJob = new BatchJob({
      ...this.hostOf(children),
      onTransition: () => {
        this.transition(job, job.status);
        followMainNode(job, nodes, newNode);
      },
    }, jobId, plan);
    for (let arrayIndex = 0; arrayIndex < (plan.arraySize ?? 0); arrayIndex++) {
      children.push(new BatchJob(this.hostOf([], { job, children }), `${jobId}:${arrayIndex}`, plan, { arrayIndex }));
    }
    this.submitted.set(jobId, { job, children, nodes, listedFrom: clock.now() + listed, describedFrom: clock.now() + described, forgottenAfter: forgotten });
    if (children.length > 0) {
      // An array job stays PENDING until all its children are over: https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
      this.transition(job, 'SUBMITTED');
      this.transition(job, 'PENDING');
      children.forEach((child) => child.begin());
    } else {
      job.begin();
    }
    return { jobArn: this.arnOf(jobId), jobId, jobName: plan.jobName };
  }

  /** What a job needs from this service. A child also needs its array job, which ends with the last child. */
  private hostOf(children: BatchJob[], array?: { readonly job: BatchJob; readonly children: readonly BatchJob[] }): JobHost {
    const { clock, containers, faults, onJob, onOutput } = this.options;
    return {
      clock,
      containers,
      faults: {
        ...faults,
        placement: (attempt) => {
          const placement = faults.placement(attempt);
          const stuckReason = this.neverPlaced(this.submitted.get(baseIdOf(attempt.jobId))!.job.plan);
          return stuckReason === undefined ? placement : { ...placement, runnable: Infinity, stuckReason };
        },
      },
      requestCapacity: (job, onGranted) => this.capacity.request(job, onGranted),
      onOutput: (job, line) => onOutput?.(job, line),
      onTransition: (job) => {
        onJob?.(job);
        this.emitEvent(job, children);
        if (array && !array.job.isOver && array.children.every((child) => child.isOver)) this.endArray(array.job, array.children);
      },
    };
  }

  /** Why Batch can never place a job. All nodes of a multi-node job run at once. */
  private neverPlaced({ vcpus, nodes = 1, queue, unplaceable }: JobPlan): string | undefined {
    return vcpus * nodes > this.capacity.most(queue.computeEnvironmentArns) ? EXCEEDS_MAX_VCPUS : unplaceable;
  }

  private endArray(job: BatchJob, children: readonly BatchJob[]): void {
    const failed = children.some((child) => child.status === 'FAILED');
    job.startedAt = Math.min(...children.map((child) => child.startedAt ?? Infinity));
    job.stoppedAt = this.options.clock.now();
    job.statusReason = failed ? 'Array Child Job failed' : undefined;
    this.transition(job, failed ? 'FAILED' : 'SUCCEEDED');
  }

  private transition(job: BatchJob, status: JobStatus): void {
    job.status = status;
    this.options.onJob?.(job);
    this.emitEvent(job, this.submitted.get(job.jobId)!.children);
  }

  private describe(ids: string[]) {
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > 100) throw new ServiceError('ClientException', 'The number of jobs must be between 1 and 100');
    const now = this.options.clock.now();
    return {
      // A job that is not known any more is left out, without an error: https://github.com/HumanCellAtlas/matrix-service/issues/364
      jobs: ids.flatMap((id) => {
        const submitted = this.submitted.get(baseIdOf(id));
        if (!submitted || submitted.describedFrom > now || this.isForgotten(submitted)) return [];
        const job = jobOf(submitted, id);
        return job ? [describeJob(asNode(job, id), job === submitted.job ? submitted.children : [], this.arnOf(id))] : [];
      }),
    };
  }

  private list(input: any) {
    validateListJobs(input);
    return listJobs(this.listedJobs(input), input, (jobId) => this.arnOf(jobId));
  }

  /** Each child of an array job waits for itself. The main node stands for its multi-node job. */
  private snapshot(jobQueue: string) {
    const jobs = this.listedIn(jobQueue).flatMap(({ job, children }) => children.length > 0 ? children : [job]);
    return { frontOfQueue: frontOfQueue(jobs, this.options.clock.now(), (jobId) => this.arnOf(jobId)) };
  }

  /** What ListJobs shows by now. */
  private listed(): SubmittedJob[] {
    const now = this.options.clock.now();
    return [...this.submitted.values()].filter((submitted) => submitted.listedFrom <= now && !this.isForgotten(submitted));
  }

  private listedIn(jobQueue: string): SubmittedJob[] {
    const { arn } = queueOf(jobQueue, this.options.deployment);
    return this.listed().filter(({ job: { plan } }) => plan.queue.arn === arn);
  }

  private listedJobs({ jobQueue, arrayJobId, multiNodeJobId }: any): BatchJob[] {
    if (jobQueue) return this.listedIn(jobQueue).map(({ job }) => job);
    const submitted = this.listed().find(({ job }) => job.jobId === (arrayJobId ?? multiNodeJobId));
    if (!submitted) return [];
    return arrayJobId ? submitted.children : [asNode(submitted.job, `${submitted.job.jobId}#0`), ...submitted.nodes];
  }

  private isForgotten({ job, forgottenAfter }: SubmittedJob): boolean {
    return job.isOver && this.options.clock.now() >= job.stoppedAt! + forgottenAfter;
  }

  /** https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html */
  private emitEvent(job: BatchJob, children: BatchJob[]): void {
    const { account, region } = this.options.deployment;
    const jobArn = this.arnOf(job.jobId);
    this.options.onEvent({
      'version': '0',
      'id': this.newId(),
      'detail-type': 'Batch Job State Change',
      'source': 'aws.batch',
      account,
      'time': inWholeSeconds(this.options.clock.now()),
      region,
      'resources': [jobArn],
      'detail': describeJob(job, children, jobArn),
    });
  }

  private throttleSubmit(): void {
    const { submitPerSecond, clock } = this.options;
    if (submitPerSecond === undefined) return;
    const now = clock.now();
    const { at, left } = this.submitTokens ?? { at: now, left: submitPerSecond };
    this.submitTokens = { at: now, left: Math.min(submitPerSecond, left + (now - at) / 1000 * submitPerSecond) };
    if (this.submitTokens.left < 1) throw new ServiceError('TooManyRequestsException', 'Too Many Requests', 429);
    this.submitTokens.left--;
  }

  /** The jobs that end when a job is terminated: of an array job, its children. */
  private jobsToEnd(jobId: string): BatchJob[] {
    const [arrayJobId, childIndex] = jobId.split(':');
    const submitted = this.submitted.get(arrayJobId);
    const { job, children } = submitted ?? jobNotFound(jobId);
    if (childIndex !== undefined) return [children[Number(childIndex)] ?? jobNotFound(jobId)];
    if (children.length === 0) return [job];
    job.isTerminated = true;
    return children;
  }

  private arnOf(jobId: string): string {
    const { account, region } = this.options.deployment;
    return `arn:aws:batch:${region}:${account}:job/${jobId}`;
  }

  private newId(): string {
    const digits = (count: number) => Array.from({ length: count }, () => Math.floor(this.options.random() * 16).toString(16)).join('');
    return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
  }
}

export type { BatchJob };

/** A node is not retried for itself, and the timeout is of the whole job: https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html */
function nodePlan(plan: JobPlan): JobPlan {
  return { ...plan, attempts: 1, timeoutSeconds: undefined };
}

/** The main node, which the job stands for, under the id of a node. Any other job is returned unchanged. */
function asNode(job: BatchJob, id: string): BatchJob {
  return id.endsWith('#0') ? Object.create(job, { jobId: { value: id }, nodeIndex: { value: 0 } }) : job;
}

/** The job itself, one of its children (`<id>:<index>`) or one of its nodes (`<id>#<index>`). */
function jobOf({ job, children, nodes }: SubmittedJob, id: string): BatchJob | undefined {
  const [, childIndex] = id.split(':');
  if (childIndex !== undefined) return children[Number(childIndex)];
  const [, nodeIndex = '0'] = id.split('#');
  return nodeIndex === '0' ? job : nodes[Number(nodeIndex) - 1];
}

function jobNotFound(jobId: string): never {
  throw new ServiceError('ClientException', `Job ${jobId} not found`);
}

/** The id of the job to which a child (`<id>:<index>`) or a node (`<id>#<index>`) belongs. */
function baseIdOf(jobId: string): string {
  return jobId.split(/[:#]/)[0];
}
