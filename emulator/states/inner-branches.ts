import type { EventChain } from './event-chain';
import type { InnerBranch, ResumableWork, StateWork } from './state-context';
import { RuntimeError } from './task-error';

/** What is recorded about each branch. */
export interface BranchEvents {
  readonly started?: (index: number, branch: EventChain) => void;
  /** Returns the id of the event. */
  readonly succeeded?: (index: number, branch: EventChain) => number;
  readonly failed?: (index: number, causeId: number) => void;
  readonly aborted?: (index: number, causeId: number) => void;
}

/**
 * Branches that run at the same time. When one of them fails, the others are ended, and their state fails. A branch that waits for another to
 * end follows its last event, and their state goes on from the last event of the branch that ended last or failed.
 */
export class InnerBranches implements ResumableWork {
  private readonly branches: InnerBranch[] = [];

  constructor(
    private readonly count: number,
    private readonly concurrency: number,
    private readonly newBranch: (index: number) => InnerBranch,
    /** The events of their state. */
    private readonly chain: EventChain,
    private readonly events: BranchEvents = {},
  ) {}

  run(): StateWork {
    const running = new Set<number>();
    const waiting = Array.from({ length: this.count }, (_, index) => index).filter((index) => !this.branches[index]?.hasSucceeded);
    let isOver = false;
    const abandon = (causeId?: number) => {
      isOver = true;
      running.forEach((index) => {
        if (causeId !== undefined) this.events.aborted?.(index, causeId);
        this.branches[index].abort(causeId);
      });
    };
    const startId = this.chain.lastId;
    const result = new Promise<unknown[]>((resolve, reject) => {
      const runNext = async (previousId: number): Promise<void> => {
        const index = waiting.shift();
        if (index === undefined) {
          if (running.size === 0) resolve(this.branches.map(({ output }) => output));
          return;
        }
        running.add(index);
        try {
          const { chain } = this.branches[index] ??= this.newBranch(index);
          chain.lastId = previousId;
          this.events.started?.(index, chain);
          await this.branches[index].run();
          if (isOver) return;
          running.delete(index);
          this.chain.lastId = this.events.succeeded?.(index, chain) ?? chain.lastId;
        } catch (error) {
          if (isOver) return;
          isOver = true;
          this.chain.lastId = this.branches[index]?.chain.lastId ?? previousId;
          this.endAll(index, running, error);
          reject(error);
          return;
        }
        await runNext(this.branches[index].chain.lastId);
      };
      for (let started = 0; started < Math.max(1, Math.min(this.concurrency, this.count)); started++) void runNext(startId);
    });
    return { result, abandon };
  }

  /** After an error of Step Functions itself, the execution fails without events of its inner states. */
  private endAll(failed: number, running: Set<number>, error: unknown): void {
    const causeId = error instanceof RuntimeError ? undefined : this.chain.lastId;
    running.add(failed);
    for (const index of [failed, ...[...running].filter((other) => other !== failed)]) {
      if (causeId !== undefined) (index === failed ? this.events.failed : this.events.aborted)?.(index, causeId);
      // The state that the branch failed in has not been left: it is aborted too.
      this.branches[index]?.abort(causeId);
    }
  }
}
