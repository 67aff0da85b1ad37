import * as batch from 'aws-cdk-lib/aws-batch';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';

/** The facts of a job that a map or an API needs at synth. Of an imported job, only what its attributes say is known. */
export interface JobPlan {
  /** The vCPUs of the container, or of each node. May be a token. */
  readonly vcpus?: number;
  readonly nodes?: number;
  /** The most vCPUs of the compute. */
  readonly maxvCpus?: number;
  /** The job queues of the compute. */
  readonly jobQueues?: readonly batch.IJobQueue[];
  /** Whether the job queue has a fair-share policy. */
  readonly fairShare?: boolean;
  /** Whether the input of a run may name its share. */
  readonly shareAllowed?: boolean;
  /** The bucket for inputs that are too long for AWS Batch, and for results. */
  readonly payloadBucket?: s3.IBucket;
  /** The folder of the job's results in that bucket. Undefined where its results are elsewhere. */
  readonly resultFolder?: string;
  /** The key of the compute, for the data of runs. */
  readonly encryptionKey?: kms.IKey;
  /** How long a regulated compute keeps its logs. */
  readonly logRetention?: logs.RetentionDays;
  /** The ARN of the log group to which the containers write, with its streams. Undefined where they write to no log group. */
  readonly logGroupArn?: string;
  /** The names of the parameters. */
  readonly parameters?: readonly string[];
  /** The default values of parameters that are known at synth. */
  readonly defaults?: { readonly [name: string]: string };
}
