import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import type { HeavyBatchJobProps } from './job-props';
import { refuse } from '../common/validation';
import { variableNameFault } from '../contract/container-text';
import type { AllowedOverrides } from '../contract/job-spec';
import { reservedVariableFault } from '../contract/reserved-variables';

/** What the state machine tells the submit function, in the same order in all languages. */
export function allowedOverrides({ allowedOverrides: allowed = {}, secrets = {} }: HeavyBatchJobProps): AllowedOverrides {
  const { command, environment, resources, arraySize, share } = allowed;
  return { command, environment, resources, arraySize, share, ...isKnown(environment) ? {} : { secrets: Object.keys(secrets).sort() } };
}

/** Whether all names are known at synth. Those of a token are compared with the names of the secrets when a run starts. */
function isKnown(names: readonly string[] = []): boolean {
  return !Token.isUnresolved(names) && !names.some((name) => Token.isUnresolved(name));
}

/** Refuses names of variables that no run may set. */
export function validateAllowedOverrides(scope: IConstruct, { allowedOverrides: allowed = {}, secrets = {} }: HeavyBatchJobProps): void {
  const { environment = [] } = allowed;
  if (Token.isUnresolved(environment)) return;
  for (const name of environment) {
    if (Token.isUnresolved(name)) continue;
    const prop = 'allowedOverrides.environment';
    if (Object.hasOwn(secrets, name)) refuse(scope, prop, `has '${name}', the name of a secret, which a run must not replace; leave it out`);
    const fault = variableNameFault(name) ?? reservedVariableFault(name);
    if (fault) refuse(scope, prop, `has ${JSON.stringify(name)}, which ${fault}`);
  }
}
