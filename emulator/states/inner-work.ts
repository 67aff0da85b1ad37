import { DistributedMap } from './distributed-map';
import { iterationsOf } from './inline-map';
import { isDistributed } from './map-definition';
import { branchesOf } from './parallel';
import type { ResumableWork, StateContext } from './state-context';

/** The work of a state that contains states. A retry begins it anew, and a redrive continues it. */
export function innerWorkOf(context: StateContext): ResumableWork {
  const { chain, state } = context;
  if (state.Type === 'Parallel') {
    const branches = branchesOf(context);
    chain.add('ParallelStateStarted', {});
    return branches;
  }
  if (isDistributed(state)) return new DistributedMap(context, chain.add('MapStateStarted', {}));
  const iterations = iterationsOf(context);
  chain.add('MapStateStarted', { length: iterations.length });
  return iterations;
}
