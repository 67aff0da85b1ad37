import type { Run } from '../api/types';
import { useNow } from '../context';
import { isOver, progressShare, progressText, shortId } from '../format/text';
import { duration } from '../format/time';
import { Status } from '../parts/status';
import { Ago } from '../parts/time';
import { hashOf } from '../router';

export function RunsTable({ runs, isFiltered, isMore }: { readonly runs: readonly Run[]; readonly isFiltered: boolean; readonly isMore: boolean }) {
  if (runs.length === 0) {
    if (isMore) return <p class="empty">This page has no run with the filter. Look at the older runs.</p>;
    return <p class="empty">{isFiltered ? 'No run fits the filter.' : <>There are no runs yet. <a href="#/new">Start the first run</a>.</>}</p>;
  }
  return (
    <div class="card table" role="region" aria-label="Runs" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Run</th>
            <th scope="col">Job</th>
            <th scope="col">Progress</th>
            <th scope="col" class="number">Requested</th>
            <th scope="col" class="number">Elapsed</th>
          </tr>
        </thead>
        <tbody>{runs.map((run) => <Row key={run.id} run={run} />)}</tbody>
      </table>
    </div>
  );
}

function Row({ run }: { readonly run: Run }) {
  const { id, job, status, reason, failure, createdAt, redrives, cancelRequestedAt } = run;
  const why = [failure?.reason ?? reason, cancelRequestedAt && !isOver(status) ? 'cancel requested' : ''].filter(Boolean).join(', ');
  return (
    <tr>
      <td data-label="Status"><Status status={status} />{why && <span class="why" title={failure?.message}>{why}</span>}</td>
      <td data-label="Run"><a class="id" href={hashOf({ view: 'run', id })} title={id}>{shortId(id)}</a>{redrives > 0 && <span class="why">redriven {redrives === 1 ? 'once' : `${redrives} times`}</span>}</td>
      <td data-label="Job">{job}</td>
      <td data-label="Progress"><SmallProgress run={run} /></td>
      <td data-label="Requested" class="number"><Ago at={createdAt} /></td>
      <td data-label="Elapsed" class="number"><Elapsed run={run} /></td>
    </tr>
  );
}

/** The time that a run has taken so far. It grows by the clock of the API. */
export function Elapsed({ run: { status, createdAt, elapsedSeconds } }: { readonly run: Run }) {
  const now = useNow();
  const seconds = isOver(status) ? elapsedSeconds : Math.floor(Math.max(elapsedSeconds, (now - Date.parse(createdAt)) / 1000));
  return <>{duration(seconds)}</>;
}

/** Of a run that is over it says nothing more: what was last read may be long before the end. */
function SmallProgress({ run: { progress, status, job } }: { readonly run: Run }) {
  if (!progress || isOver(status)) return <span class="nothing">–</span>;
  const share = progressShare(progress);
  const text = progressText(progress);
  return (
    <div class="progress">
      {share !== undefined && <progress value={share} max={1} aria-label={`Progress of ${job}`} />}
      <span title={progress.message}>{text ?? progress.message}</span>
      <span class="nothing"><Ago at={progress.at} /></span>
    </div>
  );
}
