import type { BatchJob } from './batch-job';
import type { Deployment } from '../../assembly/deployment';

interface Request {
  readonly job: BatchJob;
  readonly onGranted: (release: () => void) => void;
}

/** The vCPUs of the compute environments. Each queue serves its jobs in the order in which they ask. */
export class Capacity {
  private readonly usedVcpus = new Map<string, number>();
  private waiting: Request[] = [];

  constructor(private readonly deployment: Deployment) {}

  /**
   * Asks for the vCPUs of a job. `onGranted` is called when they are free, immediately or later, with a function that gives them back.
   * Returns a function that withdraws the request.
   */
  request(job: BatchJob, onGranted: (release: () => void) => void): () => void {
    const request = { job, onGranted };
    this.waiting.push(request);
    this.grantWhatFits();
    return () => this.remove(request);
  }

  /** The most vCPUs that a job can get from these compute environments. */
  most(computeEnvironmentArns: readonly string[]): number {
    return Math.max(...environmentsOf(computeEnvironmentArns).map((arn) => this.maxvCpus(arn)));
  }

  private grantWhatFits(): void {
    const blockedQueues = new Set<string>();
    for (const request of [...this.waiting]) {
      const { queue, vcpus } = request.job.plan;
      if (blockedQueues.has(queue.arn)) continue;
      const environment = environmentsOf(queue.computeEnvironmentArns).find((arn) => (this.usedVcpus.get(arn) ?? 0) + vcpus <= this.maxvCpus(arn));
      if (environment === undefined) {
        blockedQueues.add(queue.arn);
        continue;
      }
      this.remove(request);
      this.use(environment, vcpus);
      request.onGranted(() => {
        this.use(environment, -vcpus);
        this.grantWhatFits();
      });
    }
  }

  private remove(request: Request): void {
    this.waiting = this.waiting.filter((other) => other !== request);
  }

  private use(environmentArn: string, vcpus: number): void {
    this.usedVcpus.set(environmentArn, (this.usedVcpus.get(environmentArn) ?? 0) + vcpus);
  }

  /** The emulator does not know the limit of a compute environment that is not in the app. */
  private maxvCpus(environmentArn: string): number {
    return this.deployment.computeEnvironments.find(({ arn }) => arn === environmentArn)?.maxvCpus ?? Infinity;
  }
}

/** The compute environments of a queue that is not in the app are not known: one without a limit stands for them. */
function environmentsOf(computeEnvironmentArns: readonly string[]): readonly string[] {
  return computeEnvironmentArns.length > 0 ? computeEnvironmentArns : ['not in the app'];
}
