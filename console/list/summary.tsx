import { Count, COUNTED, Counts, countsOf } from './counts';
import type { RunList } from '../api/types';
import { useConsole, usePoll } from '../context';
import { hashOf } from '../router';

/** Milliseconds. A count needs a request for each status where there are many runs. */
const COUNTS_EVERY = 15_000;
const MOST = 100;

/** What somebody who has a second wants to know. */
export function Summary() {
  const { client } = useConsole();
  const { data } = usePoll<Counts>('counts', async (signal) => {
    const page = async (status?: string) => (await client.call<RunList>('/runs', { query: { status, limit: MOST }, signal })).body;
    const newest = await page();
    const pages = [newest];
    // One page may have them all.
    if (newest.next !== undefined) {
      pages.length = 0;
      for (const status of COUNTED) pages.push(await page(status));
    }
    return { data: countsOf(pages, client.now()), delay: COUNTS_EVERY };
  });
  const [reason, ...others] = data?.reasons ?? [];
  const why = reason === undefined ? 'for a place to run' : `${reason}${others.length > 0 ? `, and ${others.length} more` : ''}`;
  return (
    <section aria-label="Summary">
      <ul class="summary">
        <Tile label="Needs attention" about="failed in the last 24 hours" count={data?.attention} status="FAILED" tone="bad" />
        <Tile label="Waiting" about={why} count={data?.waiting} status="RUNNABLE" tone="waiting" />
        <Tile label="Running" about="starting or running now" count={data?.running} status="RUNNING" tone="running" />
        <Tile label="Done today" about="succeeded since midnight" count={data?.done} status="SUCCEEDED" tone="good" />
      </ul>
    </section>
  );
}

interface TileProps {
  readonly label: string;
  readonly about: string;
  readonly count?: Count;
  /** Of the runs that the list then shows. */
  readonly status: string;
  readonly tone: string;
}

function Tile({ label, about, count, status, tone }: TileProps) {
  return (
    <li>
      <a class={`tile ${count && count.runs > 0 ? tone : 'none'}`} href={hashOf({ view: 'list', status })}>
        <span class="label">{label}</span>
        <strong>{count ? `${count.runs}${count.isMore ? '+' : ''}` : '–'}</strong>
        <span class="about" title={about}>{about}</span>
      </a>
    </li>
  );
}
