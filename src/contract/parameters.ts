/**
 * A job carries its run in two of its own parameters, which its job definition declares with a default. The container sees neither of
 * them, since no command refers to them.
 */

/** The task token that the run waits for. */
export const TOKEN_PARAMETER = 'heavyBatchToken';
/** The `RunContext` of the job, as JSON. */
export const CONTEXT_PARAMETER = 'heavyBatchRun';

/** A reference to a parameter in a command: https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html#parameters */
const REFERENCE = /Ref::([\w-]+)/g;

/** The names of the parameters that a command refers to. */
export function parametersIn(command: readonly string[]): Set<string> {
  return new Set(command.flatMap((word) => [...word.matchAll(REFERENCE)].map(([, name]) => name)));
}

/** The command with the values of its parameters in place of their references, as Batch hands it to the container. */
export function withParameters(command: readonly string[], parameters: { readonly [name: string]: string }): string[] {
  return command.map((word) => word.replace(REFERENCE, (reference, name) => Object.hasOwn(parameters, name) ? parameters[name] : reference));
}

export interface EmptyWord {
  readonly index: number;
  readonly parameter: string;
}

/** The first word of a command that is empty once its parameters are replaced, by its index, and the parameter whose value is empty. */
export function emptyWordOf(command: readonly string[], parameters: { readonly [name: string]: string }): EmptyWord | undefined {
  const index = command.findIndex((word) => word !== '' && withParameters([word], parameters)[0] === '');
  return index < 0 ? undefined : { index, parameter: [...parametersIn([command[index]])][0] };
}
