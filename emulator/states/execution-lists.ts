import { listedExecution } from './execution-descriptions';
import type { ExecutionState } from './execution-state';
import { historyEventOf } from './history-events';
import type { DeployedStateMachine } from '../assembly/deployment';
import { ServiceError } from '../service';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
const LARGEST_PAGE = 1_000;
const DEFAULT_PAGE = 100;
const TOKEN_LIFETIME = 24 * 3_600_000;

const STATUSES = ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'];
const REDRIVE_FILTERS = ['REDRIVEN', 'NOT_REDRIVEN'];

interface PageRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

interface Listing<T> {
  /** What is listed. A page token of another query is refused. */
  readonly query: readonly unknown[];
  readonly now: number;
  readonly isLastFirst?: boolean;
  readonly isListed?: (item: T) => boolean;
}

/** The most recent execution comes first. https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
export function listExecutions(executions: readonly ExecutionState[], { stateMachineArn, statusFilter, redriveFilter, ...request }: any, now: number) {
  const { page, nextToken } = pageOf(executions, request, {
    query: ['ListExecutions', stateMachineArn, statusFilter, redriveFilter],
    now,
    isLastFirst: true,
    isListed: (execution) => execution.stateMachineArn === stateMachineArn
      && (statusFilter === undefined || execution.status === statusFilter)
      && (redriveFilter === undefined || redriveFilter === (execution.redriveCount > 0 ? 'REDRIVEN' : 'NOT_REDRIVEN')),
  });
  return { executions: page.map(listedExecution), nextToken };
}

/** Refuses a ListExecutions request as Step Functions does. */
export function validateListExecutions({ stateMachineArn, mapRunArn, statusFilter, redriveFilter }: any): void {
  if ((stateMachineArn === undefined) === (mapRunArn === undefined)) throw new ServiceError('ValidationException', 'Exactly one of stateMachineArn and mapRunArn must be given');
  if (mapRunArn !== undefined) throw new ServiceError('UnknownOperationException', 'the emulator does not list the child executions of a map run: ListExecutions needs a stateMachineArn');
  validateEnum('statusFilter', statusFilter, STATUSES);
  validateEnum('redriveFilter', redriveFilter, REDRIVE_FILTERS);
  if (statusFilter === 'PENDING_REDRIVE') throw new ServiceError('ValidationException', 'the statusFilter PENDING_REDRIVE needs a mapRunArn');
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
export function listHistory({ arn, history }: ExecutionState, options: any, region: string, now: number) {
  const { reverseOrder = false, includeExecutionData = true, ...request } = options;
  const { page, nextToken } = pageOf(history, request, { query: ['GetExecutionHistory', arn, reverseOrder], now, isLastFirst: reverseOrder });
  return { events: page.map((event) => historyEventOf(event, region, includeExecutionData)), nextToken };
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html */
export function listStateMachines(machines: readonly DeployedStateMachine[], creationDate: number | undefined, request: PageRequest, now: number) {
  const { page, nextToken } = pageOf(machines, request, { query: ['ListStateMachines'], now });
  return { stateMachines: page.map(({ arn, name }) => ({ stateMachineArn: arn, name, type: 'STANDARD', creationDate })), nextToken };
}

/** A page of a list that only grows at its end. Its token holds the index of the next item, which stays right when the list grows. */
function pageOf<T>(items: readonly T[], { maxResults = 0, nextToken }: PageRequest, { query, now, isLastFirst = false, isListed = () => true }: Listing<T>) {
  const size = pageSizeOf(maxResults);
  const page: T[] = [];
  let index = nextToken === undefined ? isLastFirst ? items.length - 1 : 0 : indexIn(nextToken, query, now);
  for (; index >= 0 && index < items.length; index += isLastFirst ? -1 : 1) {
    if (!isListed(items[index])) continue;
    if (page.length === size) return { page, nextToken: Buffer.from(JSON.stringify({ query, index, at: now })).toString('base64url') };
    page.push(items[index]);
  }
  return { page };
}

function pageSizeOf(maxResults: number): number {
  const bound = maxResults < 0 ? 'greater than or equal to 0' : `less than or equal to ${LARGEST_PAGE}`;
  if (maxResults < 0 || maxResults > LARGEST_PAGE) throw invalid('maxResults', maxResults, `Member must have value ${bound}`);
  return maxResults || DEFAULT_PAGE;
}

function indexIn(token: string, query: readonly unknown[], now: number): number {
  try {
    const { query: sameQuery, index, at } = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (JSON.stringify(sameQuery) === JSON.stringify(query) && Number.isSafeInteger(index) && now - at <= TOKEN_LIFETIME) return index;
  } catch {
    // It is not a token of the emulator.
  }
  throw new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
}

function validateEnum(field: string, value: string | undefined, values: readonly string[]): void {
  if (value !== undefined && !values.includes(value)) throw invalid(field, value, `Member must satisfy enum value set: [${values.join(', ')}]`);
}

function invalid(field: string, value: unknown, constraint: string): ServiceError {
  return new ServiceError('ValidationException', `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: ${constraint}`);
}
