/** Texts of AWS that both the retry rules of a job definition and the verdict go by. */

/** What Batch says of an attempt whose host was reclaimed. Both the retry rules and the verdict go by it. */
export const SPOT_RECLAIMED = {
  /** On an instance: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html */
  instance: 'Host EC2',
  /** On Fargate: https://repost.aws/knowledge-center/fargate-spot-termination-notice */
  fargate: 'Your Spot Task was interrupted',
} as const;

/** What the ECS agent says of a container that was killed for its memory. */
export const OUT_OF_MEMORY = 'OutOfMemoryError';
