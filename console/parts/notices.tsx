import { Component, ComponentChildren } from 'preact';
import { NetworkError, troubleText } from '../api/errors';
import { useNow } from '../context';
import { sentence } from '../format/text';
import { duration, utc } from '../format/time';
import type { Polled } from '../poll/poller';

/** That there is no answer for now, and when the next try is. */
export function Trouble({ trouble }: Pick<Polled<unknown>, 'trouble'>) {
  useNow(1_000);
  if (!trouble) return null;
  const { since, retryAt, error } = trouble;
  const left = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  const begin = new Date(since).toISOString();
  return (
    <p class="notice warn">
      <strong>{troubleText(error)}</strong>
      {error instanceof NetworkError && <> since <time dateTime={begin} title={utc(begin)}>{utc(begin).slice(11)}</time></>}: {sentence(error.message)}
      {' '}Trying again {left === 0 ? 'now' : `in ${duration(left)}`}. What you see may be old.
    </p>
  );
}

/** That something cannot be shown or done. */
export function Refusal({ error, onAgain }: { readonly error: Error | undefined; readonly onAgain: () => void }) {
  return error ? <p class="notice bad" role="alert">{sentence(error.message)} <button type="button" class="small" onClick={onAgain}>Try again</button></p> : null;
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
