import { RUN_STATUSES } from '../../src/contract/api-runs';
import { jobsIn } from '../api/types';
import { useConsole } from '../context';
import { hashOf, Route } from '../router';

type ListRoute = Extract<Route, { view: 'list' }>;

/** A filter is part of the address, so that a link has it. */
export function Filters({ route: { job, status } }: { readonly route: ListRoute }) {
  const { document: api } = useConsole();
  const jobs = jobsIn(api);
  const go = (change: Partial<ListRoute>) => { location.hash = hashOf({ view: 'list', job, status, ...change }); };
  return (
    <div class="filters">
      <h2>All runs</h2>
      <Choice label="Job" all="All jobs" value={job} values={jobs} onChange={(value) => go({ job: value })} />
      <Choice label="Status" all="Every status" value={status} values={RUN_STATUSES} onChange={(value) => go({ status: value })} />
      {(job ?? status) && <a href="#/">Show all</a>}
    </div>
  );
}

function Choice({ label, all, value = '', values, onChange }: {
  readonly label: string; readonly all: string; readonly value?: string; readonly values: readonly string[]; readonly onChange: (value?: string) => void;
}) {
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}>
        <option value="">{all}</option>
        {values.map((one) => <option key={one} value={one}>{one}</option>)}
      </select>
    </label>
  );
}
