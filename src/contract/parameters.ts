/**
 * The `RunContext` of a job, as JSON. The job carries it in one of its own parameters, which its job definition declares with a default.
 * The container does not see it, since no command refers to it.
 */
export const CONTEXT_PARAMETER = 'heavyBatchRun';
/** The task token, in jobs of earlier versions. Whoever may describe a job sees its parameters, so the token is not among them any more. */
export const TOKEN_PARAMETER = 'heavyBatchToken';

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
