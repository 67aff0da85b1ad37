import type { VirtualClock } from '../../emulator/clock';
import type { Emulator } from '../../emulator/emulator';

/** Why time has stopped: what it was to pass for has come, nothing is left that could happen, or it takes too long on this machine. */
export type Stopped = 'reached' | 'stuck' | 'late';

interface Goal {
  readonly isReached: () => boolean;
  readonly end: (stopped: Stopped) => void;
}

/**
 * The only one that moves virtual time. Time passes while there is a goal that is not reached, and only while nothing is at work: no function,
 * no request between services, no program. What is due at the present moment happens also without a goal.
 */
export class TimeDriver {
  private readonly goals = new Set<Goal>();
  private driving?: Promise<void>;

  constructor(private readonly emulator: Pick<Emulator, 'untilQuiet'>, private readonly clock: Pick<VirtualClock, 'now' | 'next' | 'advance'>) {}

  /**
   * Lets time pass until a condition holds.
   *
   * @param limit milliseconds of this machine
   */
  until(isReached: () => boolean, limit = Infinity): Promise<Stopped> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(limit) ? setTimeout(() => goal.end('late'), limit) : undefined;
      const goal: Goal = {
        isReached,
        end: (stopped) => {
          this.goals.delete(goal);
          clearTimeout(timer);
          resolve(stopped);
        },
      };
      this.goals.add(goal);
      this.wake();
    });
  }

  /**
   * Lets time pass until work settles, and not more.
   *
   * @param limit milliseconds of this machine, after which `onLate` is called; the work is waited for all the same
   */
  async during<T>(work: Promise<T>, limit = Infinity, onLate: () => void = () => undefined): Promise<T> {
    let isSettled = false;
    const settled = () => { isSettled = true; };
    work.then(settled, settled);
    void this.until(() => isSettled, limit).then((stopped) => { if (stopped === 'late') onLate(); });
    return work;
  }

  /** Lets happen what is due. */
  wake(): void {
    this.driving ??= this.drive().finally(() => { this.driving = undefined; });
  }

  /** Gives up all goals. Resolves when time stands still and nothing is at work. */
  async stop(): Promise<void> {
    this.goals.forEach((goal) => goal.end('stuck'));
    await this.driving;
    await this.emulator.untilQuiet();
  }

  private async drive(): Promise<void> {
    const { emulator, clock, goals } = this;
    for (;;) {
      await emulator.untilQuiet();
      const next = clock.next() ?? Infinity;
      if (next > clock.now()) {
        goals.forEach((goal) => { if (goal.isReached()) goal.end('reached'); });
        if (goals.size === 0) return;
        if (next === Infinity) return goals.forEach((goal) => goal.end('stuck'));
      }
      clock.advance();
    }
  }
}
