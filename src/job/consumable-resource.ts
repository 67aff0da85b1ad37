/**
 * Something that only so many jobs can use at once, such as the licences of a program or the connections of a database.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling.html
 */
export interface HeavyBatchConsumableResource {
  /**
   * The ARN of the consumable resource of AWS Batch, which is in the account and Region of the job. You create it yourself, with
   * `batch.CfnConsumableResource`: its `attrConsumableResourceArn`. CloudFormation accepts no name here.
   */
  readonly consumableResource: string;

  /**
   * How much of it each job takes, a whole number, 1 or more. Each child of an array job takes as much.
   */
  readonly quantity: number;
}
