/** The first look at a job, in seconds after it was submitted. Later than the 25 s for which ListJobs and DescribeJobs may lag. */
export const FIRST_LOOK = 30;

/** The longest delay that SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const LONGEST_LOOK = 900;

/** A job that DescribeJobs does not find for so long is left to the heartbeat, which finds it by name or submits it anew. */
export const GIVE_UP_UNFOUND = 900;

/**
 * Seconds until a job is looked at again: half of its age, so that a short job is seen soon after its end even when its event
 * was lost, and a long one costs four looks an hour.
 *
 * @param age     seconds since the job was submitted
 * @param atMost  seconds within which something is due, for example the end of the time that a job may queue
 */
export function nextLook(age: number, atMost = LONGEST_LOOK): number {
  const wanted = Math.min(Math.max(age, 0) / 2, Math.max(atMost, 0));
  return Math.ceil(Math.min(Math.max(wanted, FIRST_LOOK), LONGEST_LOOK));
}
