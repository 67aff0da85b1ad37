/**
 * The limits of AWS that the constructs check at synth and the functions check before a job is submitted. The emulator has its own
 * copy of them on purpose: if one of the two is wrong, a test fails.
 */

/** A range of numbers, with both ends. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** The upper bound is generous: no instance type has more. */
export const VCPUS: Range = { least: 1, most: 1024 };
/** MiB. https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html. The upper bound is generous: no instance type has more. */
export const MEMORY: Range = { least: 4, most: 32 * 1024 * 1024 };
/** MiB of `/dev/shm` and of a `tmpfs`. https://docs.aws.amazon.com/batch/latest/APIReference/API_LinuxParameters.html */
export const FILE_SYSTEM_IN_MEMORY: Range = { least: 1, most: MEMORY.most };
/** MiB. The upper bound is generous: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html names none. */
export const LOG_BUFFER: Range = { least: 1, most: 1024 };
/** The largest instance types have 16. */
export const GPUS: Range = { least: 1, most: 16 };
/** https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html */
export const ARRAY_SIZE: Range = { least: 2, most: 10_000 };
/** https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html#Batch-SubmitJob-request-schedulingPriorityOverride */
export const SCHEDULING_PRIORITY: Range = { least: 0, most: 9_999 };

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html#Batch-SubmitJob-request-shareIdentifier */
export function isShareIdentifier(text: string): boolean {
  return /^[A-Za-z0-9]{1,255}$/.test(text);
}

/**
 * The most characters of a container's overrides, with the command in which the parameters are replaced. Batch accepts longer ones and
 * then fails the job. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html
 */
export const OVERRIDES_CHARACTERS = 8_192;

/** The characters that Batch adds to the overrides: the `AWS_BATCH_*` variables of a job, of an array's child, of a node. */
export const ADDED_BY_BATCH = 1_024;

/** The most bytes of a SubmitJob request: "Maximum payload size for SubmitJob" in https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
export const SUBMIT_BYTES = 30 * 1024;

/** The most bytes of a job definition: "Maximum job definition size" in https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
export const DEFINITION_BYTES = 24 * 1024;

/** The most characters of a failed task's cause: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html */
export const CAUSE_CHARACTERS = 32_768;

/**
 * The most bytes of a result that a run's output carries. A state's output may have 256 KiB, and the output has other fields too.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const RESULT_BYTES = 200 * 1024;
