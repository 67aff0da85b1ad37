import { Fragment } from 'preact';
import { Count, CountedPage, Counts, countsOf, STATUSES } from './counts';
import type { RunList } from '../api/types';
import { useConsole, usePoll } from '../context';
import { hashOf } from '../router';

/** Milliseconds. A count needs a request for each status where there are many runs. */
const COUNTS_EVERY = 15_000;
const MOST = 100;

/** What a user wants to know at first. */
export function Summary() {
  const { client } = useConsole();
  const { data } = usePoll<Counts>('counts', async (signal) => {
    const page = async (status?: string): Promise<CountedPage> => ({ ...(await client.call<RunList>('/runs', { query: { status, limit: MOST }, signal })).body, status });
    const newest = await page();
    const pages = [newest];
    // One page may have them all.
    if (newest.next !== undefined) {
      pages.length = 0;
      for (const status of Object.values(STATUSES).flat()) pages.push(await page(status));
    }
    return { data: countsOf(pages, client.now()), delay: COUNTS_EVERY };
  });
  const [reason, ...others] = data?.reasons ?? [];
  const why = reason === undefined ? 'for a place to run' : `${reason}${others.length > 0 ? `, and ${others.length} more` : ''}`;
  return (
    <section aria-label="Summary">
      <ul class="summary">
        <Tile label="Needs attention" about="failed in the last 24 hours" count={data?.attention} statuses={STATUSES.attention} tone="bad" />
        <Tile label="Waiting" about={why} count={data?.waiting} statuses={STATUSES.waiting} tone="waiting" />
        <Tile label="Running" about="starting or running now" count={data?.running} statuses={STATUSES.running} tone="running" />
        <Tile label="Done today" about="succeeded since midnight" count={data?.done} statuses={STATUSES.done} tone="good" />
      </ul>
    </section>
  );
}

interface TileProps {
  readonly label: string;
  readonly about: string;
  readonly count?: Count;
  /** Of the runs that are counted. The list shows those of one. */
  readonly statuses: readonly string[];
  readonly tone: string;
}

function Tile({ label, about, count, statuses, tone }: TileProps) {
  const [first = [statuses[0]]] = count?.statuses ?? [];
  return (
    <li class={`tile ${count && count.runs > 0 ? tone : 'none'}`}>
      <a href={hashOf({ view: 'list', status: first[0] })}>
        <span class="label">{label}</span>
        <strong>{count ? `${count.runs}${count.isMore ? '+' : ''}` : '–'}</strong>
        <span class="about" title={about}>{about}</span>
      </a>
      {count && count.statuses.length > 1 && (
        <small>{count.statuses.map(([status, runs], index) => <Fragment key={status}>{index > 0 && ' · '}<a href={hashOf({ view: 'list', status })}>{runs} {status}</a></Fragment>)}</small>
      )}
    </li>
  );
}
