import type { BatchJob } from './batch-job';
import type { Deployment } from '../../assembly/deployment';

interface Waiting {
  readonly job: BatchJob;
  readonly placed: (release: () => void) => void;
}

/** The vCPUs of the compute environments: who has them, and who waits for them, first come first served in each queue. */
export class Places {
  private readonly used = new Map<string, number>();
  private waiting: Waiting[] = [];

  constructor(private readonly deployment: Deployment) {}

  place(job: BatchJob, placed: (release: () => void) => void): () => void {
    const waiting = { job, placed };
    this.waiting.push(waiting);
    this.serve();
    return () => { this.waiting = this.waiting.filter((one) => one !== waiting); };
  }

  /** The most vCPUs that a job of a queue can have. */
  most(computeEnvironmentArns: readonly string[]): number {
    return Math.max(...environmentsOf(computeEnvironmentArns).map((arn) => this.maxvCpus(arn)));
  }

  private serve(): void {
    const blocked = new Set<string>();
    for (const waiting of [...this.waiting]) {
      const { queue, vcpus } = waiting.job.plan;
      if (blocked.has(queue.arn)) continue;
      const environment = environmentsOf(queue.computeEnvironmentArns).find((arn) => (this.used.get(arn) ?? 0) + vcpus <= this.maxvCpus(arn));
      if (environment === undefined) {
        blocked.add(queue.arn);
        continue;
      }
      this.waiting = this.waiting.filter((one) => one !== waiting);
      this.use(environment, vcpus);
      waiting.placed(() => {
        this.use(environment, -vcpus);
        this.serve();
      });
    }
  }

  private use(arn: string, vcpus: number): void {
    this.used.set(arn, (this.used.get(arn) ?? 0) + vcpus);
  }

  /** An environment that is not in the app has place enough. */
  private maxvCpus(arn: string): number {
    return this.deployment.computeEnvironments.find((one) => one.arn === arn)?.maxvCpus ?? Infinity;
  }
}

/** A queue that is not in the app has an environment that is not in it either. */
function environmentsOf(computeEnvironmentArns: readonly string[]): readonly string[] {
  return computeEnvironmentArns.length > 0 ? computeEnvironmentArns : ['elsewhere'];
}
