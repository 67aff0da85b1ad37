/** What an API says of runs, and the names in its table: the constructs, the function and the OpenAPI document share them. */

/** A job that an API starts runs of. */
export interface ApiJobEntry {
  /** By which the paths of the API name it. */
  readonly name: string;
  readonly stateMachineArn: string;
}

/** The states of a job of a run that its events bring to an API. There is no event for SUBMITTED, and the end of a job is not that of its run. */
export const JOB_STATUSES = ['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'] as const;

/** The status of a run: that of its job in Batch while it is under way, and one of the last three when it is over. */
export const RUN_STATUSES = ['SUBMITTED', ...JOB_STATUSES, 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;

export type RunStatus = typeof RUN_STATUSES[number];

/** Whether a run with this status is over. Only a redrive changes it then. */
export function isOver(status: RunStatus): boolean {
  return ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(status);
}

/** The name of the file with the OpenAPI document, beside the code of the function. */
export const DOCUMENT_FILE = 'openapi.json';

/** The web page of an API: its path, and the name of its file beside the code of the function. */
export const [CONSOLE_PATH, CONSOLE_FILE] = ['/console', 'console.html'];

/** The name of the schema of a job's parameters in the OpenAPI document. Names of components: https://spec.openapis.org/oas/v3.1.1.html#fixed-fields-6 */
export function parametersSchema(job: string): string {
  return `Parameters_${job}`;
}

/** The attributes of the table that are keys, and its index. */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', timeToLive: 'expiresAt', byStatus: 'byStatus', statusPartition: 'statusPk' } as const;

/** Seconds. API Gateway ends a request after 30: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const LONGEST_WAIT = 25;

/** The most runs on one page of a list, and how many there are when a caller does not say. */
export const [MOST_ON_A_PAGE, ON_A_PAGE] = [100, 25];

/** The most lines on one page of a log, and how many there are when a caller does not say. */
export const [MOST_LINES, LINES] = [1_000, 100];

/** Seconds after which a caller may ask again about a run that is not over, at the earliest. */
export const RETRY_AFTER = 2;

/**
 * The most bytes of a request: what the input of an execution may have.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const REQUEST_BYTES = 256 * 1024;

/** What the ids of runs look like: see `newRunId`. */
export const RUN_ID_PATTERN = '^[0-9a-z]{9}[0-9a-f]{20}-[0-9a-f]{20}$';

/** What `next` of a page of a log looks like. */
export const LOG_CURSOR_PATTERN = '^[A-Za-z0-9_-]+$';

/** What an idempotency key looks like: printable ASCII, without a space at its ends. A header loses those. */
export const KEY_PATTERN = '^[!-~]([ -~]*[!-~])?$';

/** The most characters of an idempotency key. https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
export const KEY_CHARACTERS = 255;
