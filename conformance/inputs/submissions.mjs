// What has to hold of a job that a run's input has made: the limits that AWS documents and its model does not have, and what a container can receive.
import { TOKEN } from './jobs.mjs';

/** Bytes: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
const PAYLOAD = 30 * 1024;
/** Characters: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html */
const OVERRIDES = 8_192;
/** Names of jobs: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html#Batch-SubmitJob-request-jobName */
const JOB_NAME = /^[A-Za-z0-9][\w-]{0,127}$/;

/** What is wrong with a submission, or undefined. `objects` are put into the bucket before. */
export function problemOfSubmission({ submission, objects }, { store }) {
  const overrides = submission.containerOverrides ?? submission.nodeOverrides.nodePropertyOverrides[0].containerOverrides;
  const { arrayProperties, schedulingPriorityOverride: priority, shareIdentifier } = submission;
  const values = [...overrides.environment.map(({ value }) => value), ...overrides.command ?? []];
  const names = overrides.environment.map(({ name }) => name);
  const texts = [...values, ...names, ...Object.entries(submission.parameters).flat()];
  const faults = {
    'the request is too long': Buffer.byteLength(JSON.stringify(submission)) > PAYLOAD,
    'its overrides are too long': JSON.stringify(overrides).length > OVERRIDES,
    'its name is none of a job': !JOB_NAME.test(submission.jobName),
    'its array has a wrong size': arrayProperties !== undefined && !(arrayProperties.size >= 2 && arrayProperties.size <= 10_000), // .../userguide/array_jobs.html
    'its priority is wrong': priority !== undefined && !(priority >= 0 && priority <= 9_999), // API_SubmitJob.html
    'its share is wrong': shareIdentifier !== undefined && !/^[A-Za-z0-9]{1,255}$/.test(shareIdentifier), // API_SubmitJob.html
    // https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
    'a resource is no number': overrides.resourceRequirements.some(({ value }) => !(Number(value) > 0) || !/^\d+(\.\d+)?$/.test(value)),
    'a value or a word is empty': values.includes(''),
    'a variable is there twice': new Set(names).size < names.length,
    'a text has a NUL or half of a surrogate pair': texts.some((text) => text.includes('\0') || !text.isWellFormed()),
    'its container gets the token of its run': values.some((value) => value.includes(TOKEN) || value.includes('Ref::heavyBatch')),
    'it writes into the folder of another job': objects.some(({ uri }) => !uri.startsWith(`s3://${store?.bucket}/payloads/${store?.folder}/`) || uri.includes('/../')),
  };
  return Object.keys(faults).find((fault) => faults[fault]);
}
