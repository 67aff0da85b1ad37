import { Names, Resource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { IConstruct } from 'constructs';
import { uniqueName } from './unique-name';

/** The most characters of the part of a folder's name that the CDK makes of the path of a construct. */
const MOST_CHARACTERS = 64;

/**
 * The account that owns a bucket, where it is certain; otherwise undefined. The calls of S3 name it, so that they fail if the bucket was deleted and
 * another account has taken its name: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 *
 * It is certain of a bucket that this app creates, and of an imported bucket with an account of its own. The CDK assumes that any other imported
 * bucket is in the account of its stack, which may be wrong.
 *
 * @param scope the construct in whose template the account is written
 */
export function ownerOf(scope: IConstruct, bucket: s3.IBucket): string | undefined {
  const { account } = bucket.env;
  const own = Stack.of(bucket).account;
  if (!isOfThisApp(bucket)) return account === own ? undefined : account;
  // The account of a stack without `env` is known at deployment, and is the same as here only if this stack has no `env` either.
  return Token.isUnresolved(account) && account !== Stack.of(scope).account ? undefined : account;
}

/** The folders of a construct in a bucket. */
export interface Folders {
  readonly folder: string;
  /** What a former version of this library used. What was started before a deployment still does. */
  readonly former?: string;
}

/**
 * The name of a folder that only this construct uses in a bucket. The CDK's names are unique within an app, and so in the bucket of an app. Other apps may
 * use a bucket that is imported, with constructs of the same paths. A stack is the only one of its name in its account and Region.
 *
 * The parts are known to every stack, so the role of a job may be in another stack than the job. `AWS::StackId` would be the id of that stack there.
 */
export function foldersIn(bucket: s3.IBucket, construct: IConstruct): Folders {
  const uniqueInApp = Names.uniqueResourceName(construct, { maxLength: MOST_CHARACTERS });
  if (isOfThisApp(bucket)) return { folder: uniqueInApp };
  const { account, region } = Stack.of(construct);
  return { folder: `${uniqueName(construct, MOST_CHARACTERS)}-${account}-${region}`, former: uniqueInApp };
}

/**
 * The permission to use the former folder ends by itself. A run takes a year at most, and until the end a deployment leaves runs of the former version
 * alone. Without an end, a job could always read what another app with the same paths has in its former folder.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime
 */
export const WHILE_FORMER_RUNS_LAST: iam.Conditions = { DateLessThan: { 'aws:CurrentTime': '2028-06-01T00:00:00Z' } };

function isOfThisApp(bucket: s3.IBucket): boolean {
  return Resource.isOwnedResource(bucket);
}
