/**
 * The bucket in which a compute keeps what is too long for Batch, and the results of its containers. The first part of a key says who
 * may do what with the object: the submit function writes `payloads/`, and containers read it; containers write `results/`, and the
 * check function reads it; the submit function writes `runs/`, and no container reads it.
 *
 * The containers of all runs of a job have one role. They are kept apart by their keys: a key has the random id of a submission, and no
 * container may list keys.
 */
export interface ObjectStore {
  readonly bucket: string;
  /** The job's own folder in `payloads/` and in `results/`. Its role reaches no other job's. */
  readonly folder: string;
}

/** An object to put. */
export interface StoredObject {
  readonly uri: string;
  readonly body: string;
}

/** What the keys of payloads begin with. */
export const PAYLOADS = 'payloads/';
/** What the keys of results begin with. */
export const RESULTS = 'results/';
/** What the keys of the records of runs begin with. */
export const RECORDS = 'runs/';

/** The keys of all records. */
export const RECORD_KEYS = `${RECORDS}*`;

/** The key of the record of a round. It is the same for each try to submit the round's job. */
export function recordKey(jobName: string): string {
  return `${RECORDS}${jobName}`;
}

/** One try to submit the job of a round. */
export interface SubmissionId {
  readonly jobName: string;
  /** Random, of 128 bits. */
  readonly submissionId: string;
}

/** The keys of all payloads, or of one job's. */
export function payloadKeys(folder?: string): string {
  return `${PAYLOADS}${folder === undefined ? '' : `${folder}/`}*`;
}

/** The keys of all results, or of one job's. */
export function resultKeys(folder?: string): string {
  return `${RESULTS}${folder === undefined ? '' : `${folder}/`}*`;
}

/** What the keys of the result files of a map begin with. */
export function mapResultPrefix(folder: string): string {
  return `${RESULTS}${folder}`;
}

/** What the URIs of the results of a job begin with. */
export function resultPrefix({ bucket, folder }: ObjectStore): string {
  return s3Uri(bucket, `${RESULTS}${folder}/`);
}

/** The URI of a payload. `name` is a path: its parts may have any characters. */
export function payloadUri({ bucket, folder }: ObjectStore, submission: SubmissionId, ...name: string[]): string {
  return s3Uri(bucket, [`${PAYLOADS}${folder}`, keyPart(submission), ...name.map(encodeURIComponent)].join('/'));
}

function keyPart({ jobName, submissionId }: SubmissionId): string {
  return `${jobName}-${submissionId}`;
}

/** Where a container may write its result. For an array job: what the URIs of its children's results begin with. Each child adds its index. */
export function resultUri({ bucket, folder }: ObjectStore, submission: SubmissionId, isArray: boolean): string {
  return `${resultPrefix({ bucket, folder })}${keyPart(submission)}${isArray ? '/' : ''}`;
}

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

export function s3Uri(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`;
}

/** Undefined for what is not the URI of an object. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}

/** The location of an object, as S3's calls take it. */
export function objectAt(uri: string): { Bucket: string; Key: string } {
  const { bucket, key } = parseS3Uri(uri)!;
  return { Bucket: bucket, Key: key };
}
