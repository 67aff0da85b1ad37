import type { ContainerOverrides, SubmitJobCommandInput } from '@aws-sdk/client-batch';
import { shorten, Values } from './payload';
import { covers } from '../../contract/container-size';
import { CONTAINER_VARIABLES } from '../../contract/environment';
import { fargateMismatch } from '../../contract/fargate-sizes';
import { jobName } from '../../contract/job-name';
import type { JobSpec, SubmitRequest } from '../../contract/job-spec';
import { ADDED_BY_BATCH, OVERRIDES_CHARACTERS, SUBMIT_BYTES } from '../../contract/limits';
import { resultUri, StoredObject, SubmissionId } from '../../contract/object-store';
import { CONTEXT_PARAMETER, withParameters } from '../../contract/parameters';
import type { RunInput } from '../../contract/run-input';
import { InvalidInput } from '../shared/input/run-input';
import { RunContext, runId } from '../shared/run-context';

/** What the submit function knows of its compute. */
export interface Queues {
  /** URL of the watch queue. */
  readonly watchQueue?: string;
  /** ARNs of the job queues: the first one, and the one for a round that follows a Spot reclaim. */
  readonly jobQueues: readonly string[];
}

/** The job of one round, and the objects that are put into the bucket before it is submitted. */
export interface JobRequest {
  readonly submission: SubmitJobCommandInput & { readonly jobName: string };
  readonly objects: StoredObject[];
}

/** Throws `InvalidInput` for a job that Batch would refuse, or accept and then fail. */
export function jobRequest(request: SubmitRequest, input: RunInput, submissionId: string, queues: Queues): JobRequest {
  const { job, execution, nextRound } = request;
  const id = { jobName: jobName({ executionArn: execution.Id, redrive: execution.RedriveCount, round: nextRound?.round ?? 1 }), submissionId };
  const submission = (values: Values) => submissionOf(request, { ...input, ...values }, id, queues);
  const whole = submission(input);
  if (fits(whole, job)) return { submission: whole, objects: [] };

  const { parameters, environment } = input;
  const shortened = job.store && shorten({ parameters, environment }, job.store, id, (values) => fits(submission(values), job));
  if (!shortened) {
    throw new InvalidInput(`the input makes a job of ${sizeOf(whole)} bytes with ${charactersOf(whole, job)} characters of overrides, and AWS Batch accepts `
      + `${SUBMIT_BYTES} bytes and ${OVERRIDES_CHARACTERS} characters; shorten the command, or give fewer values`);
  }
  return { submission: submission(shortened.values), objects: shortened.objects };
}

function submissionOf(request: SubmitRequest, input: RunInput, id: SubmissionId, queues: Queues): JobRequest['submission'] {
  const { job } = request;
  const result = readsLog(job) ? undefined : job.store && resultUri(job.store, id, input.arraySize !== undefined);
  const context = { ...contextOf(request, input, queues), submissionId: id.submissionId, result };
  const mismatch = job.fargate ? fargateMismatch(context.vcpus, context.memory) : undefined;
  if (mismatch) throw new InvalidInput(`the container's size is ${mismatch}; give 'containerOverrides' vcpus and memory that go together`);
  const containerOverrides = overridesOf(request, input, context);
  const shareIdentifier = input.shareIdentifier ?? job.shareIdentifier;
  return {
    jobName: id.jobName,
    jobQueue: context.queue,
    jobDefinition: job.definition,
    parameters: { ...input.parameters, [CONTEXT_PARAMETER]: JSON.stringify(context) },
    ...(job.tags ? { tags: job.tags } : {}),
    // A multi-node job takes no `containerOverrides`: https://docs.aws.amazon.com/batch/latest/APIReference/API_NodePropertyOverride.html
    ...(job.nodes ? { nodeOverrides: { nodePropertyOverrides: [{ targetNodes: `0:${job.nodes - 1}`, containerOverrides }] } } : { containerOverrides }),
    ...(input.arraySize ? { arrayProperties: { size: input.arraySize } } : {}),
    ...(shareIdentifier ? { shareIdentifier } : {}),
    ...(input.schedulingPriority === undefined ? {} : { schedulingPriorityOverride: input.schedulingPriority }),
  };
}

function contextOf({ job, execution, nextRound }: SubmitRequest, input: RunInput, { watchQueue, jobQueues }: Queues): RunContext {
  const [firstQueue, onDemandQueue] = jobQueues;
  // A deployment may have replaced the queue. Only a Spot reclaim moves a run to the other one.
  const replaced = nextRound?.earlier.some(({ reason }) => reason === 'SpotReclaimed') ? onDemandQueue ?? firstQueue : firstQueue;
  const queue = jobQueues.find((arn) => arn === nextRound?.queue) ?? replaced;
  return {
    execution: execution.Id,
    redrive: execution.RedriveCount,
    round: nextRound?.round ?? 1,
    vcpus: input.vcpus ?? job.vcpus,
    memory: nextRound?.memory ?? input.memory ?? job.memory,
    maxMemory: mostMemory(job, input),
    fargate: job.fargate,
    queue,
    onDemandQueue,
    spot: job.spot && queue === firstQueue,
    queueTimeout: job.queueTimeout,
    startTimeout: job.startTimeout,
    attemptTimeout: job.attemptTimeout,
    logGroup: job.logGroup,
    resultSource: readsLog(job) ? 'LOG' : undefined,
    watchQueue,
    earlier: nextRound?.earlier ?? [],
  };
}

function readsLog({ resultSource }: JobSpec): boolean {
  return resultSource === 'LOG';
}

/** The limit up to which the memory of a run may grow: what its job allows, and what an instance holds together with the run's vCPUs and GPUs. */
function mostMemory({ maxMemory, sizes, vcpus, gpus }: JobSpec, input: RunInput): number | undefined {
  const wanted = { vcpus: input.vcpus ?? vcpus, memory: 0, gpus: input.gpus ?? gpus };
  const holding = sizes?.filter((size) => covers(size, wanted)) ?? [];
  return maxMemory === undefined || holding.length === 0 ? maxMemory : Math.min(maxMemory, Math.max(...holding.map(({ memory }) => memory)));
}

function overridesOf({ job }: SubmitRequest, input: RunInput, { execution, round, vcpus, memory, result }: RunContext): ContainerOverrides {
  const gpus = input.gpus ?? job.gpus;
  const environment = {
    ...input.environment,
    [CONTAINER_VARIABLES.RUN_ID]: runId(execution),
    [CONTAINER_VARIABLES.ROUND]: String(round),
    ...(result ? { [CONTAINER_VARIABLES.RESULT]: result } : {}),
  };
  return {
    resourceRequirements: [
      { type: 'VCPU' as const, value: String(vcpus) },
      { type: 'MEMORY' as const, value: String(memory) },
      ...(gpus ? [{ type: 'GPU' as const, value: String(gpus) }] : []), // Batch may drop a requirement that the list leaves out
    ],
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    ...(input.command ? { command: input.command } : {}),
  };
}

function fits(submission: SubmitJobCommandInput, job: JobSpec): boolean {
  return sizeOf(submission) <= SUBMIT_BYTES && charactersOf(submission, job) <= OVERRIDES_CHARACTERS;
}

function sizeOf(submission: SubmitJobCommandInput): number {
  return Buffer.byteLength(JSON.stringify(submission));
}

/** The characters of the overrides that Batch makes of a submission for ECS. */
function charactersOf({ parameters, containerOverrides, nodeOverrides }: SubmitJobCommandInput, job: JobSpec): number {
  const overrides = containerOverrides ?? nodeOverrides!.nodePropertyOverrides![0].containerOverrides!;
  const command = overrides.command ?? job.command;
  return JSON.stringify({ ...overrides, command: command && withParameters(command, { ...job.defaults, ...parameters }) }).length + ADDED_BY_BATCH;
}
