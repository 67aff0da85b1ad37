import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { expectedOwner } from './bucket-owner';
import { withinTime } from './time-limit';
import { FUNCTION_VARIABLES } from '../../contract/environment';
import { recordKey } from '../../contract/object-store';
import type { RunRecord } from '../../contract/run-record';

const runRecord = v.object({
  submissionIds: v.array(v.string()),
  jobId: v.optional(v.string()),
  token: v.optional(v.string()),
}) satisfies v.GenericSchema<RunRecord>;

/** Milliseconds. A batch of messages has other calls to make within the time-out of its function. */
const READ_TIME = 8_000;

/** The record of a round, by the name of its job. Undefined when there is none. */
export async function readRecord(s3: S3Client, jobName: string): Promise<RunRecord | undefined> {
  try {
    const text = await withinTime(READ_TIME, async (abortSignal) => {
      const { Body } = await s3.send(new GetObjectCommand(objectOf(jobName)), { abortSignal });
      return Body!.transformToString();
    }, () => new Error(`the record of ${jobName} could not be read within ${READ_TIME / 1000} s`));
    return v.parse(runRecord, JSON.parse(text));
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/**
 * Writes the record of a round. With `isNew` it fails with `PreconditionFailed` when there is one: then another invocation submits the same
 * job. No two invocations update a record at once, since Step Functions retries no sooner than the former one has timed out.
 */
export async function writeRecord(s3: S3Client, jobName: string, record: RunRecord, { isNew = false } = {}): Promise<void> {
  await s3.send(new PutObjectCommand({ ...objectOf(jobName), Body: JSON.stringify(record), IfNoneMatch: isNew ? '*' : undefined }));
}

function objectOf(jobName: string): { Bucket: string | undefined; Key: string; ExpectedBucketOwner?: string } {
  return { Bucket: process.env[FUNCTION_VARIABLES.PAYLOAD_BUCKET], Key: recordKey(jobName), ...expectedOwner() };
}
