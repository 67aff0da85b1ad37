import { refuse } from './input-fields';
import type { JobSpec } from '../../../contract/job-spec';
import { CONTEXT_PARAMETER, TOKEN_PARAMETER } from '../../../contract/parameters';
import { reservedVariableFault } from '../../../contract/reserved-variables';
import type { RunInput } from '../../../contract/run-input';

/** Refuses what the author of the job does not let a run set. */
export function refuseWhatIsNotAllowed(input: RunInput, allowed: JobSpec['allowedOverrides']): void {
  if (allowed === undefined) return; // in definitions from before it was there
  const { command = false, environment = [], resources = true, arraySize = true, share = true, secrets = [] } = allowed;
  const never = (field: string, prop: string) => refuse(field, `may not be set by a run of this job; leave it out, or set the job's 'allowedOverrides.${prop}'`);
  if (!command && input.command !== undefined) never('containerOverrides.command', 'command');
  for (const field of ['vcpus', 'memory', 'gpus'] as const) {
    if (!resources && input[field] !== undefined) never(`containerOverrides.${field}`, 'resources');
  }
  if (!arraySize && input.arraySize !== undefined) never('arraySize', 'arraySize');
  for (const field of ['shareIdentifier', 'schedulingPriority'] as const) {
    if (!share && input[field] !== undefined) never(field, 'share');
  }
  for (const name of Object.keys(input.environment)) {
    const field = `containerOverrides.environment.${name}`;
    const fault = reservedVariableFault(name);
    if (fault) refuse(field, fault);
    if (secrets.includes(name)) refuse(field, 'is the name of a secret of this job, which a run must not replace; use another name');
    if (environment.includes(name)) continue;
    refuse(field, environment.length > 0
      ? `is not a variable that a run of this job may set; it may set ${environment.join(', ')}`
      : "may not be set by a run of this job; leave it out, or add its name to the job's 'allowedOverrides.environment'");
  }
}

/** A reference to what a job carries about its run. AWS does not document whether Batch looks for references in the values that it has put in. */
const OWN_REFERENCE = new RegExp(`Ref::(${TOKEN_PARAMETER}|${CONTEXT_PARAMETER})`);

/** Refuses values that could bring the token of the run into its container. */
export function refuseOwnReferences({ parameters, environment, command = [] }: RunInput): void {
  const values = { 'parameters': parameters, 'containerOverrides.environment': environment, 'containerOverrides.command': Object.fromEntries(command.entries()) };
  for (const [field, named] of Object.entries<Record<string, string>>(values)) {
    for (const [name, value] of Object.entries(named)) {
      const [reference] = OWN_REFERENCE.exec(value) ?? [];
      if (reference !== undefined) refuse(`${field}.${name}`, `refers to ${reference}, which no container gets; leave it out`);
    }
  }
}
