import type { HistoryEvent } from './execution';

/**
 * The details that the API has of each type of event. A type that is not here has none.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
const DETAILS: readonly (readonly [type: RegExp, fields: readonly string[], member?: string])[] = [
  [/^ExecutionStarted$/, ['input', 'roleArn']],
  [/^ExecutionSucceeded$/, ['output']],
  [/^Execution(Failed|Aborted|TimedOut)$/, ['error', 'cause']],
  [/^ExecutionRedriven$/, ['redriveCount']],
  [/StateEntered$/, ['name', 'input'], 'stateEntered'],
  [/StateExited$/, ['name', 'output'], 'stateExited'],
  [/^LambdaFunctionScheduled$/, ['resource', 'input', 'timeoutInSeconds']],
  [/^LambdaFunctionSucceeded$/, ['output']],
  [/^LambdaFunction(Failed|TimedOut)$/, ['error', 'cause']],
  [/^TaskScheduled$/, ['resourceType', 'resource', 'region', 'parameters', 'timeoutInSeconds', 'heartbeatInSeconds']],
  [/^Task(Started|Submitted|Succeeded|Failed|TimedOut)$/, ['resourceType', 'resource', 'output', 'error', 'cause']],
  [/^MapStateStarted$/, ['length']],
  [/^MapIteration/, ['name', 'index']],
  [/^MapRun(Started|Redriven)$/, ['mapRunArn']],
  [/^MapRunFailed$/, ['error', 'cause']],
];

/** Fields with JSON values. Only these can be null. */
const DATA = ['input', 'output', 'parameters'];

/** An event as GetExecutionHistory answers it. Its input and output are JSON texts; without `includesData`, they are left out. */
export function historyEventOf({ id, previousId, timestamp, type, details }: HistoryEvent, region: string, includesData: boolean): Record<string, unknown> {
  const event = { timestamp: timestamp / 1000, type, id, previousEventId: previousId };
  const found = DETAILS.find(([pattern]) => pattern.test(type));
  if (!found) return event;
  const [, fields, member = `${type[0].toLowerCase()}${type.slice(1)}`] = found;
  const values: Record<string, unknown> = type.startsWith('Task') ? { ...details, ...integrationOf(details.resource), region } : { input: details.parameters, ...details };
  const known = fields.filter((field) => values[field] !== undefined && (values[field] !== null || DATA.includes(field)));
  return { ...event, [`${member}EventDetails`]: Object.assign({}, ...known.map((field) => describe(field, values[field], includesData))) };
}

function describe(field: string, value: unknown, includesData: boolean): Record<string, unknown> {
  // The API requires the parameters of a task.
  if (field === 'parameters') return { parameters: JSON.stringify(value) };
  if (!DATA.includes(field)) return { [field]: value };
  return includesData ? { [field]: JSON.stringify(value), [`${field}Details`]: { truncated: false } } : {};
}

/** `arn:aws:states:::aws-sdk:s3:putObject` is `putObject` of `aws-sdk:s3`. */
function integrationOf(arn: unknown): { readonly resourceType: string; readonly resource: string } {
  const parts = String(arn).split(':').slice(5);
  return { resourceType: parts.slice(0, -1).join(':'), resource: parts.at(-1)! };
}
