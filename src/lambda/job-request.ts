import type { SubmitJobCommandInput } from '@aws-sdk/client-batch';
import { fargateMismatch } from './fargate-sizes';
import { jobName } from './job-name';
import { NextRound, RunContext, runId } from './run-context';
import { InvalidInput, RunInput } from './run-input';
import { CONTEXT_PARAMETER, TOKEN_PARAMETER } from './run-parameters';

/** What the state machine knows about its job: written into its definition at synth. */
export interface JobSpec {
  readonly definition: string;
  readonly queue: string;
  readonly onDemandQueue?: string;
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** MiB */
  readonly maxMemory?: number;
  readonly gpus?: number;
  /** Fargate gives some amounts of memory to each number of vCPUs, and no others. */
  readonly fargate?: boolean;
  /** Seconds */
  readonly queueTimeout: number;
  readonly logGroup: string;
  /** The names of the parameters that a run may give. */
  readonly parameters: string[];
  /** Of each job and its task. */
  readonly tags?: Record<string, string>;
}

/** What the submit function is invoked with. */
export interface SubmitRequest {
  readonly job: JobSpec;
  readonly execution: { readonly id: string; readonly redriveCount: number };
  /** How often Step Functions has retried this state. */
  readonly retryCount: number;
  readonly token: string;
  readonly input: unknown;
  /** From the second round on. */
  readonly nextRound?: NextRound;
}

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html: what is longer is accepted, and then fails the job. */
export const LONGEST_OVERRIDES = 8_192;

/** https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html: "Maximum payload size for SubmitJob", 30 KiB. */
export const LARGEST_SUBMIT = 30 * 1024;

/** The job of one round. Throws `InvalidInput` for what Batch would refuse, or accept and then fail. */
export function jobRequest({ job, execution, token, nextRound }: SubmitRequest, input: RunInput, watchQueue?: string): SubmitJobCommandInput {
  const context: RunContext = {
    execution: execution.id,
    redrive: execution.redriveCount,
    round: nextRound?.round ?? 1,
    vcpus: input.vcpus ?? job.vcpus,
    memory: nextRound?.memory ?? input.memory ?? job.memory,
    maxMemory: job.maxMemory,
    fargate: job.fargate,
    queue: nextRound?.queue ?? job.queue,
    onDemandQueue: job.onDemandQueue,
    queueTimeout: job.queueTimeout,
    logGroup: job.logGroup,
    watchQueue,
    earlier: nextRound?.earlier ?? [],
  };
  const mismatch = job.fargate ? fargateMismatch(context.vcpus, context.memory) : undefined;
  if (mismatch) throw new InvalidInput(`the container's size is ${mismatch}; give 'containerOverrides' vcpus and memory that go together`);
  const gpus = input.gpus ?? job.gpus;
  const environment = { ...input.environment, HEAVY_BATCH_RUN_ID: runId(execution.id), HEAVY_BATCH_ROUND: String(context.round) };
  const containerOverrides = {
    resourceRequirements: [
      { type: 'VCPU' as const, value: String(context.vcpus) },
      { type: 'MEMORY' as const, value: String(context.memory) },
      ...(gpus ? [{ type: 'GPU' as const, value: String(gpus) }] : []), // what is left out of the list may be left out of the job
    ],
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    ...(input.command ? { command: input.command } : {}),
  };
  const request: SubmitJobCommandInput = {
    jobName: jobName({ executionArn: execution.id, redrive: context.redrive, round: context.round }),
    jobQueue: context.queue,
    jobDefinition: job.definition,
    parameters: { ...input.parameters, [TOKEN_PARAMETER]: token, [CONTEXT_PARAMETER]: JSON.stringify(context) },
    containerOverrides,
    ...(job.tags ? { tags: job.tags } : {}),
    ...(input.arraySize ? { arrayProperties: { size: input.arraySize } } : {}),
  };
  const overridden = JSON.stringify(containerOverrides).length;
  if (overridden > LONGEST_OVERRIDES) {
    throw new InvalidInput(`'containerOverrides' comes to ${overridden} characters, and Batch takes ${LONGEST_OVERRIDES}; shorten the environment or the command`);
  }
  const size = Buffer.byteLength(JSON.stringify(request));
  if (size > LARGEST_SUBMIT) {
    throw new InvalidInput(`the input makes a job of ${size} bytes, and Batch takes ${LARGEST_SUBMIT}; put what is long into S3 and pass its URI`);
  }
  return request;
}
