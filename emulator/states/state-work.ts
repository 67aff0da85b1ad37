import { DistributedMap } from './distributed-map';
import { iterationsOf } from './inline-map';
import { isDistributed } from './map-definition';
import { branchesOf } from './parallel';
import type { ResumableWork, StateContext, StateWork } from './state-context';

/** The work of a state that contains states, from the beginning. */
export function innerWorkOf(context: StateContext): ResumableWork {
  const { host, state } = context;
  if (state.Type === 'Parallel') {
    const branches = branchesOf(context);
    host.record('ParallelStateStarted', {});
    return branches;
  }
  if (isDistributed(state)) return new DistributedMap(context, host.record('MapStateStarted', {}));
  const iterations = iterationsOf(context);
  host.record('MapStateStarted', { length: iterations.length });
  return iterations;
}

/** Runs work to its end, or continues it. Whoever waits for it must say when it is abandoned. */
export function startInnerWork(context: StateContext, work: ResumableWork): StateWork {
  const { result, abandon } = work.run();
  const succeed = (output: unknown) => {
    context.host.record(`${context.state.Type}StateSucceeded`, {});
    return output;
  };
  return { result: result.then(succeed), abandon };
}
