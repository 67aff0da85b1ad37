import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { afterPage, kindOf, KnownLog, LogBuffer, LogLine, MOST_SHOWN, queryOf, UNREAD_LOG } from './buffer';
import type { LogPage, Run } from '../api/types';
import { useConsole, usePoll } from '../context';
import { grouped, isOver, isWaiting } from '../format/text';
import { utc } from '../format/time';
import { Refusal, Trouble } from '../parts/notices';

/** Milliseconds until the next page, where this one was full and where it was not. */
const [BEHIND_EVERY, EVERY] = [1_000, 2_500];
/** Pixels from the end at which a reader still reads the end. */
const NEAR_END = 24;

/** The newest lines of the log. They are read only while they are followed. */
export function Log({ run, path }: { readonly run: Run; readonly path: string }) {
  const { client } = useConsole();
  const [isFollowed, setFollowed] = useState(true);
  const known = useRef(UNREAD_LOG);
  // A redrive has new containers, and so another log. While a run waits it has none.
  const key = isFollowed && !isWaiting(run.status) ? `${run.id} ${run.redrives} ${isOver(run.status)}` : undefined;
  const { data = known.current, error, trouble, refresh } = usePoll<KnownLog>(key, async (signal) => {
    const { body } = await client.call<LogPage>(`${path}/logs`, { query: queryOf(known.current), signal });
    known.current = afterPage(known.current, body);
    const isEnd = body.next === undefined && isOver(run.status);
    return { data: known.current, delay: isEnd ? undefined : known.current.full > 0 ? BEHIND_EVERY : EVERY };
  });
  const { buffer: { lines, dropped }, reason } = data;
  return (
    <section class="card log" aria-labelledby="log">
      <header>
        <h2 id="log">Log</h2>
        <label class="check"><input type="checkbox" checked={isFollowed} onChange={({ currentTarget }) => setFollowed(currentTarget.checked)} /> Follow</label>
      </header>
      <Trouble trouble={trouble} />
      <Refusal error={error} onAgain={refresh} />
      {lines.length === 0 ? <p class="empty">{reason ?? (isOver(run.status) ? 'The log has no lines.' : 'No line has been written yet.')}</p> : <Lines lines={lines} dropped={dropped} />}
    </section>
  );
}

/** Scrolls along, unless the user reads something above the end. */
function Lines({ lines, dropped }: LogBuffer) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
  };
  return (
    <>
      {dropped > 0 && <p class="hint">The newest {grouped(MOST_SHOWN)} lines that were read are shown; {grouped(dropped)} older ones are not.</p>}
      <div ref={box} class="lines" role="region" aria-label="Lines of the log" tabIndex={0} onScroll={onScroll}>
        {lines.map((line) => <Line key={line.number} line={line} />)}
      </div>
    </>
  );
}

function Line({ line: { at, text } }: { readonly line: LogLine }) {
  return <div class={kindOf(text)} title={utc(at)}>{text || '\u00a0'}</div>;
}
