import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './common/acknowledge';
import { foldersIn } from './common/buckets';
import { stepFunctions } from './common/trusted-services';
import { refuse } from './common/validation';
import { encryptStateMachine } from './compute/regulated';
import { mapResultPrefix } from './contract/object-store';
import { ONE_YEAR } from './job/run-timeout';
import { StateMachineBase } from './job/state-machine-base';
import { HeavyBatchListFormat } from './map/list-format';
import { mapDefinition } from './map/map-definition';
import { addMapPolicy, grantReadMapRuns } from './map/map-grants';
import { HeavyBatchMapProps } from './map/map-props';
import { defaultConcurrency, validateMap } from './map/validate-map';

/**
 * Runs a job once for each item of a list in S3. One execution of its state machine starts a run for each item, limits how many run at
 * once, and writes the outputs of all runs to files in S3.
 *
 * @example
 * declare const job: HeavyBatchJob;
 * declare const bucket: s3.Bucket;
 * job.addMap('Each', { bucket, format: HeavyBatchListFormat.csv() });
 */
export class HeavyBatchMap extends StateMachineBase {
  /** The state machine of the map. Each of its executions runs the job over one list. */
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: HeavyBatchMapProps) {
    super(scope, id);
    validateMap(this, props);
    const { job } = props;
    const bucket = props.resultBucket ?? job._plan?.payloadBucket
      ?? refuse(this, 'resultBucket', `is missing, and ${job.node.path} has no known payload bucket; use a bucket for the result files, or import the job with its 'payloadBucket'`);
    const { folder, former } = foldersIn(bucket, this);
    const results = props.resultPrefix === undefined
      ? { bucket, prefix: mapResultPrefix(folder), formerPrefix: former && mapResultPrefix(former) }
      : { bucket, prefix: props.resultPrefix };
    const role = new iam.Role(this, 'Role', { assumedBy: stepFunctions(this) });
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      definitionBody: sfn.DefinitionBody.fromChainable(mapDefinition(this, {
        job: job.stateMachine,
        list: { bucket: props.bucket, key: props.key, format: (props.format ?? HeavyBatchListFormat.jsonLines())._readerConfig },
        results,
        maxConcurrency: props.maxConcurrency ?? defaultConcurrency(job._plan),
        toleratedFailurePercentage: props.toleratedFailurePercentage,
        shareIdentifier: props.shareIdentifier,
      })),
      role,
      timeout: props.timeout ?? ONE_YEAR,
      comment: 'One run of a heavy job for each item of a list.',
    });
    this._encryptionKey = job._plan?.encryptionKey;
    encryptStateMachine(this.stateMachine, this._encryptionKey);
    addMapPolicy(this, {
      role,
      stateMachine: this.stateMachine,
      job: job.stateMachine,
      encryptionKey: this._encryptionKey,
      list: { bucket: props.bucket, key: props.key },
      results,
    });
    acknowledge(this);
  }

  /**
   * Allows a principal to list the executions of the state machine, and to read their status, input, output and history. For each of them
   * it can also read its map run: how many items have succeeded and failed, and the execution of each item.
   *
   * @param grantee the principal
   */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return super.grantRead(grantee).combine(grantReadMapRuns(grantee, this.stateMachine));
  }
}
