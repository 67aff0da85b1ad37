/** Calls a service with the role of the state machine. */
export type MapCall = (resource: string, parameters: unknown) => Promise<unknown>;

/** The execution of an item of a distributed map. */
export interface ChildExecution {
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
  readonly status: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly redriveCount: number;
  done(): Promise<void>;
  stop(error?: string, cause?: string): void;
  redrive(): void;
}

/** A map run, as DescribeMapRun shows it. */
export interface MapRun {
  readonly mapRunArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly items: () => MapRunCounts;
  readonly executions: () => MapRunCounts;
}

export interface MapRunCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly aborted: number;
}

/** The input of a child execution, and how many items are in it. */
export interface MapRunInput {
  readonly input: unknown;
  readonly items: number;
}

/** Counts the executions of a map run by their outcomes, each with the weight that `weightOf` gives to its index. */
export function countsOf(inputs: readonly MapRunInput[], children: readonly (ChildExecution | undefined)[], weightOf: (index: number) => number): MapRunCounts {
  const counts = { total: 0, succeeded: 0, failed: 0, aborted: 0 };
  inputs.forEach((_, index) => {
    const weight = weightOf(index);
    counts.total += weight;
    const status = children[index]?.status;
    if (status === 'SUCCEEDED') counts.succeeded += weight;
    else if (status === 'ABORTED') counts.aborted += weight;
    else if (status === 'FAILED' || status === 'TIMED_OUT') counts.failed += weight;
  });
  return counts;
}
