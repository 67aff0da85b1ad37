import type { Definition } from './definition';
import { InnerBranches } from './inner-branches';
import { processorOf } from './map-definition';
import { inputOf, itemsOf } from './map-items';
import { numberIn } from './number-fields';
import type { ResumableWork, StateContext } from './state-context';
import { runtimeError } from './task-error';

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
const MOST_CONCURRENT_ITERATIONS = 40;

/** The iterations of a Map state in inline mode. */
export function iterationsOf({ host, chain, name, state, scope, newBranch }: StateContext): ResumableWork & { readonly length: number } {
  const items = itemsOf(state, scope);
  const concurrency = numberIn(state, 'MaxConcurrency', 'integer', scope) ?? 0;
  if (concurrency < 0) throw runtimeError('MaxConcurrency cannot be negative.');
  const recordEnd = (outcome: string) => (index: number, causeId: number) => host.recordEnd(`MapIteration${outcome}`, { name, index }, causeId);
  const iterations = new InnerBranches(items.length, Math.min(concurrency || Infinity, MOST_CONCURRENT_ITERATIONS), (index) => {
    const item = { Index: index, Value: items[index] };
    return newBranch(processorOf(state) as Definition, inputOf(state, scope, item), item);
  }, chain, {
    started: (index, iteration) => { iteration.add('MapIterationStarted', { name, index }); },
    succeeded: (index, iteration) => iteration.addAside('MapIterationSucceeded', { name, index }),
    failed: recordEnd('Failed'),
    aborted: recordEnd('Aborted'),
  });
  return { length: items.length, run: () => iterations.run() };
}
