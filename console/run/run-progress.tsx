import type { Run } from '../api/types';
import { isOver, progressShare, progressText } from '../format/text';
import { Ago } from '../parts/time';

/** What the container last said of its progress, and when: an old progress may be a program that hangs. After a success, it says nothing. */
export function RunProgress({ run: { progress, status } }: { readonly run: Run }) {
  if (!progress || status === 'SUCCEEDED') return null;
  const share = progressShare(progress);
  const text = progressText(progress);
  const { done, total, percentage, message, at } = progress;
  const counts = percentage !== undefined && done !== undefined ? progressText({ done, total, at }) : undefined;
  return (
    <div class={`progress large${isOver(status) ? ' over' : ''}`}>
      {share !== undefined && <progress value={share} max={1} aria-label="Progress" />}
      <p>
        {text && <strong>{text}</strong>}
        {counts && <span>{counts}</span>}
        {message && <span>{message}</span>}
        <span class="nothing">{isOver(status) ? 'last said' : 'said'} <Ago at={at} /></span>
      </p>
    </div>
  );
}
