import { ApiCall, ServiceName } from './service';

/**
 * Where the stand-in asks what goes wrong. A service is told to misbehave only here, and only as it is documented to; with
 * `NO_FAULTS` everything works at once. All times are milliseconds of the shared clock.
 */
export interface Faults {
  /** Asked once for each API call, before it is handled. */
  call(service: ServiceName, call: ApiCall): CallFault | undefined;
  /** Asked once for each invocation of a function. */
  invocation(invocation: { readonly functionPath: string; readonly event: unknown }): InvocationFault | undefined;
  /** How an EventBridge event arrives: `[]` loses it, two deliveries bring it twice. */
  event(event: Record<string, unknown>): Delivery[];
  /** How long it takes until a submitted job is seen by ListJobs, and by DescribeJobs. Asked once for each job. */
  visibility(job: { readonly jobName: string }): { readonly listed: number; readonly described: number };
  /** What happens to an attempt before its container runs. Asked once for each attempt. */
  placement(attempt: { readonly jobName: string; readonly jobId: string; readonly attempt: number; readonly jobQueueArn: string }): Placement;
}

export type CallFault =
  /** Refused before anything happened. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string; readonly message?: string }
  /** Done, but the answer is an error. */
  | { readonly kind: 'accept-then-fail'; readonly status: number; readonly code: string; readonly message?: string }
  /** Done, but the connection is dropped before the answer. */
  | { readonly kind: 'accept-then-drop' }
  /** Done, and the answer is held back for so long. */
  | { readonly kind: 'accept-then-hang'; readonly delay: number }
  /** Done, and the answer says what no answer has said before: a service adds values and fields as it likes. */
  | { readonly kind: 'alter'; readonly alter: (answer: any) => unknown };

export type InvocationFault =
  /** The function dies before its handler begins. */
  | { readonly kind: 'crash-before' }
  /** The handler ran to its end, but its answer is lost. */
  | { readonly kind: 'crash-after' }
  /** The handler ran to its end, but its time-out came before its answer. */
  | { readonly kind: 'time-out' };

export interface Delivery {
  readonly delay: number;
  readonly event: Record<string, unknown>;
}

export interface Placement {
  /** Between SUBMITTED and RUNNABLE. */
  readonly pending: number;
  /** Between RUNNABLE and STARTING; `Infinity` for a job that nothing can place. */
  readonly runnable: number;
  /** Between STARTING and RUNNING: the image is pulled. */
  readonly starting: number;
  /** What Batch writes into `statusReason` of a job that blocks its queue, for example `CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY`. */
  readonly stuckReason?: string;
}

export const NO_FAULTS: Faults = {
  call: () => undefined,
  invocation: () => undefined,
  event: (event) => [{ delay: 0, event }],
  visibility: () => ({ listed: 0, described: 0 }),
  placement: () => ({ pending: 100, runnable: 400, starting: 500 }),
};
