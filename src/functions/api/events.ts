/** The events of EventBridge that the function reads. */

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-states.html */
export interface ExecutionEvent {
  readonly 'detail-type': 'Step Functions Execution Status Change';
  readonly 'time': string;
  readonly 'detail': {
    readonly executionArn: string;
    readonly stateMachineArn: string;
    readonly status: string;
    readonly stopDate: number | null;
    readonly redriveCount?: number;
    /** Null where it is too long for an event, too. */
    readonly output: string | null;
    readonly error?: string | null;
    readonly cause?: string | null;
  };
}

/** https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html */
export interface BatchJobEvent {
  readonly 'detail-type': 'Batch Job State Change' | 'Batch Job Queue Blocked';
  readonly 'time': string;
  readonly 'detail': {
    readonly jobId: string;
    readonly jobQueue?: string;
    readonly status: string;
    readonly statusReason?: string;
    readonly attempts?: readonly unknown[];
    readonly startedAt?: number;
    /** Undefined for array jobs and multi-node jobs. */
    readonly container?: { readonly logStreamName?: string };
    readonly parameters?: Record<string, string>;
  };
}
