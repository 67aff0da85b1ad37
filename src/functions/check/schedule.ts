import { FIRST_CHECK, LONGEST_DELAY } from '../../contract/timings';

/** A check that comes so few seconds before a scheduled time counts as the check of that time: clocks differ by a second or two. */
const SHORTEST_DELAY = 5;

/** The scheduled times are at most so far apart. From shortly before one of them, SQS still accepts a delay up to the next. */
const LONGEST_INTERVAL = LONGEST_DELAY - 2 * SHORTEST_DELAY;

/**
 * Seconds until the next check of a job. The scheduled times depend on the job's age only, and the time between two of them is half of
 * the age. So a short job is checked soon after its end even when its event was lost, and a long job costs four checks an hour.
 *
 * A message that is delivered twice, or sent again because the answer was lost, makes two chains of messages that never end. Since both
 * follow the same schedule, they meet again in one batch, and then one check sends one message.
 *
 * @param age     seconds since the job was submitted
 * @param atMost  seconds until something is due, for example the end of the time that a job may queue
 */
export function nextCheck(age: number, atMost = LONGEST_DELAY): number {
  const from = Number.isFinite(age) ? Math.max(age, 0) : 0;
  const wanted = Math.min(scheduledAfter(from + SHORTEST_DELAY) - from, atMost);
  return Math.ceil(Math.min(Math.max(wanted, SHORTEST_DELAY), LONGEST_DELAY));
}

/** The first scheduled time after an age. */
function scheduledAfter(age: number): number {
  let time = FIRST_CHECK;
  while (time <= age && time < 2 * LONGEST_INTERVAL) time += Math.max(Math.ceil(time / 2), FIRST_CHECK);
  return time > age ? time : time + (Math.floor((age - time) / LONGEST_INTERVAL) + 1) * LONGEST_INTERVAL;
}
