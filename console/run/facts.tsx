import type { ComponentChildren } from 'preact';
import { costOf, hoursText, PRICE, usdText } from './cost';
import type { Run } from '../api/types';
import { useNow } from '../context';
import { count, grouped, isOver } from '../format/text';
import { estimateText } from '../format/time';
import { Elapsed } from '../list/runs-table';
import { Ago } from '../parts/time';

/** What else is known of a run, each with its name. */
export function Facts({ run }: { readonly run: Run }) {
  const { createdAt, endedAt, estimate, round, attempt, redrives, resources, jobId, status } = run;
  return (
    <dl class="facts">
      <Fact name="Elapsed"><Elapsed run={run} />{estimate && !isOver(status) && <small>{estimateText(estimate)}</small>}</Fact>
      <Fact name="Requested"><Ago at={createdAt} />{endedAt && <small>ended <Ago at={endedAt} /></small>}</Fact>
      {round !== undefined && <Fact name="Round and attempt">{round} and {attempt ?? 1}{redrives > 0 && <small>{count(redrives, 'redrive')}</small>}</Fact>}
      {resources && <Fact name="Container">{count(resources.vcpus, 'vCPU')}<small>{grouped(resources.memoryMiB / 1024)} GiB of memory{resources.gpus ? `, ${count(resources.gpus, 'GPU')}` : ''}</small></Fact>}
      <CostFact run={run} />
      {jobId && <Fact name="Job in AWS Batch"><code class="clip" title={jobId}>{jobId}</code></Fact>}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function CostFact({ run }: { readonly run: Run }) {
  const now = useNow(5_000);
  const cost = costOf(run, now);
  if (!cost) return null;
  return (
    <Fact name={isOver(run.status) ? 'Compute used' : 'Compute so far'}>
      {hoursText(cost.hours)}
      <small>{usdText(cost.usd)} at the prices of <a href={PRICE.source} target="_blank" rel="noreferrer">AWS Fargate in us-east-1</a>; Spot costs less</small>
    </Fact>
  );
}
