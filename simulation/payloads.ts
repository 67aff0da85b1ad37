import type { Asked, Texts } from './asked';
import { differences } from './differences';
import type { Report } from './findings';
import type { Observations, RunRecord, StoredObject } from './observations';
import type { BatchJob } from '../emulator/services/batch/batch';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

/** Values of fewer characters, with their names, fit into a job in any case: then nothing may go through the bucket. */
const SURELY_FIT = 5_000;
/** Values of more characters do not fit. */
const SURELY_TOO_LONG = 8_192;

/** The value that a container reads: with the body of an object in the place of its URI. */
export function readValue(objects: readonly StoredObject[], value: string): string {
  if (!value.includes('s3://')) return value;
  return objects.reduce((text, object) => text.split(uriOf(object)).join(object.body), value);
}

/** What the keys of inputs begin with, and those of the records of runs. */
export const PAYLOADS = 'payloads/';
const RECORDS = 'runs/';

/** The objects of a job hold what was asked, each of them is of use, and there are none where all values fit. */
export function expectRightPayloads(observations: Observations, { execution }: RunRecord, asked: Asked, jobs: BatchJob[], report: Report): void {
  const { app: { bucket } } = observations;
  const puts = observations.puts.filter(({ key }) => !key.startsWith(RECORDS));
  const length = [asked.given.parameters, asked.given.environment].flatMap((texts) => Object.entries(texts)).join('').length;
  for (const job of jobs) {
    const { parameters, environment, jobName } = job.plan;
    const used = new Set([...Object.values(parameters), ...Object.values(environment)]);
    const input = environment[CONTAINER_VARIABLES.INPUT];
    // A try whose submission fails leaves objects that no job refers to.
    const made = puts.filter((object) => isOfRound(object, jobName) && (input === undefined || placeOf(uriOf(object)) === placeOf(input)));
    const uris = new Set(made.map(uriOf));
    for (const object of made) expectRightPlace(object, bucket.name, report);
    for (const uri of uris) if (!used.has(uri)) report('wrong', `nothing in ${job.jobId} refers to the object ${uri}`);
    for (const uri of uris) if (new Set(made.filter((object) => uriOf(object) === uri).map(({ body }) => body)).size > 1) report('wrong', `the object ${uri} was overwritten with another body`);
    if (length < SURELY_FIT && uris.size > 0) report('wrong', `${uris.size} object(s) were made for ${job.jobId}, although ${length} characters fit into a job`);
    if (length > SURELY_TOO_LONG && uris.size === 0) report('wrong', `no object was made for ${job.jobId}, although ${length} characters do not fit into a job`);
    if ((input !== undefined) !== uris.size > 0) report('wrong', `${CONTAINER_VARIABLES.INPUT} of ${job.jobId} is ${input}, and it has ${uris.size} object(s)`);
    if (input !== undefined) expectWholeInput(made.find((object) => uriOf(object) === input)?.body, asked, job, report);
  }
  const names = [...new Set(jobs.map(({ plan }) => plan.jobName))];
  if (observations.runs.length === 1 && execution.status === 'SUCCEEDED') {
    for (const object of puts.filter((put) => !names.some((name) => isOfRound(put, name)))) report('wrong', `the object ${uriOf(object)} is of no job`);
  }
}

/** A key has the name of the round's job, with something random behind it. */
function isOfRound({ key }: StoredObject, jobName: string): boolean {
  return key.split('/').some((part) => part.startsWith(`${jobName}-`));
}

/** The part of a URI that all objects of one try have in common. */
function placeOf(uri: string): string {
  return uri.split('/').slice(4, 6).join('/');
}

function expectRightPlace({ bucket, key }: StoredObject, expectedBucket: string, report: Report): void {
  if (bucket !== expectedBucket || !key.startsWith('payloads/')) report('wrong', `an object is at s3://${bucket}/${key}, not in payloads/ of ${expectedBucket}`);
}

/** One object has all that the input had, whether a value is long or short. */
function expectWholeInput(body: string | undefined, { given }: Asked, { jobId }: BatchJob, report: Report): void {
  const { parameters, environment, ...others } = JSON.parse(body ?? '{}') as Record<string, Texts>;
  for (const difference of [
    ...differences('parameters', parameters ?? {}, given.parameters),
    ...differences('environment', environment ?? {}, given.environment),
    ...differences('others', others, {}),
  ]) report('wrong', `the object with the whole input of ${jobId}: ${difference}`);
}

export function uriOf({ bucket, key }: StoredObject): string {
  return `s3://${bucket}/${key}`;
}
