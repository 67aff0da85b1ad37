import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';

/**
 * How a compute and its jobs protect and record data where rules such as NIST 800-53, HIPAA or PCI DSS apply. An empty object turns all of it on.
 *
 * Everything that holds data is encrypted with one customer managed key: logs, payloads and results, the queues, the disks of instances, the
 * variables of the functions, and what Step Functions keeps of runs and maps. The payload bucket has versions and access logs. A VPC that is created
 * has flow logs, and a default security group without rules.
 */
export interface HeavyBatchRegulatedOptions {
  /**
   * The symmetric key with which data is encrypted. A key of this app gets the statements in its policy that the AWS services need. For an imported key
   * a warning names them, because its policy stays yours.
   *
   * A key that was deployed must stay usable as long as the data: what was encrypted with a deleted key cannot be read.
   *
   * @see https://aws.amazon.com/kms/pricing/
   * @default - a new key that is rotated each year, and that stays when the stack is deleted. It costs $1 a month, $1 more
   * after each of its first two rotations, and its requests cost money too
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The bucket for the access logs of the payload bucket. It must be in the account and Region of the compute, and encrypted with SSE-S3. Refused together
   * with `payloadBucket`, whose access logs stay yours.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
   * @default - a new one, which stays when the stack is deleted
   */
  readonly accessLogsBucket?: s3.IBucket;

  /**
   * How long logs are kept: those of the functions, of the network, of the containers unless the job has its own `logRetention`, and the access logs in
   * the new bucket. Log groups stay when the stack is deleted.
   *
   * @default logs.RetentionDays.ONE_YEAR
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The topic to which `deadLetterAlarm` sends. If the topic is encrypted, the policy of its key must allow CloudWatch to use it.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
   * @default - none: the alarm has no action
   */
  readonly alarmTopic?: sns.ITopic;
}
