/** What a log line may carry besides its notice: ids and states, never a token, an environment value or a parameter value. */
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

/** One JSON object a line, for CloudWatch Logs Insights. */
export function log(notice: string, fields: LogFields = {}): void {
  console.log(JSON.stringify({ notice, ...fields }));
}
