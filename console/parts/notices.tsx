import { Component, ComponentChildren } from 'preact';
import { useNow } from '../context';
import { duration, utc } from '../format/time';
import type { Polled } from '../poll/poller';

/** That there is no answer for now, and when the next try is. */
export function Trouble({ trouble }: Pick<Polled<unknown>, 'trouble'>) {
  useNow(1_000);
  if (!trouble) return null;
  const { since, retryAt, message } = trouble;
  const left = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  const begin = new Date(since).toISOString();
  return (
    <p class="notice warn">
      <strong>Not reachable</strong> since <time dateTime={begin} title={utc(begin)}>{utc(begin).slice(11)}</time>, {left === 0 ? 'trying again now' : `trying again in ${duration(left)}`}: {message}.
      {' '}What you see may be old.
    </p>
  );
}

/** That something cannot be shown or done. */
export function Refusal({ error }: { readonly error: Error | undefined }) {
  return error ? <p class="notice bad" role="alert">{sentence(error.message)}</p> : null;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** An error inside of a view takes the view, and not the page. */
export class Guard extends Component<{ readonly children: ComponentChildren }, { readonly error?: Error }> {
  static override getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render({ children }: { children: ComponentChildren }, { error }: { error?: Error }) {
    if (!error) return children;
    return (
      <div class="notice bad" role="alert">
        <p>This view cannot be shown: {error.message}</p>
        <button type="button" onClick={() => location.reload()}>Reload</button>
      </div>
    );
  }
}
