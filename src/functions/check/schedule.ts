/** The first look at a job, in seconds after it was submitted. Later than the 25 s for which ListJobs and DescribeJobs may lag. */
export const FIRST_LOOK = 30;

/** Seconds after which ListJobs shows what was submitted: so long is waited before a submission of which nobody knows is tried again. */
export const LISTED_AFTER = 60;

/** The longest delay that SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const LONGEST_LOOK = 900;

/** A job that DescribeJobs does not find for so long is left to the heartbeat, which finds it by name or submits it anew. */
export const GIVE_UP_UNFOUND = 900;

/** A look that comes so shortly before a mark is the mark's own: clocks differ by a second or two. */
const SHORTEST_LOOK = 5;

/** How far apart the marks are at most: from shortly before one, SQS still takes a delay up to the next. */
const LONGEST_APART = LONGEST_LOOK - 2 * SHORTEST_LOOK;

/**
 * Seconds until a job is looked at again. The marks are the same for everyone who looks at the job: half of its age apart, so that
 * a short job is seen soon after its end even when its event was lost, and a long one costs four looks an hour.
 *
 * A message that is delivered twice, or sent once more since the answer was lost, makes two messages that go on for ever. Having
 * the same marks they come together again in one batch, and one look is all that is said then.
 *
 * @param age     seconds since the job was submitted
 * @param atMost  seconds within which something is due, for example the end of the time that a job may queue
 */
export function nextLook(age: number, atMost = LONGEST_LOOK): number {
  const from = Number.isFinite(age) ? Math.max(age, 0) : 0;
  const wanted = Math.min(markAfter(from + SHORTEST_LOOK) - from, atMost);
  return Math.ceil(Math.min(Math.max(wanted, SHORTEST_LOOK), LONGEST_LOOK));
}

/** The first mark after an age. */
function markAfter(age: number): number {
  let mark = FIRST_LOOK;
  while (mark <= age && mark < 2 * LONGEST_APART) mark += Math.max(Math.ceil(mark / 2), FIRST_LOOK);
  return mark > age ? mark : mark + (Math.floor((age - mark) / LONGEST_APART) + 1) * LONGEST_APART;
}
