import type { Asked } from './asked';
import { differences } from './differences';
import type { Report } from './findings';
import { COMPUTES, DEFAULTS, FixtureJob, runTimeoutOf } from './jobs';
import type { Observations, RunRecord, StoredObject, Submission } from './observations';
import { readValue } from './payloads';
import { roundOf } from './rules';
import type { AttemptRecord } from './scripted-containers';
import type { BatchJob } from '../emulator/services/batch/batch';
import { BATCH_PREFIX, CONTAINER_VARIABLES } from '../src/contract/environment';
import { CONTEXT_PARAMETER, TOKEN_PARAMETER } from '../src/contract/parameters';

/** A directory of each host: the value of HEAVY_BATCH_SCRATCH. */
const SCRATCH = '/tmp';

/** The memory that each round has, by its number. The oracle derives it from what happened to the rounds. */
export type MemoryOfRounds = ReadonlyMap<number, number>;

/** What was asked of a run, and the jobs that it has. */
export interface AskedRun {
  readonly asked: Asked;
  readonly memory: MemoryOfRounds;
  readonly jobs: BatchJob[];
}

/** Each container got what the caller of the run asked for, and nothing else. */
export function expectRightContainers(observations: Observations, run: RunRecord, { asked, memory, jobs }: AskedRun, report: Report): void {
  const results = new Map<string, string>();
  for (const job of jobs) {
    const { jobId, plan } = job;
    for (const { request, objects, startedAt, refusal } of attemptsOf(observations, job)) {
      // A container that did not start has read nothing.
      const readable = startedAt === undefined ? observations.puts : objects;
      const command = request.command?.map((word) => readValue(readable, word));
      const found = { ...request, environment: readTexts(readable, request.environment), command };
      const subject = `the container of ${request.jobId}, attempt ${request.attempt}`;
      if (refusal !== undefined) report('wrong', `${subject} was refused: ${refusal}`);
      for (const difference of differencesOfContainer(observations, run, asked, found, memory)) report('wrong', `${subject}: ${difference}`);
    }
    const uri = plan.environment[CONTAINER_VARIABLES.RESULT] ?? '';
    if (run.job.resultSource === 'LOG') {
      if (uri !== '') report('wrong', `the container of ${jobId}, which prints its result, is to write it to '${uri}'`);
      continue;
    }
    const prefix = `s3://${observations.app.bucket.name}/results/`;
    if (!uri.startsWith(prefix) || uri.endsWith('/') !== (asked.arraySize !== undefined)) report('wrong', `the container of ${jobId} is to write its result to '${uri}'`);
    if (!/-[0-9a-f]{32}\/?$/.test(uri)) report('leaked to another', `the place of the result of ${jobId} can be guessed: ${uri}`);
    const other = results.get(uri);
    if (other !== undefined && other !== plan.jobName) report('wrong', `${other} and ${plan.jobName} are to write their results to the same object`);
    results.set(uri, plan.jobName);
  }
}

function attemptsOf({ attempts }: Observations, { jobId }: BatchJob): AttemptRecord[] {
  return [...attempts.values()].filter(({ request }) => request.jobId.split(/[:#]/)[0] === jobId);
}

function differencesOfContainer({ app }: Observations, { execution, job }: RunRecord, asked: Asked, found: AttemptRecord['request'], memory: MemoryOfRounds): string[] {
  const { round } = roundOf(found.jobName);
  const { command, environment, vcpus, memory: mebibytes, gpus, mounts, jobRoleArn } = found;
  const own = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith(BATCH_PREFIX)));
  return [
    ...differences('environment', own, {
      ...COMPUTES[job.compute].fargate ? {} : { AWS_REGION: app.region, AWS_DEFAULT_REGION: app.region }, // ECS sets them on Fargate
      ...asked.environment,
      [CONTAINER_VARIABLES.RUN_ID]: execution.name,
      [CONTAINER_VARIABLES.ROUND]: String(round),
      [CONTAINER_VARIABLES.SCRATCH]: SCRATCH,
      // These two are examined with the objects that they refer to.
      ...keptFrom(own, CONTAINER_VARIABLES.RESULT, CONTAINER_VARIABLES.INPUT),
    }),
    ...differences('', { command, vcpus, memory: mebibytes, gpus, mounts, jobRoleArn, image: found.image?.directory !== undefined }, {
      command: asked.command,
      vcpus: asked.vcpus,
      memory: memory.get(round),
      gpus: asked.gpus,
      mounts: job.volumes ?? [],
      jobRoleArn: app.jobRole,
      image: true,
    }),
  ];
}

function keptFrom(texts: Readonly<Record<string, string>>, ...names: string[]): Record<string, string> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(texts, name)).map((name) => [name, texts[name]]));
}

function readTexts(objects: readonly StoredObject[], texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, name === CONTAINER_VARIABLES.INPUT ? value : readValue(objects, value)]));
}

/** AWS Batch was asked for what the caller of the run and the author of its job asked for. */
export function expectRightSubmissions(observations: Observations, run: RunRecord, asked: Asked, jobs: BatchJob[], report: Report): void {
  for (const submission of observations.submissions) {
    const job = jobs.find(({ jobId }) => jobId === submission.jobId);
    if (!job) continue;
    for (const difference of [...differencesOfRequest(observations, run, asked, submission, job), ...differencesOfDefinition(observations, run.job, job)]) {
      report('wrong', `the job ${job.jobId}: ${difference}`);
    }
  }
  const { timeoutSeconds } = observations.app;
  if (timeoutSeconds !== runTimeoutOf(run.job)) report('wrong', `the run may take ${timeoutSeconds} s, not ${runTimeoutOf(run.job)} s`);
}

function differencesOfRequest(observations: Observations, { job }: RunRecord, asked: Asked, { input }: Submission, { plan }: BatchJob): string[] {
  // What the overrides made of the container is examined with the container.
  const { jobName, jobDefinition, containerOverrides, nodeOverrides, ...examined } = input;
  const { parameters, tags, arrayProperties, shareIdentifier, schedulingPriorityOverride, jobQueue, ...others } = examined;
  const { [CONTEXT_PARAMETER]: context, ...own } = parameters as Record<string, string>;
  return [
    ...differences('parameters', readTexts(observations.puts, own), asked.given.parameters),
    ...differences('tags', tags ?? {}, job.tags),
    ...differences('', {
      arraySize: arrayProperties?.size,
      shareIdentifier,
      schedulingPriority: schedulingPriorityOverride ?? plan.definition.properties.SchedulingPriority,
      hasContext: context !== undefined,
      isOnQueueOfJob: observations.app.queues.has(jobQueue),
      ...others,
    }, {
      arraySize: asked.arraySize,
      shareIdentifier: asked.shareIdentifier,
      schedulingPriority: asked.schedulingPriority,
      hasContext: true,
      isOnQueueOfJob: true,
    }),
  ];
}

function differencesOfDefinition({ app }: Observations, job: FixtureJob, { plan }: BatchJob): string[] {
  const { definition: { path, properties }, attempts, timeoutSeconds, nodes } = plan;
  const container = properties.ContainerProperties ?? properties.NodeProperties?.NodeRangeProperties[0].Container;
  const { [TOKEN_PARAMETER]: _, [CONTEXT_PARAMETER]: __, ...defaults } = properties.Parameters;
  const { 'awslogs-group': logGroup, 'awslogs-stream-prefix': streamPrefix } = container.LogConfiguration.Options;
  return [
    ...differences('defaults', defaults, job.parameters),
    ...differences('', {
      isOfJob: path.startsWith(`${app.jobPath}/`),
      attempts,
      attemptTimeout: timeoutSeconds,
      nodes,
      secrets: (container.Secrets ?? []).map(({ Name, ValueFrom }: { Name: string; ValueFrom: string }) => [Name, ValueFrom.split(':secret:')[1]]),
      propagateTags: properties.PropagateTags,
      logGroup,
      streamPrefix,
    }, {
      isOfJob: true,
      attempts: job.attempts ?? DEFAULTS.attempts,
      attemptTimeout: job.attemptTimeout,
      nodes: job.nodes,
      secrets: Object.entries(job.secrets ?? {}),
      propagateTags: true,
      logGroup: app.logGroup,
      streamPrefix: 'run',
    }),
  ];
}
