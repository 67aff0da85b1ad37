import { ApiObservations, Exchange, isSuccess } from './api-observations';
import type { ReportOf } from './expected-api';
import type { Observations } from './observations';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

/** No answer has anything of a run of another owner: neither its id, nor its jobs, nor what its containers wrote, nor what it was asked for. */
export function expectNoForeignData(observations: Observations, { orders, exchanges }: ApiObservations, report: ReportOf): void {
  if (new Set(orders.map(({ owner }) => owner)).size < 2) return;
  const marks = observations.runs.flatMap(({ execution: { name: id, input } }) => {
    const text = (input as { parameters?: { size?: string } }).parameters?.size ?? '';
    const owner = orders.find((order) => order.text === text)?.owner;
    const jobs = observations.jobs.filter(({ plan }) => plan.environment[CONTAINER_VARIABLES.RUN_ID] === id).map(({ jobId }) => jobId);
    return [id, text, ...jobs].map((mark) => ({ owner, id, mark }));
  });
  for (const exchange of exchanges) {
    const text = textOf(exchange);
    // An answer that refuses a request may repeat what is wrong with it.
    const known = isSuccess(exchange) ? '' : decoded(JSON.stringify(exchange.request));
    const found = marks.find(({ owner, mark }) => owner !== exchange.owner && text.includes(mark) && !known.includes(mark));
    if (found) report('stolen', found.id, `${exchange.request.method} ${exchange.request.path} of ${exchange.owner} was answered with what is of ${found.owner}: ${found.mark}`);
  }
}

function textOf({ answer: { headers, body } }: Exchange): string {
  return `${JSON.stringify(headers)} ${String(body)}`;
}

function decoded(text: string): string {
  try {
    return `${text} ${decodeURIComponent(text)}`;
  } catch {
    return text;
  }
}
