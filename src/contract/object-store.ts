/**
 * The bucket in which a compute keeps what is too long for Batch, and the results of its containers. The first part of a key says who
 * may do what with the object: the submit function writes `payloads/`, and containers read it; containers write `results/`, and the
 * check function reads it.
 */
export interface ObjectStore {
  readonly bucket: string;
  /** The job's own folder in `payloads/` and in `results/`. Its role reaches no other job's. */
  readonly folder: string;
}

/** An object to put. Its key is made of the round's job name, so that a retry puts the same object again. */
export interface StoredObject {
  readonly uri: string;
  readonly body: string;
}

/** The keys of all payloads, or of one job's. */
export function payloadKeys(folder?: string): string {
  return folder === undefined ? 'payloads/*' : `payloads/${folder}/*`;
}

/** The keys of all results, or of one job's. */
export function resultKeys(folder?: string): string {
  return folder === undefined ? 'results/*' : `results/${folder}/*`;
}

/** What the keys of the result files of a map begin with. */
export function mapResultPrefix(folder: string): string {
  return `results/${folder}`;
}

export function payloadUri({ bucket, folder }: ObjectStore, jobName: string, name: string): string {
  return s3Uri(bucket, `payloads/${folder}/${jobName}/${name}`);
}

/** Where a container may write its result. For an array job: what the URIs of its children's results begin with. Each child adds its index. */
export function resultUri({ bucket, folder }: ObjectStore, jobName: string, isArray: boolean): string {
  return s3Uri(bucket, `results/${folder}/${jobName}${isArray ? '/' : ''}`);
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
