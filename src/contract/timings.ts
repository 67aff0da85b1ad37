/** The times that the state machine, the functions and the watch queue have to agree on. All in seconds. */

/** The first check of a job, after it was submitted. ListJobs and DescribeJobs were seen to lag by up to 25 s. */
export const FIRST_CHECK = 30;

/** The time after which ListJobs shows a job that was submitted. A submission of unknown outcome is not retried earlier. */
export const LISTED_AFTER = 60;

/** The longest wait of the state machine before it retries a submission of unknown outcome. */
export const LONGEST_RETRY = 300;

/** When a run is checked whose submission had an unknown outcome: after the longest wait for its retry, with time to spare. */
export const UNCERTAIN_CHECK = 1.5 * LONGEST_RETRY;

/** The longest delay of a message: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const LONGEST_DELAY = 900;

/** The heartbeat of a run's task. Three times the longest time between two checks, so that it lapses only when three are lost. */
export const HEARTBEAT = 3 * LONGEST_DELAY;

/**
 * The default of `startTimeout`. The ECS agent lets an image pull take up to two hours:
 * https://github.com/aws/amazon-ecs-agent/blob/master/agent/config/config.go. The rest is for starting the container.
 */
export const START_TIMEOUT = 3 * 3600;

/**
 * The time that is added to `attemptTimeout`: AWS Batch stops a container at about that time, and the container has 30 seconds to end.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 */
export const RUN_GRACE = 1_800;

/** A job that has not ended so long after it was terminated is reported all the same: nothing answers on its instance. */
export const TERMINATION_GRACE = 3_600;

/**
 * The retries of a submission end within three hours. So a state that was entered longer ago than this has submitted its job, and if AWS
 * Batch does not show that job, it has forgotten it. It shows a finished job for some days.
 */
export const FORGOTTEN_AFTER = 6 * 3600;

/**
 * How long a run waits for a result in the log of its container, after the job has ended. Lines were seen to come 5 to 20 seconds late:
 * https://dev.to/shu85t/visualize-cloudwatch-logs-ingestion-lag-with-logs-insights-hkl
 */
export const RESULT_WAIT = 60;

/** The same while CloudWatch Logs does not let the log be read. An account has 10 to 25 reads a second: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
export const UNREADABLE_LOG_WAIT = 1_200;

/** The time-out of the two functions. */
export const FUNCTION_TIMEOUT = 30;
