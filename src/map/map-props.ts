import { Duration } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchListFormat } from './list-format';
import { IHeavyBatchJob } from '../job/job-interface';

/**
 * The list over which a job runs, and how it runs.
 */
export interface HeavyBatchMapOptions {
  /**
   * The bucket of the list. It must be in the Region of the job.
   */
  readonly bucket: s3.IBucket;

  /**
   * The key of the list. `*`, `?` and `${` are refused, since they stand for other texts in the permissions of the map.
   *
   * @default - `key` in the input of the execution: `{"key": "lists/today.jsonl"}`
   */
  readonly key?: string;

  /**
   * The format of the list.
   *
   * @default HeavyBatchListFormat.jsonLines()
   */
  readonly format?: HeavyBatchListFormat;

  /**
   * The most runs at once, 1 to 10,000. More runs than the compute has vCPUs for only wait in the job queue, and may wait longer than the
   * job's `queueTimeout`.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
   * @default - as many as fit into the compute's `maxvCpus`, and at most 1,000; 100 where that is not known, such as for an imported job
   */
  readonly maxConcurrency?: number;

  /**
   * The percentage of runs that may fail, 0 to 100. When more runs fail, the execution fails at once and stops the other runs.
   *
   * @default - all items are tried; after that the execution fails with `RunsFailed` if a run has failed
   */
  readonly toleratedFailurePercentage?: number;

  /**
   * The bucket of the result files, in the account and Region of the job. A result file has one JSON line for each item, with the item and
   * the output of its run.
   *
   * @default - the job's `payloadBucket`; required for an imported job without it
   */
  readonly resultBucket?: s3.IBucket;

  /**
   * The beginning of the keys of the result files, without a slash at its end. `*`, `?` and `${` are refused, since they stand for other texts
   * in the permissions of the map.
   *
   * @default - `results/`, and a name that is made of the path of the construct
   */
  readonly resultPrefix?: string;

  /**
   * The share of the runs: 1 to 255 letters and digits. Refused when the job's compute has no `fairShare`.
   *
   * @default - the share of the job
   */
  readonly shareIdentifier?: string;

  /**
   * How long an execution may take, 60 seconds to one year.
   *
   * @default Duration.days(365)
   */
  readonly timeout?: Duration;
}

/**
 * The job that runs over a list, and how it runs.
 */
export interface HeavyBatchMapProps extends HeavyBatchMapOptions {
  /**
   * The job that runs once for each item.
   */
  readonly job: IHeavyBatchJob;
}
