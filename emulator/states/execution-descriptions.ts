import type { ExecutionState, PastExecution } from './execution-state';
import { inWholeSeconds } from '../clock';
import { uuidOf } from '../uuid';

type KnownExecution = ExecutionState & Partial<Pick<PastExecution, 'isPast'>>;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
export function describeExecution(execution: KnownExecution) {
  return {
    ...listedExecution(execution),
    input: JSON.stringify(execution.input),
    inputDetails: { included: true },
    output: JSON.stringify(execution.output),
    outputDetails: execution.output === undefined ? undefined : { included: true },
    error: execution.error,
    cause: execution.cause,
    redriveStatus: isRedrivable(execution) ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    redriveStatusReason: isRedrivable(execution) ? undefined : whyNotRedrivable(execution),
  };
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionListItem.html */
export function listedExecution(execution: ExecutionState) {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: inSeconds(execution.startedAt),
    stopDate: inSeconds(execution.stoppedAt),
    redriveCount: execution.redriveCount,
    redriveDate: inSeconds(execution.redrivenAt),
  };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export function statusEventOf(execution: ExecutionState, account: string, region: string, now: number): Record<string, unknown> {
  return {
    'version': '0',
    'id': uuidOf(`${execution.arn} ${execution.redriveCount} ${execution.status}`),
    'detail-type': 'Step Functions Execution Status Change',
    'source': 'aws.states',
    account,
    'time': inWholeSeconds(now),
    region,
    'resources': [execution.arn],
    'detail': {
      executionArn: execution.arn,
      stateMachineArn: execution.stateMachineArn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAt,
      stopDate: execution.stoppedAt ?? null,
      input: JSON.stringify(execution.input),
      output: execution.output === undefined ? null : JSON.stringify(execution.output),
      inputDetails: { included: true },
      outputDetails: execution.output === undefined ? null : { included: true },
      error: execution.error ?? null,
      cause: execution.cause ?? null,
      redriveCount: execution.redriveCount,
    },
  };
}

/** The states of a past one are gone. */
export function isRedrivable({ status, isPast }: KnownExecution): boolean {
  return status !== 'RUNNING' && status !== 'SUCCEEDED' && !isPast;
}

/** AWS has no reason for what the emulator cannot do. https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
export function whyNotRedrivable({ status }: KnownExecution): string {
  return status === 'RUNNING' || status === 'SUCCEEDED'
    ? `Execution is ${status} and cannot be redriven`
    : 'Execution was started before a restart or an edit, and the emulator cannot redrive it; start a new one';
}

/** The API has times in seconds since the epoch. */
export function inSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
