import { HeavyBatchDuration, millisecondsOf } from './duration';

/** What the container of an attempt does, however it ends. */
export interface HeavyBatchAttemptOptions {
  /**
   * How long the container runs.
   *
   * @default one minute
   */
  readonly runsFor?: HeavyBatchDuration;
  /**
   * The lines that the container writes, at equal intervals while it runs.
   *
   * @default none
   */
  readonly output?: readonly string[];
}

export interface HeavyBatchSucceededAttemptOptions extends HeavyBatchAttemptOptions {
  /**
   * The result of the job, as JSON.
   *
   * @default none
   */
  readonly result?: unknown;
}

export interface HeavyBatchFailedAttemptOptions extends HeavyBatchAttemptOptions {
  /**
   * From 1 to 255.
   *
   * @default 1
   */
  readonly exitCode?: number;
}

/** What the container of an attempt does in a test: how long it runs, what it writes, and how it ends. */
export class HeavyBatchAttempt {
  /** The container ends with the exit code 0. */
  static succeeds({ result, ...options }: HeavyBatchSucceededAttemptOptions = {}): HeavyBatchAttempt {
    return new HeavyBatchAttempt('SUCCEEDS', options, { result });
  }

  /** The container ends with another exit code. */
  static fails({ exitCode, ...options }: HeavyBatchFailedAttemptOptions = {}): HeavyBatchAttempt {
    return new HeavyBatchAttempt('FAILS', options, { exitCode });
  }

  /** The kernel kills the container, since it needs more memory than it has. */
  static outOfMemory(options: HeavyBatchAttemptOptions = {}): HeavyBatchAttempt {
    return new HeavyBatchAttempt('OUT_OF_MEMORY', options);
  }

  /** AWS takes the Spot capacity back. On a queue of On-Demand capacity, the instance is lost. */
  static spotInterruption(options: HeavyBatchAttemptOptions = {}): HeavyBatchAttempt {
    return new HeavyBatchAttempt('SPOT_INTERRUPTION', options);
  }

  /** The container runs until it is stopped, for example by its time limit. Its lines are written within `runsFor`. */
  static neverEnds(options: HeavyBatchAttemptOptions = {}): HeavyBatchAttempt {
    return new HeavyBatchAttempt('NEVER', options);
  }

  private readonly attempt: object;

  private constructor(ends: string, { runsFor, output }: HeavyBatchAttemptOptions, more: object = {}) {
    this.attempt = { ends, runsFor: runsFor && millisecondsOf(runsFor), output, ...more };
  }

  /** As the command `script` takes it. */
  toJSON(): object {
    return this.attempt;
  }
}
