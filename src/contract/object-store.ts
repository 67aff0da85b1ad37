/**
 * The bucket in which a compute keeps what is too long for Batch, and what its containers have to say. Keys begin with what may be
 * done: the submit function writes `payloads/`, containers read it, and write `results/`, which the watch function reads.
 */
export interface ObjectStore {
  readonly bucket: string;
  /** The job's own folder in `payloads/` and in `results/`: its role reaches no other job's. */
  readonly folder: string;
}

/** An object that is to be put. Its key is made of the round's job name, so that a retry puts the same one again. */
export interface StoredObject {
  readonly uri: string;
  readonly body: string;
}

export function payloadUri({ bucket, folder }: ObjectStore, jobName: string, name: string): string {
  return `s3://${bucket}/payloads/${folder}/${jobName}/${name}`;
}

/** Of an array job, what its children's results have in common: each child adds its index. */
export function resultUri({ bucket, folder }: ObjectStore, jobName: string, isArray: boolean): string {
  return `s3://${bucket}/results/${folder}/${jobName}${isArray ? '/' : ''}`;
}

export function objectAt(uri: string): { Bucket: string; Key: string } {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!;
  return { Bucket, Key };
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
