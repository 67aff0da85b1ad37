import { BatchJob, JobHost, JobStatus } from './batch-job';
import type { ContainerRuntime } from './containers';
import { describeJob, epoch } from './job-detail';
import { definitionOf, JobPlan, planJob, queueOf } from './job-plan';
import { followMainNode } from './nodes';
import { Places } from './places';
import type { Deployment } from '../../assembly/deployment';
import { Clock } from '../../clock';
import type { Faults } from '../../faults';
import { ApiCall, Authorization, Service, ServiceError } from '../../service';
import { like } from '../iam/policy';

export interface BatchOptions {
  readonly clock: Clock;
  readonly deployment: Deployment;
  readonly containers: ContainerRuntime;
  readonly faults: Faults;
  readonly random: () => number;
  readonly onEvent: (event: Record<string, unknown>) => void;
  readonly onJob?: (job: BatchJob) => void;
  readonly onOutput?: (job: BatchJob, line: string) => void;
  /** https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html: 50 SubmitJob calls a second for each account. */
  readonly submitPerSecond?: number;
}

interface Entry {
  readonly job: BatchJob;
  readonly children: BatchJob[];
  /** Of a multi-node job, those beside the main node, which is the job itself. */
  readonly nodes: BatchJob[];
  readonly listedFrom: number;
  readonly describedFrom: number;
}

/** AWS Batch: job queues and jobs. Scheduling is reduced to vCPUs, first come first served. */
export class Batch implements Service {
  readonly name = 'batch';
  private readonly entries = new Map<string, Entry>();
  private readonly places: Places;
  private tokens: { at: number; left: number };

  constructor(private readonly options: BatchOptions) {
    this.places = new Places(options.deployment);
    this.tokens = { at: options.clock.now(), left: options.submitPerSecond ?? 0 };
  }

  /** All jobs, array jobs without their children. */
  jobs(): BatchJob[] {
    return [...this.entries.values()].map((entry) => entry.job);
  }

  /** All that may have a container. */
  containerJobs(): BatchJob[] {
    return [...this.entries.values()].flatMap(({ job, children, nodes }) => children.length > 0 ? children : [job, ...nodes]);
  }

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html */
  authorizations({ action, input }: ApiCall): Authorization[] {
    const { account, region } = this.options.deployment;
    const on = (resource: string, what = action) => ({ action: `batch:${what}`, resource });
    switch (action) {
      case 'SubmitJob': {
        const both = [definitionOf(input.jobDefinition, this.options.deployment).arn, queueOf(input.jobQueue, this.options.deployment).arn];
        return [...both.map((arn) => on(arn)), ...(Object.keys(input.tags ?? {}).length > 0 ? both.map((arn) => on(arn, 'TagResource')) : [])];
      }
      case 'TerminateJob':
      case 'CancelJob':
        return [on(`arn:aws:batch:${region}:${account}:job/${input.jobId}`)];
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
      case 'TerminateJob':
      case 'CancelJob':
        if (!input.reason) throw new ServiceError('ClientException', 'reason is missing');
        this.find(input.jobId).forEach((job) => job.terminate(input.reason, action === 'CancelJob'));
        return {};
      default:
        throw new ServiceError('UnknownOperationException', `Batch has no ${action} here`);
    }
  }

  /** What a person at the laptop, or a scenario, does to a job. */
  terminate(jobId: string, reason: string): void {
    this.find(jobId).forEach((job) => job.terminate(reason));
  }

  private submit(input: any) {
    this.throttle();
    const plan = planJob(input, this.options.deployment);
    const { clock, faults } = this.options;
    const jobId = this.newId();
    const { listed, described } = faults.visibility({ jobName: plan.jobName });
    const children: BatchJob[] = [];
    const nodes: BatchJob[] = [];
    const newNode = (index: number) => new BatchJob(this.host([]), `${jobId}#${index}`, { ...plan, attempts: 1 }, undefined, index);
    const parent: BatchJob = new BatchJob({
      ...this.host(children),
      onTransition: (job) => {
        this.transition(job, job.status);
        followMainNode(job, nodes, newNode);
      },
    }, jobId, plan);
    for (let index = 0; index < (plan.arraySize ?? 0); index++) children.push(new BatchJob(this.host([], parent, children), `${jobId}:${index}`, plan, index));
    this.entries.set(jobId, { job: parent, children, nodes, listedFrom: clock.now() + listed, describedFrom: clock.now() + described });
    if (children.length > 0) {
      // An array job is PENDING until all its children are over: https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
      this.transition(parent, 'SUBMITTED');
      this.transition(parent, 'PENDING');
      children.forEach((child) => child.begin());
    } else {
      parent.begin();
    }
    return { jobArn: this.arnOf(jobId), jobId, jobName: plan.jobName };
  }

  private host(children: BatchJob[], parent?: BatchJob, siblings: BatchJob[] = []): JobHost {
    const { clock, containers, faults, onJob, onOutput } = this.options;
    return {
      clock,
      containers,
      faults: {
        ...faults,
        placement: (attempt) => {
          const placement = faults.placement(attempt);
          const { plan } = this.jobOf(attempt.jobId)!;
          return plan.vcpus > this.places.most(plan.queue.computeEnvironmentArns)
            ? { ...placement, runnable: Infinity, stuckReason: 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - The job requires more vCPUs than the compute environment\'s maxvCpus' }
            : placement;
        },
      },
      place: (job, placed) => this.places.place(job, placed),
      onOutput: (job, line) => onOutput?.(job, line),
      onTransition: (job) => {
        onJob?.(job);
        this.emit(job, children);
        if (parent && siblings.every((one) => one.isOver) && !parent.isOver) {
          const failed = siblings.some((one) => one.status === 'FAILED');
          parent.startedAt = Math.min(...siblings.map((one) => one.startedAt ?? Infinity));
          parent.stoppedAt = clock.now();
          parent.statusReason = failed ? 'Array Child Job failed' : undefined;
          this.transition(parent, failed ? 'FAILED' : 'SUCCEEDED');
        }
      },
    };
  }

  private transition(job: BatchJob, status: JobStatus): void {
    job.status = status;
    this.options.onJob?.(job);
    this.emit(job, this.entries.get(job.jobId)?.children ?? []);
  }

  private describe(ids: string[]) {
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > 100) throw new ServiceError('ClientException', 'The number of jobs must be between 1 and 100');
    const now = this.options.clock.now();
    return {
      jobs: ids.flatMap((id) => {
        const entry = this.entries.get(entryOf(id));
        if (!entry || entry.describedFrom > now) return [];
        const job = this.jobOf(id);
        if (!job) return [];
        const detail = describeJob(job, job === entry.job ? entry.children : [], this.arnOf(job.jobId));
        return [id.endsWith('#0') ? { ...detail, jobId: id, jobArn: this.arnOf(id), nodeProperties: undefined, nodeDetails: { nodeIndex: 0, isMainNode: true } } : detail];
      }),
    };
  }

  /** https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html */
  private list({ jobQueue, arrayJobId, jobStatus = 'RUNNING', filters = [], maxResults = 1_000, nextToken }: any) {
    if ([jobQueue, arrayJobId].filter(Boolean).length !== 1) throw new ServiceError('ClientException', 'Exactly one of jobQueue, arrayJobId and multiNodeJobId must be given');
    if (filters.length > 1) throw new ServiceError('ClientException', 'Only one filter can be used at a time');
    const now = this.options.clock.now();
    const [filter] = filters as { name: string; values: string[] }[];
    const listed = [...this.entries.values()].filter((entry) => entry.listedFrom <= now).map((entry) => entry.job);
    const ofQueue = (arn: string) => listed.filter((job) => job.plan.queue.arn === arn);
    const candidates = arrayJobId ? (this.entries.get(arrayJobId)?.children ?? []) : ofQueue(queueOf(jobQueue, this.options.deployment).arn);
    // JOB_NAME is compared without regard to case, its only wild card is a last `*`, and with it every status is listed.
    const found = filter
      ? candidates.filter((job) => matchesFilter(filter, job))
      : candidates.filter((job) => job.status === jobStatus);
    const from = Number(nextToken ?? 0);
    const page = found.slice(from, from + Math.min(maxResults, 1_000));
    return {
      jobSummaryList: page.map((job) => ({
        jobArn: this.arnOf(job.jobId),
        jobId: job.jobId,
        jobName: job.plan.jobName,
        createdAt: epoch(job.createdAt),
        status: job.status,
        statusReason: job.statusReason,
        startedAt: epoch(job.startedAt),
        stoppedAt: epoch(job.stoppedAt),
        jobDefinition: job.plan.definition.arn,
        ...(job.arrayIndex === undefined ? {} : { arrayProperties: { index: job.arrayIndex } }),
      })),
      nextToken: from + page.length < found.length ? String(from + page.length) : undefined,
    };
  }

  /** https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html */
  private emit(job: BatchJob, children: BatchJob[]): void {
    const { account, region } = this.options.deployment;
    this.options.onEvent({
      'version': '0',
      'id': this.newId(),
      'detail-type': 'Batch Job State Change',
      'source': 'aws.batch',
      account,
      'time': new Date(this.options.clock.now()).toISOString(),
      region,
      'resources': [this.arnOf(job.jobId)],
      'detail': describeJob(job, children, this.arnOf(job.jobId)),
    });
  }

  private throttle(): void {
    const { submitPerSecond, clock } = this.options;
    if (submitPerSecond === undefined) return;
    const now = clock.now();
    this.tokens = { at: now, left: Math.min(submitPerSecond, this.tokens.left + (now - this.tokens.at) / 1000 * submitPerSecond) };
    if (this.tokens.left < 1) throw new ServiceError('TooManyRequestsException', 'Too Many Requests', 429);
    this.tokens.left--;
  }

  /** The jobs that are to be ended when this one is. */
  private find(jobId: string): BatchJob[] {
    const entry = this.entries.get(jobId.split(':')[0]);
    if (!entry) throw new ServiceError('ClientException', `Job ${jobId} not found`);
    if (jobId.includes(':')) return [entry.children[Number(jobId.split(':')[1])]];
    if (entry.children.length === 0) return [entry.job];
    entry.job.isTerminated = true;
    return entry.children;
  }

  private jobOf(jobId: string): BatchJob | undefined {
    const entry = this.entries.get(entryOf(jobId));
    const [, kind, index] = /([:#])(\d+)$/.exec(jobId) ?? [];
    if (kind === ':') return entry?.children[Number(index)];
    return kind === '#' && index !== '0' ? entry?.nodes[Number(index) - 1] : entry?.job;
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

export type { BatchJob, JobPlan };

/** The job that a child or a node belongs to. */
function entryOf(jobId: string): string {
  return jobId.split(/[:#]/)[0];
}

function matchesFilter({ name, values }: { name: string; values: string[] }, job: BatchJob): boolean {
  switch (name) {
    case 'JOB_NAME':
      return values.some((value) => value.endsWith('*') ? job.plan.jobName.toLowerCase().startsWith(value.slice(0, -1).toLowerCase()) : job.plan.jobName.toLowerCase() === value.toLowerCase());
    case 'JOB_DEFINITION':
      return values.some((value) => like(value, job.plan.definition.arn));
    case 'BEFORE_CREATED_AT':
      return values.some((value) => job.createdAt < Number(value));
    case 'AFTER_CREATED_AT':
      return values.some((value) => job.createdAt > Number(value));
    default:
      throw new ServiceError('ClientException', `Unknown filter ${name}`);
  }
}
