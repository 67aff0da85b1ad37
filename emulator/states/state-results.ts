import { holds } from './choice';
import type { State } from './definition';
import { evaluate, fill, Scope } from './paths';
import { TaskError } from './task-error';

/** What a state comes to, before `ResultPath` and `OutputPath`. */
export interface StateResult {
  readonly value: unknown;
  /** Undefined after the last state. */
  readonly next?: string;
  readonly assign?: Record<string, unknown>;
}

/** The result of a state that decides everything by itself: it neither waits nor calls nor contains states. */
export function resultOf(name: string, state: State, scope: Scope): StateResult {
  const { Next: next, Assign: assign } = state;
  switch (state.Type) {
    case 'Fail': {
      const textIn = (field: 'Error' | 'Cause') => state[`${field}Path`] ? String(evaluate(state[`${field}Path`], scope, `${field}Path`)) : state[field] ?? null;
      throw new TaskError(textIn('Error'), textIn('Cause'));
    }
    case 'Choice': {
      const choice = state.Choices.find((rule: Record<string, unknown>) => holds(rule, scope));
      if (choice) return { value: scope.data, next: choice.Next, assign: choice.Assign };
      if (state.Default === undefined) throw new TaskError('States.NoChoiceMatched', `No choice of state '${name}' holds, and it has no default`);
      return { value: scope.data, next: state.Default, assign };
    }
    case 'Pass': {
      const parameters = state.Parameters === undefined ? scope.data : fill(state.Parameters, scope);
      return { value: 'Result' in state ? state.Result : parameters, next, assign };
    }
    default:
      return { value: scope.data, next, assign };
  }
}
