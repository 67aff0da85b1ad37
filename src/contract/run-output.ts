/** The output of a run that succeeded, and, as JSON, the cause of one that failed. */
export interface RunOutput {
  readonly runId: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly exitCode: number | null;
  /** How often the container was started, over all rounds. */
  readonly attempts: number;
  readonly rounds: number;
  /** The verdict's reason; null for a run that succeeded. */
  readonly reason: string | null;
  /** The words of Batch, or of the container, for it. */
  readonly message: string | null;
  readonly submittedAt: string | null;
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  readonly queuedSeconds: number | null;
  readonly ranSeconds: number | null;
  readonly logGroup: string;
  readonly logStreams: string[];
  readonly logsUrl: string | null;
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** The outcomes of the rounds before the last one. */
  readonly earlierRounds: { readonly jobId: string; readonly reason: string; readonly memory: number }[];
  /** What the container of a successful run wrote to `HEAVY_BATCH_RESULT`: JSON or text. Null when it wrote nothing, or too much. */
  readonly result: unknown;
  /** The S3 URI of the result; of an array job, what the URIs of its children's results begin with. Null when there is none. */
  readonly resultUri: string | null;
  /** Why a result that may exist could not be read. */
  readonly resultError?: string;
  /** Only of an array job. */
  readonly array?: ArrayOutcome;
  /** Only of a multi-node job. */
  readonly nodes?: { readonly count: number; readonly main: number };
}

/** The outcome of a finished array job. */
export interface ArrayOutcome {
  readonly size: number;
  /** The number of children by their status. */
  readonly children: Record<string, number>;
  /** The first children that failed, by index. */
  readonly firstFailed: { readonly index: number; readonly reason: string; readonly message: string }[];
}
