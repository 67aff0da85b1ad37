import type { FailureReason } from './errors';

/** The output of a run that succeeded, and, as JSON, the cause of one that failed. */
export interface RunOutput {
  readonly runId: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** Of the last attempt. Of a multi-node job, of its main node. */
  readonly exitCode: number | null;
  /** How often the container was started, over all rounds. */
  readonly attempts: number;
  readonly rounds: number;
  /** The verdict's reason; null for a run that succeeded. */
  readonly reason: FailureReason | null;
  /** The words of Batch and of the container for it. */
  readonly message: string | null;
  readonly submittedAt: string | null;
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  readonly queuedSeconds: number | null;
  readonly ranSeconds: number | null;
  readonly logGroup: string;
  /** Of the attempts whose container started. Of a multi-node job, of its main node, and last of the node that failed first. */
  readonly logStreams: string[];
  /** A link to the last of the log streams in the console. */
  readonly logsUrl: string | null;
  /** Why there is no log, or none of the last attempt. Null when there is one. */
  readonly logsHint: string | null;
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** The outcomes of the rounds before the last one. */
  readonly earlierRounds: { readonly jobId: string; readonly reason: FailureReason; readonly memory: number }[];
  /** The JSON that the container of a successful run wrote to `HEAVY_BATCH_RESULT`. Null when it wrote nothing, and when `resultError` says why not. */
  readonly result: unknown;
  /** The S3 URI of the result; of an array job, what the URIs of its children's results begin with. Null when there is none. */
  readonly resultUri: string | null;
  /** Why a result that exists, or may exist, is not in `result`. */
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
  readonly firstFailed: { readonly index: number; readonly reason: FailureReason; readonly message: string }[];
}
