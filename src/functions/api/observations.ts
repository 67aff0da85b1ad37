import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import type { BatchJobEvent, ExecutionEvent } from './events';
import { RunChange, RunFailure, stepOf } from './stored-run';
import { isOver, JOB_STATUSES, RunStatus } from '../../contract/api-runs';
import { isObject } from '../../contract/json-text';
import { readRunContext, runId } from '../shared/run-context';

/** What Step Functions says of an execution, in an event or as an answer. Times are milliseconds since the epoch. */
interface Execution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly status: string;
  readonly redrives: number;
  readonly stoppedAt?: number;
  readonly output?: string | null;
  readonly error?: string | null;
  readonly cause?: string | null;
}

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-states.html */
export function changeOfExecution({ detail, time }: ExecutionEvent): RunChange {
  const { executionArn, stateMachineArn, status, redriveCount, stopDate, output, error, cause } = detail;
  const ends = { stoppedAt: stopDate ?? undefined, output, error, cause };
  const change = changeOf({ executionArn, stateMachineArn, status, redrives: redriveCount ?? 0, ...ends }, Date.parse(time));
  // A long output is left out. The documentation has the error and the number of redrives; the schema that AWS publishes has neither.
  const saysWhat = change.status === 'SUBMITTED' || (change.status === 'SUCCEEDED' ? !!output : !!error || !!cause);
  return redriveCount !== undefined && saysWhat ? change : { ...change, isPartial: true };
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
export function changeOfAnswer(answer: DescribeExecutionCommandOutput): RunChange {
  const { executionArn, stateMachineArn, status, redriveCount = 0, stopDate, output, error, cause } = answer;
  const ends = { stoppedAt: stopDate?.getTime(), output, error, cause };
  return changeOf({ executionArn: executionArn!, stateMachineArn: stateMachineArn!, status: status!, redrives: redriveCount, ...ends }, Date.now());
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html#API_DescribeExecution_ResponseSyntax */
const ENDS: Record<string, RunStatus> = { SUCCEEDED: 'SUCCEEDED', FAILED: 'FAILED', TIMED_OUT: 'FAILED', ABORTED: 'CANCELLED' };

function changeOf(execution: Execution, at: number): RunChange {
  const { executionArn, stateMachineArn, redrives, stoppedAt, output, error, cause } = execution;
  const status = ENDS[execution.status] ?? 'SUBMITTED';
  const common = { id: runId(executionArn), stateMachineArn, status, step: stepOf({ redrives, status }), at };
  if (!isOver(status)) return { ...common, details: { redrives } };
  const text = (status === 'SUCCEEDED' ? output : cause) ?? '';
  const { rounds, jobId, startedAt, message } = outcomeIn(text);
  const failure: RunFailure | undefined = status === 'SUCCEEDED' ? undefined : {
    reason: error ?? (execution.status === 'TIMED_OUT' ? 'States.Timeout' : status === 'CANCELLED' ? 'Cancelled' : 'Unknown'),
    message: typeof message === 'string' ? message : (text || undefined),
  };
  return {
    ...common,
    details: {
      redrives,
      round: typeof rounds === 'number' ? rounds : undefined,
      jobId: typeof jobId === 'string' ? jobId : undefined,
      startedAt: timeIn(startedAt),
      endedAt: stoppedAt ?? at,
      failure,
    },
    output: text === '' ? undefined : text,
  };
}

function timeIn(text: unknown): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** The members of a `RunOutput`. The cause of a run that failed may be any text. */
export function outcomeIn(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/**
 * What an event of Batch says of the run of its job. Undefined for a job that is not one of a run, and for one that is over: its run says what came of it.
 * https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html, https://docs.aws.amazon.com/batch/latest/userguide/batch-job-queue-blocked-events.html
 */
export function changeOfJob({ detail, time }: BatchJobEvent): RunChange | undefined {
  const { parameters, jobId, jobQueue, status, statusReason, attempts = [], startedAt, container } = detail;
  const context = readRunContext(parameters);
  if (!context || !isWaitingOrRunning(status)) return undefined;
  const at = { redrives: context.redrive, round: context.round, attempt: attempts.length + 1, status };
  return {
    id: runId(context.execution),
    stateMachineArn: context.execution.replace(':execution:', ':stateMachine:').split(':').slice(0, 7).join(':'),
    status,
    step: stepOf(at),
    at: Date.parse(time),
    details: {
      redrives: at.redrives,
      round: at.round,
      attempt: at.attempt,
      jobId,
      jobQueue,
      vcpus: context.vcpus,
      memory: context.memory,
      reason: status === 'RUNNABLE' && statusReason ? statusReason : undefined,
      startedAt: status === 'RUNNING' ? startedAt : undefined,
    },
    logStream: status === 'RUNNING' ? container?.logStreamName : undefined,
  };
}

function isWaitingOrRunning(status: string): status is RunStatus {
  return (JOB_STATUSES as readonly string[]).includes(status);
}
