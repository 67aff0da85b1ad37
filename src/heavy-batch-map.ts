import { Duration, Names } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './common/acknowledge';
import type { HeavyBatchJob } from './heavy-batch-job';
import { HeavyBatchListFormat } from './map/list-format';
import { runManyDefinition } from './map/map-definition';
import { letRunMany } from './map/map-grants';
import { checkRunMany, placesFor } from './map/validate-map';

/**
 * Which list a job is run over, and how.
 */
export interface HeavyBatchRunManyOptions {
  /**
   * The bucket of the list, in the job's own Region.
   */
  readonly bucket: s3.IBucket;

  /**
   * The key of the list.
   *
   * @default - `key` of the execution's input: `{"key": "lists/today.jsonl"}`
   */
  readonly key?: string;

  /**
   * How the list is written.
   *
   * @default HeavyBatchListFormat.jsonLines()
   */
  readonly format?: HeavyBatchListFormat;

  /**
   * How many runs there are at once, 1 to 10,000. More than the compute has place for only wait, and may wait longer than the job's
   * `queueTimeout`.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
   * @default - as many as the compute's `maxvCpus` have place for, 1,000 at the most; 100 where that is not known
   */
  readonly maxConcurrency?: number;

  /**
   * The percentage of runs that may fail, 0 to 100. With the next one that fails the execution fails too, and what runs is stopped.
   *
   * @default - every item is tried, and then the execution fails with `RunsFailed` when any run did
   */
  readonly toleratedFailurePercentage?: number;

  /**
   * The bucket of the result files, in the job's own account and Region: one JSON line an item, with the item and its run's output.
   *
   * @default - the compute's `payloadBucket`
   */
  readonly resultBucket?: s3.IBucket;

  /**
   * What the keys of the result files begin with.
   *
   * @default - `results/` and a name made of the construct's path
   */
  readonly resultPrefix?: string;

  /**
   * The share of the runs: 1 to 255 letters and digits. Refused when the compute has no `fairShare`.
   *
   * @default - the job's
   */
  readonly shareIdentifier?: string;

  /**
   * How long all of it may take, up to a year.
   *
   * @default Duration.days(365)
   */
  readonly timeout?: Duration;
}

/**
 * Which job is run over a list, and how.
 */
export interface HeavyBatchRunManyProps extends HeavyBatchRunManyOptions {
  /**
   * The job of which each item is a run.
   */
  readonly job: HeavyBatchJob;
}

/**
 * Runs a job once for each item of a list in S3: a state machine whose one execution starts a run of the job for each, so many at
 * once as there is place for, and writes what they came to into one file.
 *
 * @example
 * declare const job: HeavyBatchJob;
 * declare const bucket: s3.Bucket;
 * job.runMany('Each', { bucket, format: HeavyBatchListFormat.csv() });
 */
export class HeavyBatchRunMany extends Construct {
  /** One execution of it runs the job over one list. */
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: HeavyBatchRunManyProps) {
    super(scope, id);
    checkRunMany(this, props);
    const { job } = props;
    const results = {
      bucket: props.resultBucket ?? job.compute.payloadBucket,
      prefix: props.resultPrefix ?? `results/${Names.uniqueResourceName(this, { maxLength: 64 })}`,
    };
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      definitionBody: sfn.DefinitionBody.fromChainable(runManyDefinition(this, {
        job: job.stateMachine,
        list: { bucket: props.bucket, key: props.key, format: (props.format ?? HeavyBatchListFormat.jsonLines())._readerConfig },
        results,
        maxConcurrency: props.maxConcurrency ?? placesFor(job),
        toleratedFailurePercentage: props.toleratedFailurePercentage,
        shareIdentifier: props.shareIdentifier,
      })),
      role,
      timeout: props.timeout ?? Duration.days(365),
      comment: 'One run of a heavy job for each item of a list.',
    });
    letRunMany(this, { role, stateMachine: this.stateMachine, job: job.stateMachine, list: { bucket: props.bucket, key: props.key }, results });
    acknowledge(this, { 's3:GetObject': 'any list of the bucket, where each execution names its own' });
  }

  /**
   * Lets somebody start it.
   *
   * @param grantee who
   */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }
}
