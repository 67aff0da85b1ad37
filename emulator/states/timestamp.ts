const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Whether a value is a time as Step Functions writes it: the RFC3339 profile of ISO 8601, with a `T` and a time zone. https://states-language.net/spec.html#timestamps */
export function isTimestamp(value: unknown): value is string {
  return typeof value === 'string' && FORM.test(value) && !Number.isNaN(Date.parse(value));
}
