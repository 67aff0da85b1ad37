import { ApiCall, ServiceName } from './service';

/**
 * The faults that are injected into the emulated services. A service misbehaves only where one of these functions says so, and only
 * in ways that AWS documents. With `NO_FAULTS` every call works. All times are milliseconds of the shared clock.
 */
export interface Faults {
  /** Called once for each API call, before it is handled. */
  call(service: ServiceName, call: ApiCall): CallFault | undefined;
  /** Called once for each invocation of a function. */
  invocation(invocation: { readonly functionPath: string; readonly event: unknown }): InvocationFault | undefined;
  /** How an EventBridge event is delivered. `[]` loses the event; two deliveries bring it twice. */
  event(event: Record<string, unknown>): Delivery[];
  /**
   * How long it takes until ListJobs and DescribeJobs show a submitted job, and how long they show it after its end. Called once for each
   * job. Batch keeps a finished job for at least 7 days (https://docs.aws.amazon.com/batch/latest/userguide/job_states.html), and jobs were
   * seen to be forgotten earlier (https://github.com/nextflow-io/nextflow/issues/7301).
   */
  visibility(job: { readonly jobName: string }): { readonly listed: number; readonly described: number; readonly forgotten?: number };
  /** What happens to an attempt before its container runs. Called once for each attempt. */
  placement(attempt: { readonly jobName: string; readonly jobId: string; readonly attempt: number; readonly jobQueueArn: string }): Placement;
  /** How long it takes until CloudWatch Logs shows a line. Called once for each line. People saw some seconds: https://dev.to/shu85t/visualize-cloudwatch-logs-ingestion-lag-with-logs-insights-hkl */
  ingestion(line: { readonly group: string; readonly stream: string; readonly message: string }): number;
}

export type CallFault =
  /** The call is refused before anything happens. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string; readonly message?: string }
  /** The call is carried out, but the answer is an error. */
  | { readonly kind: 'accept-then-fail'; readonly status: number; readonly code: string; readonly message?: string }
  /** The call is carried out, but the connection is dropped before the answer. */
  | { readonly kind: 'accept-then-drop' }
  /** The call is carried out, and the answer comes after this delay. */
  | { readonly kind: 'accept-then-hang'; readonly delay: number }
  /** The call is carried out, and the answer has values or fields that are new: AWS adds some without notice. */
  | { readonly kind: 'alter'; readonly alter: (answer: any) => unknown };

export type InvocationFault =
  /** The function crashes before its handler begins. */
  | { readonly kind: 'crash-before' }
  /** The handler ran to its end, but its answer is lost. */
  | { readonly kind: 'crash-after' }
  /** The handler ran to its end, but the function's timeout came before the answer. */
  | { readonly kind: 'time-out' };

export interface Delivery {
  readonly delay: number;
  readonly event: Record<string, unknown>;
}

export interface Placement {
  /** Between SUBMITTED and RUNNABLE. */
  readonly pending: number;
  /** Between RUNNABLE and STARTING. `Infinity` for a job that never gets capacity. */
  readonly runnable: number;
  /** Between STARTING and RUNNING, while the image is pulled. `Infinity` for a pull that never ends. */
  readonly starting: number;
  /** Whether the ECS agent of the instance is gone while the job is STARTING, so that no call ends the task. */
  readonly agentIsGone?: boolean;
  /** The `statusReason` that Batch gives to a job that blocks its queue, for example `CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY`. */
  readonly stuckReason?: string;
}

export const NO_FAULTS: Faults = {
  call: () => undefined,
  invocation: () => undefined,
  event: (event) => [{ delay: 0, event }],
  visibility: () => ({ listed: 0, described: 0 }),
  placement: () => ({ pending: 100, runnable: 400, starting: 500 }),
  ingestion: () => 0,
};
