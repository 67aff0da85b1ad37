import { FUNCTION_VARIABLES } from '../../contract/environment';

/**
 * The account that has to own the bucket, as the calls of S3 take it. S3 refuses a call with another owner as "access denied":
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html. A function may use no other bucket, so one owner is enough.
 */
export function expectedOwner(): { ExpectedBucketOwner?: string } {
  const owner = process.env[FUNCTION_VARIABLES.BUCKET_OWNER];
  return owner ? { ExpectedBucketOwner: owner } : {};
}
