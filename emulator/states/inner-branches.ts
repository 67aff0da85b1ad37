import type { InnerBranch, ResumableWork, StateWork } from './state-context';
import { RuntimeError } from './task-error';

/** What is recorded about each branch. */
export interface BranchEvents {
  readonly started?: (index: number) => void;
  readonly succeeded?: (index: number) => void;
  readonly failed?: (index: number) => void;
  readonly aborted?: (index: number) => void;
}

/** Branches that run at the same time. When one of them fails, the others are ended, and their state fails. */
export class InnerBranches implements ResumableWork {
  private readonly branches: InnerBranch[] = [];

  constructor(
    private readonly count: number,
    private readonly concurrency: number,
    private readonly newBranch: (index: number) => InnerBranch,
    private readonly events: BranchEvents = {},
  ) {}

  run(): StateWork {
    const running = new Set<number>();
    const waiting = Array.from({ length: this.count }, (_, index) => index).filter((index) => !this.branches[index]?.hasSucceeded);
    let isOver = false;
    const abandon = (recordsEvents: boolean) => {
      isOver = true;
      running.forEach((index) => {
        if (recordsEvents) this.events.aborted?.(index);
        this.branches[index].abort(recordsEvents);
      });
    };
    const result = new Promise<unknown[]>((resolve, reject) => {
      const runNext = async (): Promise<void> => {
        const index = waiting.shift();
        if (index === undefined) {
          if (running.size === 0) resolve(this.branches.map(({ output }) => output));
          return;
        }
        running.add(index);
        try {
          this.branches[index] ??= this.newBranch(index);
          this.events.started?.(index);
          await this.branches[index].run();
          if (isOver) return;
          running.delete(index);
          this.events.succeeded?.(index);
        } catch (error) {
          if (isOver) return;
          isOver = true;
          this.endAll(index, running, error);
          reject(error);
          return;
        }
        await runNext();
      };
      for (let started = 0; started < Math.max(1, Math.min(this.concurrency, this.count)); started++) void runNext();
    });
    return { result, abandon };
  }

  /** After an error of Step Functions itself, the execution fails without events of its inner states. */
  private endAll(failed: number, running: Set<number>, error: unknown): void {
    const recordsEvents = !(error instanceof RuntimeError);
    running.add(failed);
    for (const index of [failed, ...[...running].filter((other) => other !== failed)]) {
      if (recordsEvents) (index === failed ? this.events.failed : this.events.aborted)?.(index);
      // The state that the branch failed in has not been left: it is aborted too.
      this.branches[index]?.abort(recordsEvents);
    }
  }
}
