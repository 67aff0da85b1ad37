import type { JSX } from 'preact';

/** A shape for each status besides its colour and its name. */
const SHAPES: Record<string, { readonly tone: string; readonly shape: JSX.Element }> = {
  SUBMITTED: { tone: 'waiting', shape: <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2 1.6" /> },
  PENDING: { tone: 'waiting', shape: <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2 1.6" /> },
  RUNNABLE: { tone: 'waiting', shape: <path d="M2.5 1.5h7L6 6l3.5 4.5h-7L6 6z" /> },
  STARTING: { tone: 'running', shape: <><circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" /><path d="M6 2a4 4 0 0 1 0 8z" /></> },
  RUNNING: { tone: 'running', shape: <path d="M2.5 1.25 10.5 6l-8 4.75z" /> },
  SUCCEEDED: { tone: 'good', shape: <path d="m1.5 6.5 3 3 6-7" fill="none" stroke="currentColor" stroke-width="2" /> },
  FAILED: { tone: 'bad', shape: <path d="m2 2 8 8M10 2l-8 8" fill="none" stroke="currentColor" stroke-width="2" /> },
  CANCELLED: { tone: 'ended', shape: <path d="M2 2h8v8H2z" /> },
};

const UNKNOWN = { tone: 'ended', shape: <circle cx="6" cy="6" r="2" /> };

export function Status({ status, large }: { readonly status: string; readonly large?: boolean }) {
  const { tone, shape } = Object.hasOwn(SHAPES, status) ? SHAPES[status] : UNKNOWN;
  return (
    <span class={`status ${tone}${large ? ' large' : ''}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" fill="currentColor" aria-hidden="true">{shape}</svg>
      {status}
    </span>
  );
}
