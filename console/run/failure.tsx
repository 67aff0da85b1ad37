import type { Run } from '../api/types';

/** Why a run failed, and what to do. */
export function Failure({ run: { failure, status } }: { readonly run: Run }) {
  if (!failure || (status !== 'FAILED' && status !== 'CANCELLED')) return null;
  return (
    <section class={`card failure ${status === 'FAILED' ? 'bad' : ''}`} aria-labelledby="failure">
      <h2 id="failure">{status === 'FAILED' ? 'Why it failed' : 'Why it ended'}: {failure.reason}</h2>
      {failure.message && <p class="words">{failure.message}</p>}
      {failure.advice && <p><strong>What to do:</strong> <Marked text={failure.advice} /></p>}
    </section>
  );
}

/** Names of props are in backquotes. */
function Marked({ text }: { readonly text: string }) {
  return <>{text.split('`').map((part, index) => index % 2 === 1 ? <code key={part}>{part}</code> : part)}</>;
}
