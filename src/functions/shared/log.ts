/** What the functions log. */
export type Notice = 'submitted' | 'adopted' | 'terminated' | 'handed over' | 'not found' | 'ignored' | 'another round' | 'over' | 'failed' | 'started' | 'cancelled' | 'redriven';

/** What a log line may carry besides its notice: ids and states, but never a token, the value of an environment variable or of a parameter. */
export interface LogFields {
  readonly runId?: string;
  readonly jobId?: string;
  readonly round?: number;
  readonly status?: string;
  readonly verdict?: string;
  readonly error?: string;
  readonly message?: string;
  readonly count?: number;
  readonly seconds?: number;
}

/** Writes one JSON object on one line, for CloudWatch Logs Insights. */
export function log(notice: Notice, fields: LogFields = {}): void {
  console.log(JSON.stringify({ notice, ...fields }));
}
