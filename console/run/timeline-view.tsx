import { grouped } from './timeline';
import type { Run } from '../api/types';
import { useNow } from '../context';
import { isOver } from '../format/text';
import { duration } from '../format/time';
import { Status } from '../parts/status';
import { Clock } from '../parts/time';

/** What a run has come through, by redrive, round and attempt. */
export function Timeline({ run: { timeline = [], timelineTruncated, status } }: { readonly run: Run }) {
  const now = useNow();
  if (timeline.length === 0) return null;
  const groups = grouped(timeline, now, isOver(status));
  return (
    <section class="card timeline" aria-labelledby="timeline">
      <h2 id="timeline">Timeline <small>UTC</small></h2>
      {timelineTruncated && <p class="hint">Some entries are missing: the timeline has a limit.</p>}
      {groups.map(({ title, steps }) => (
        <div key={title + steps[0].at}>
          {(groups.length > 1 || title !== 'Round 1, attempt 1') && <h3>{title}</h3>}
          <ol>
            {steps.map((step) => (
              <li key={step.at + step.status}>
                <Status status={step.status} />
                <span class="when"><Clock at={step.at} /></span>
                <span class="took">{step.seconds === undefined ? '' : duration(step.seconds)}</span>
                {step.reason && <span class="why">{step.reason}</span>}
              </li>
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}
