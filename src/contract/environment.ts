/** The environment variables that a run sets in its container. Examples and the guides name them too. */
export const CONTAINER_VARIABLES = {
  /** The run's id: the name of its execution. */
  RUN_ID: 'HEAVY_BATCH_RUN_ID',
  /** Which round of the run this is, from 1. */
  ROUND: 'HEAVY_BATCH_ROUND',
  /** The S3 URI to which the container may write its result. */
  RESULT: 'HEAVY_BATCH_RESULT',
  /** The S3 URI of all values that the run was given, where some of them were too long for Batch. */
  INPUT: 'HEAVY_BATCH_INPUT',
  /** A directory for temporary files, on the disk of the container's host. */
  SCRATCH: 'HEAVY_BATCH_SCRATCH',
  /** The path at which the job's file system is mounted. */
  FILE_SYSTEM: 'HEAVY_BATCH_FILE_SYSTEM',
} as const satisfies Record<string, `${typeof OWN_PREFIX}${string}`>;

/** The environment variables of the two functions. */
export const FUNCTION_VARIABLES = {
  WATCH_QUEUE_URL: 'WATCH_QUEUE_URL',
  /** ARNs of the job queues, with commas between them. */
  JOB_QUEUES: 'JOB_QUEUES',
  /** The name of the bucket with the records of runs. */
  PAYLOAD_BUCKET: 'PAYLOAD_BUCKET',
  /** Of the check function: the ids of the roles whose messages it believes, with commas between them. */
  SENDERS: 'SENDERS',
  /** The account that owns the bucket of payloads and results. Not set where it is not certain. */
  BUCKET_OWNER: 'BUCKET_OWNER',
} as const;

/** The environment variables of the function of an API. */
export const API_VARIABLES = {
  /** The name of the table with the records of runs. */
  TABLE: 'TABLE',
  /** The jobs of the API as JSON: `ApiJobEntry[]`. */
  JOBS: 'JOBS',
  /** How many seconds a record is kept. */
  RETENTION: 'RETENTION',
  /** How many requests may wait for runs at once. */
  MOST_WAITING: 'MOST_WAITING',
  /** The claim of a token, or the field of an authorizer's answer, that names the owner of a run. Not set where runs have no owners. */
  OWNER_CLAIM: 'OWNER_CLAIM',
} as const;

/** What the names of Batch's own variables begin with: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html */
export const BATCH_PREFIX = 'AWS_BATCH';
/** What the names of this library's own variables begin with. */
export const OWN_PREFIX = 'HEAVY_BATCH_';
