import type { ContainerOverrides, SubmitJobCommandInput } from '@aws-sdk/client-batch';
import { shorten, Values } from './payload';
import { InvalidInput, RunInput } from './run-input';
import { fargateMismatch } from '../../contract/fargate-sizes';
import { jobName } from '../../contract/job-name';
import { ObjectStore, resultUri, StoredObject } from '../../contract/object-store';
import { CONTEXT_PARAMETER, TOKEN_PARAMETER } from '../../contract/parameters';
import { NextRound, RunContext, runId } from '../shared/run-context';
import type { CleanUp } from '../shared/watch-message';

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
  /** The container's command, in which parameters are written out; undefined for the image's own. */
  readonly command?: string[];
  /** Where long values and results go. Undefined in definitions from before there was one. */
  readonly store?: ObjectStore;
  /** How many nodes a multi-node job has. */
  readonly nodes?: number;
  /** The share of a run whose input names none, where the queue has a fair-share policy. */
  readonly shareIdentifier?: string;
}

/** `$$.Execution`: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
export interface ExecutionContext {
  readonly Id: string;
  readonly Input: unknown;
  readonly RedriveCount: number;
  /** Only of an execution that was redriven. */
  readonly RedriveTime?: string;
}

/** What the submit function is invoked with. */
export interface SubmitRequest {
  readonly job: JobSpec;
  readonly execution: ExecutionContext;
  /** How often Step Functions has retried this state. */
  readonly retryCount: number;
  readonly token: string;
  /** From the second round on. */
  readonly nextRound?: NextRound;
}

/** What the state machine invokes the submit function with when it gives up. */
export interface CleanUpRequest {
  readonly cleanUp: CleanUp;
}

/**
 * Characters that the overrides of a container may come to, with the command in which parameters are written out. What is longer is
 * accepted, and then fails the job. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html
 */
export const LONGEST_OVERRIDES = 8_192;

/** What Batch adds to the overrides: the `AWS_BATCH_*` variables of a job, of an array's child, of a node. */
const BATCHS_OWN = 1_024;

/** https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html: "Maximum payload size for SubmitJob", 30 KiB. */
export const LARGEST_SUBMIT = 30 * 1024;

/** The job of one round, and what is put into the bucket before it is submitted. */
export interface JobRequest {
  readonly submission: SubmitJobCommandInput;
  readonly objects: StoredObject[];
}

/** Throws `InvalidInput` for what Batch would refuse, or accept and then fail. */
export function jobRequest(request: SubmitRequest, input: RunInput, watchQueue?: string): JobRequest {
  const { job, execution, nextRound } = request;
  const name = jobName({ executionArn: execution.Id, redrive: execution.RedriveCount, round: nextRound?.round ?? 1 });
  const submission = (values: Values) => submissionOf(request, { ...input, ...values }, name, watchQueue);
  const whole = submission(input);
  if (fits(whole, job)) return { submission: whole, objects: [] };

  const { parameters, environment } = input;
  const shortened = job.store && shorten({ parameters, environment }, job.store, name, (values) => fits(submission(values), job));
  if (!shortened) {
    throw new InvalidInput(`the input makes a job of ${sizeOf(whole)} bytes, whose overrides come to ${charactersOf(whole, job)} characters, and Batch takes `
      + `${LARGEST_SUBMIT} and ${LONGEST_OVERRIDES}; shorten the command, or give fewer values`);
  }
  return { submission: submission(shortened.values), objects: shortened.objects };
}

function submissionOf(request: SubmitRequest, input: RunInput, name: string, watchQueue: string | undefined): SubmitJobCommandInput {
  const { job, execution, token, nextRound } = request;
  const result = job.store && resultUri(job.store, name, input.arraySize !== undefined);
  const context: RunContext = {
    execution: execution.Id,
    redrive: execution.RedriveCount,
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
    result,
    earlier: nextRound?.earlier ?? [],
  };
  const mismatch = job.fargate ? fargateMismatch(context.vcpus, context.memory) : undefined;
  if (mismatch) throw new InvalidInput(`the container's size is ${mismatch}; give 'containerOverrides' vcpus and memory that go together`);
  const gpus = input.gpus ?? job.gpus;
  const environment = {
    ...input.environment,
    HEAVY_BATCH_RUN_ID: runId(execution.Id),
    HEAVY_BATCH_ROUND: String(context.round),
    ...(result ? { HEAVY_BATCH_RESULT: result } : {}),
  };
  const containerOverrides: ContainerOverrides = {
    resourceRequirements: [
      { type: 'VCPU' as const, value: String(context.vcpus) },
      { type: 'MEMORY' as const, value: String(context.memory) },
      ...(gpus ? [{ type: 'GPU' as const, value: String(gpus) }] : []), // what is left out of the list may be left out of the job
    ],
    environment: Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
    ...(input.command ? { command: input.command } : {}),
  };
  const shareIdentifier = input.shareIdentifier ?? job.shareIdentifier;
  return {
    jobName: name,
    jobQueue: context.queue,
    jobDefinition: job.definition,
    parameters: { ...input.parameters, [TOKEN_PARAMETER]: token, [CONTEXT_PARAMETER]: JSON.stringify(context) },
    ...(job.tags ? { tags: job.tags } : {}),
    // https://docs.aws.amazon.com/batch/latest/APIReference/API_NodePropertyOverride.html: a multi-node job takes no `containerOverrides`
    ...(job.nodes ? { nodeOverrides: { nodePropertyOverrides: [{ targetNodes: `0:${job.nodes - 1}`, containerOverrides }] } } : { containerOverrides }),
    ...(input.arraySize ? { arrayProperties: { size: input.arraySize } } : {}),
    ...(shareIdentifier ? { shareIdentifier } : {}),
    ...(input.schedulingPriority === undefined ? {} : { schedulingPriorityOverride: input.schedulingPriority }),
  };
}

function fits(submission: SubmitJobCommandInput, job: JobSpec): boolean {
  return sizeOf(submission) <= LARGEST_SUBMIT && charactersOf(submission, job) <= LONGEST_OVERRIDES;
}

function sizeOf(submission: SubmitJobCommandInput): number {
  return Buffer.byteLength(JSON.stringify(submission));
}

/** Of the overrides that Batch makes of a submission for ECS. */
function charactersOf({ parameters, containerOverrides, nodeOverrides }: SubmitJobCommandInput, job: JobSpec): number {
  const overrides = containerOverrides ?? nodeOverrides!.nodePropertyOverrides![0].containerOverrides!;
  const command = (overrides.command ?? job.command)?.map((word) => word.replace(/Ref::([\w-]+)/g, (written, name) => parameters![name] ?? written));
  return JSON.stringify({ ...overrides, command }).length + BATCHS_OWN;
}
