import type { ContainerRuntime } from '../../emulator/services/batch/containers';
import { UsageError } from '../errors';

/** Variables of this machine that the containers of a run get, because the person asked for them by name. */
export type PassedVariables = Readonly<Record<string, string>>;

/** The container sets these itself, and so does AWS Batch. */
const SET_BY_CONTAINER = /^(PATH|HOME|HOSTNAME|PWD|HEAVY_BATCH_.*|AWS_BATCH_.*)$/;

/** The values of the variables that `--pass-env` names. */
export function passedVariables(names: readonly string[] = [], environment: NodeJS.ProcessEnv = process.env): PassedVariables {
  return Object.fromEntries(names.map((name): [string, string] => {
    if (name.includes('=')) throw new UsageError(`--pass-env ${name.split('=')[0]} has a value; give the name only, and the variable in your environment`);
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new UsageError(`--pass-env ${name} is not a name of a variable; use letters, digits and underscores`);
    if (SET_BY_CONTAINER.test(name)) throw new UsageError(`--pass-env ${name} cannot be passed on, since a container has its own ${name}; leave it out`);
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (value === undefined) throw new UsageError(`--pass-env ${name} names a variable that is not set; set it, or leave it out`);
    return [name, value];
  }));
}

/** Containers with these variables in addition. They take the place of those of the job. */
export function withVariables(containers: ContainerRuntime, variables: PassedVariables): ContainerRuntime {
  return { start: (request) => containers.start({ ...request, environment: { ...request.environment, ...variables } }) };
}
