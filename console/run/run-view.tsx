import { useEffect, useRef } from 'preact/hooks';
import { Actions } from './actions';
import { Facts } from './facts';
import { Failure } from './failure';
import { Result } from './result';
import { RunProgress } from './run-progress';
import { Timeline } from './timeline-view';
import type { Run } from '../api/types';
import { useConsole, usePoll, useTitle } from '../context';
import { curlLine } from '../format/curl';
import { isOver, isWaiting, progressText, queueText, sentence, shortId } from '../format/text';
import { Log } from '../log/log-view';
import { Command, Copy } from '../parts/copy';
import { Refusal, Trouble } from '../parts/notices';
import { Status } from '../parts/status';
import { runDelay } from '../poll/backoff';

interface KnownRun {
  readonly run: Run;
  readonly etag?: string;
}

/** A run, for as long as its view is open. */
export function RunView({ id }: { readonly id: string }) {
  const { client } = useConsole();
  const path = `/runs/${encodeURIComponent(id)}`;
  /** Until when an end may be that of before a redrive. */
  const changing = useRef(0);
  const { data, error, trouble, refresh } = usePoll<KnownRun>(id, async (signal, before) => {
    const headers = before?.etag ? { 'if-none-match': before.etag } : undefined;
    const { status, body, etag, retryAfter } = await client.call<Run>(path, { headers, signal });
    const known = status === 304 && before ? before : { run: body, etag };
    return { data: known, delay: runDelay(retryAfter, isOver(known.run.status) && Date.now() > changing.current) };
  });
  const onDone = () => {
    changing.current = Date.now() + 60_000;
    refresh();
  };
  const run = data?.run;
  useAnnouncedStatus(run);
  useTitle(titleOf(run, id));
  if (!run) return <><Trouble trouble={trouble} /><Refusal error={error} onAgain={refresh} />{!error && <p class="empty">Loading the run…</p>}</>;
  return (
    <>
      <nav class="crumbs" aria-label="Place"><a href="#/">Runs</a> <span aria-hidden="true">/</span> <a href={`#/?job=${encodeURIComponent(run.job)}`}>{run.job}</a></nav>
      <Trouble trouble={trouble} />
      <Refusal error={error} onAgain={refresh} />
      <div class="card run">
        <div class="head">
          <h1>{run.job} <Status status={run.status} large /></h1>
          <Actions run={run} path={path} onDone={onDone} />
          <p class="ids"><code title={id}>{id}</code> <Copy text={id} what="the id" /></p>
        </div>
        {isWaiting(run.status) && <p class="notice wait"><strong>Why it waits:</strong> {whyItWaits(run)}</p>}
        <RunProgress run={run} />
        <Facts run={run} />
      </div>
      <Failure run={run} />
      <Result run={run} />
      <div class="columns">
        <Log run={run} path={path} />
        <Timeline run={run} />
      </div>
      <section>
        <h2>This run as a command</h2>
        <Command what="the command" text={curlLine({ method: 'GET', url: client.url(path) }, client.credentials?.kind, client.signingRegion())} />
      </section>
    </>
  );
}

/** In the words of AWS Batch, and of the API. */
function whyItWaits({ reason, explanation, queue }: Run): string {
  return [reason && sentence(reason), explanation, queue && queueText(queue)].filter(Boolean).join(' ') || 'it is not known.';
}

function titleOf(run: Run | undefined, id: string): string {
  if (!run) return `Run ${shortId(id)}`;
  const progress = run.progress && !isOver(run.status) ? progressText(run.progress) : undefined;
  return [run.status, progress, `${run.job} ${shortId(id)}`].filter(Boolean).join(' ');
}

/** A screen reader hears of a new status, and not of each percent. */
function useAnnouncedStatus(run: Run | undefined): void {
  const { announce } = useConsole();
  const before = useRef<string>();
  useEffect(() => {
    if (!run) return;
    if (before.current !== undefined && before.current !== run.status) announce(`The run of ${run.job} is ${run.status}.`);
    before.current = run.status;
  }, [run?.status]);
}
