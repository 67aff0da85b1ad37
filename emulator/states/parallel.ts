import { InnerBranches } from './inner-branches';
import { fill } from './paths';
import type { ResumableWork, StateContext } from './state-context';

/** The branches of a Parallel state. https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html */
export function branchesOf({ chain, state, scope, newBranch }: StateContext): ResumableWork {
  const input = state.Parameters === undefined ? scope.data : fill(state.Parameters, scope);
  return new InnerBranches(state.Branches.length, state.Branches.length, (index) => newBranch(state.Branches[index], input), chain);
}
