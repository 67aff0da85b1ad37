/** Where the result of a run comes from. */
export enum HeavyBatchResultSource {
  /**
   * The container writes JSON to the S3 URI in `HEAVY_BATCH_RESULT`. It needs an SDK or the AWS CLI. Each child of an array job has a result.
   *
   * The variable is not set with the other sources.
   */
  BUCKET = 'BUCKET',
  /**
   * The container prints a line that begins with `::result `, and JSON follows. It needs nothing but its standard output. Print it
   * once: of several such lines, the last one counts that CloudWatch Logs shows when the job has ended. The run ends some seconds later than with a
   * bucket, and a minute later when there is no such line.
   *
   * The line has at most 200 KiB. Print no text of others at the start of a line. An array job has no result: each of its children has a log of its own.
   *
   * CloudWatch Logs answers 10 to 25 reads a second in an account and a Region, so results of many runs that end at once come later, and after 20 minutes not
   * at all: use the bucket for them.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
   */
  LOG = 'LOG',
}
