import { IConstruct } from 'constructs';
import { uniqueName } from '../common/unique-name';

/**
 * The tag of a state machine that names the compute of its job. The roles of a compute may act on what carries its name, so a further job
 * adds nothing to them, in whatever stack it is.
 */
export const COMPUTE_TAG = 'cdk-heavy-batch:compute';

/** The most characters of a job definition's name: https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html */
const MOST_CHARACTERS = 128;

/** The value of the tag. */
export function computeName(compute: IConstruct): string {
  return uniqueName(compute, MOST_CHARACTERS / 2 - 1);
}

/** The names of the job definitions on a compute: `*` stands for the job. */
export function jobDefinitionNames(compute: IConstruct): string {
  return `${computeName(compute)}-*`;
}

export function jobDefinitionName(job: IConstruct, compute: IConstruct): string {
  return `${computeName(compute)}-${uniqueName(job, MOST_CHARACTERS / 2)}`;
}
