import { Filters } from './filters';
import { RunsTable } from './runs-table';
import { Summary } from './summary';
import type { RunList } from '../api/types';
import { useConsole, usePoll, useTitle } from '../context';
import { Refusal, Trouble } from '../parts/notices';
import { hashOf, Route } from '../router';

/** Milliseconds. */
const LIST_EVERY = 5_000;

/** The first glance, and all runs. */
export function Overview({ route }: { readonly route: Extract<Route, { view: 'list' }> }) {
  const { client } = useConsole();
  const { job, status, next } = route;
  useTitle('Runs');
  const { data, error, trouble, refresh } = usePoll<RunList>(hashOf(route), async (signal) => (
    { data: (await client.call<RunList>('/runs', { query: { job, status, next, limit: 25 }, signal })).body, delay: LIST_EVERY }
  ));
  return (
    <>
      <h1 class="hidden">Runs</h1>
      <Summary />
      <Filters route={route} />
      <Trouble trouble={trouble} />
      <Refusal error={error} onAgain={refresh} />
      {data ? <RunsTable runs={data.runs} isFiltered={Boolean(job ?? status ?? next)} isMore={data.next !== undefined} /> : !error && <p class="empty">Loading runs…</p>}
      {(data?.next ?? next) && (
        <nav class="pages" aria-label="Pages">
          {next && <a href={hashOf({ view: 'list', job, status })}>Newest runs</a>}
          {data?.next && <a href={hashOf({ view: 'list', job, status, next: data.next })}>Older runs</a>}
        </nav>
      )}
    </>
  );
}
