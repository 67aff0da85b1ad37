import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/errors';
import type { Run } from '../api/types';
import { useConsole } from '../context';
import { isOver } from '../format/text';

interface Props {
  readonly run: Run;
  readonly path: string;
  readonly onDone: () => void;
}

/** Cancel and redrive. Neither says that it has worked before the run itself says so. */
export function Actions({ run: { status, job, cancelRequestedAt, redrives, logsUrl }, path, onDone }: Props) {
  const { client, session, announce } = useConsole();
  const dialog = useRef<HTMLDialogElement>(null);
  /** What was asked for, until the run is seen to be another one. */
  const [asked, setAsked] = useState<'cancel' | 'redrive'>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => { setAsked(undefined); setProblem(undefined); }, [status, redrives]);

  const ask = async (what: 'cancel' | 'redrive') => {
    setAsked(what);
    setProblem(undefined);
    try {
      await (what === 'cancel' ? client.call(path, { method: 'DELETE' }) : client.call(`${path}/redrive`, { method: 'POST' }));
      announce(what === 'cancel' ? 'Cancel requested' : 'Redrive requested');
    } catch (error) {
      setAsked(undefined);
      setProblem((error as Error).message);
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) void session.refused();
    }
    onDone();
  };

  const isCancelling = !isOver(status) && (asked === 'cancel' || cancelRequestedAt !== undefined);
  return (
    <div class="actions">
      {isCancelling && <span class="requested">Cancel requested</span>}
      {asked === 'redrive' && <span class="requested">Redrive requested</span>}
      {problem && <span class="error" role="alert">{problem}</span>}
      {logsUrl?.startsWith('https:') && <a href={logsUrl} target="_blank" rel="noreferrer">Log in the AWS console</a>}
      {!isOver(status) && !isCancelling && <button type="button" class="danger" onClick={() => dialog.current?.showModal()}>Cancel run</button>}
      {(status === 'FAILED' || status === 'CANCELLED') && !asked && <button type="button" onClick={() => void ask('redrive')}>Redrive</button>}
      <dialog ref={dialog} aria-labelledby="cancel-title">
        <form method="dialog">
          <h2 id="cancel-title">Cancel this run of {job}?</h2>
          <p>Its job in AWS Batch is stopped. What it has done so far stays where it has written it. You can redrive the run later.</p>
          <div class="actions">
            <button type="submit" autofocus>Keep it running</button>
            <button type="submit" class="danger" onClick={() => void ask('cancel')}>Cancel run</button>
          </div>
        </form>
      </dialog>
    </div>
  );
}
