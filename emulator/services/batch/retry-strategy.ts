export interface EvaluateOnExit {
  readonly action: string;
  readonly onExitCode?: string;
  readonly onReason?: string;
  readonly onStatusReason?: string;
}

export interface AttemptEnd {
  readonly exitCode?: number;
  readonly reason?: string;
  readonly statusReason?: string;
}

/**
 * Whether Batch retries a failed attempt. The first rule whose conditions all match decides. When no rule matches, the attempt is
 * retried.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html, https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
 */
export function isRetried(rules: readonly EvaluateOnExit[], { exitCode, reason = '', statusReason = '' }: AttemptEnd): boolean {
  const rule = rules.find(({ onExitCode, onReason, onStatusReason }) => (
    (onExitCode === undefined || matches(onExitCode, exitCode === undefined ? '' : String(exitCode)))
    && (onReason === undefined || matches(onReason, reason))
    && (onStatusReason === undefined || matches(onStatusReason, statusReason))
  ));
  return rule === undefined || rule.action.toUpperCase() === 'RETRY';
}

/** The only wildcard is a `*` at the end. Case does not matter. */
function matches(pattern: string, text: string): boolean {
  return pattern.endsWith('*')
    ? text.toLowerCase().startsWith(pattern.slice(0, -1).toLowerCase())
    : text.toLowerCase() === pattern.toLowerCase();
}
