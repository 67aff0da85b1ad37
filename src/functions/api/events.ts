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
    readonly output: string | null;
    /** `included: false` where the output is too long for an event. */
    readonly outputDetails: { readonly included: boolean } | null;
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
    readonly status: string;
    readonly statusReason?: string;
    readonly attempts?: readonly unknown[];
    readonly startedAt?: number;
    readonly parameters?: Record<string, string>;
  };
}
