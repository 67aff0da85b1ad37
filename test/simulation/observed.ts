import { readEnding } from '../../simulation/endings';
import { COMPUTES, JOBS, runTimeoutOf } from '../../simulation/jobs';
import { noObservations, Observations } from '../../simulation/observations';
import { assess } from '../../simulation/oracle';
import { readScenario, Scenario } from '../../simulation/scenario';

/** Observations that are made by hand: what is true of a small world. A test changes one of their parts into a lie. */
export type Observed = any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a lie may have any form

const T0 = Date.parse('2026-01-01T00:00:00Z');
export const TOKEN = `AQC${'t'.repeat(200)}0123456789abcdefghijklmn`;
const QUEUE = 'arn:aws:batch:us-east-1:1:job-queue/ComputeQueue';
const BUCKET = 'bucket';
const LOG_GROUP = 'Simulation-Log/1';
export const RUN = 'run-0-0';

export interface Round {
  readonly ending: string;
  readonly memory?: number;
  readonly result?: string;
}

export interface WorldOptions {
  readonly job?: string;
  readonly input?: Record<string, any>;
  readonly rounds?: Round[];
  readonly children?: string[];
}

/** A world with one run. Each of its rounds waits for 10 s and runs for 60 s. */
export function world({ job = 'OnDemand', input = {}, rounds = [{ ending: 'exit 0' }], children = [] }: WorldOptions = {}): Observed {
  const asked = JOBS[job];
  const app: Observed = {
    region: 'us-east-1',
    jobPath: `Simulation/${job}`,
    logGroup: LOG_GROUP,
    jobRole: 'role',
    environments: [{ type: 'EC2', minvCpus: 0, maxvCpus: COMPUTES[asked.compute].maxvCpus! }],
    bucket: { name: BUCKET, expirationDays: { 'payloads/': 90, 'results/': 90, 'runs/': 366 } } as unknown as Observations['app']['bucket'],
    queues: new Set([QUEUE]),
    timeoutSeconds: runTimeoutOf(asked),
  };
  const observed: Observed = { ...noObservations({ app, spotQueues: new Set(), attempts: new Map() }), mostReceives: 1, endedAt: T0 + 1_000_000 };
  rounds.forEach((round, index) => {
    addJob(observed, { job, input, round, index, children });
    if (index === rounds.length - 1) return;
    const { jobId, stoppedAt: at } = observed.jobs.at(-1);
    const reason = readEnding(round.ending)!.outcome;
    addTold(observed, { at, action: 'SendTaskSuccess', input: { output: JSON.stringify({ nextRound: { earlier: [{ jobId, reason }] } }) } }, {
      notice: 'another round', runId: RUN, jobId, round: index + 1, status: 'FAILED', verdict: reason,
    });
  });
  const last = observed.jobs.at(-1);
  const { ending } = rounds.at(-1)!;
  const { outcome } = readEnding(children.find((child) => child !== 'exit 0') ?? ending)!;
  const isSuccess = outcome === 'SUCCEEDED';
  const output = outputOf(observed, last, rounds, isSuccess ? null : outcome, children);
  const stoppedAt = last.stoppedAt + 1000;
  observed.runs.push({
    job: asked,
    stops: [],
    execution: {
      name: RUN,
      input,
      startedAt: T0,
      stoppedAt,
      status: isSuccess ? 'SUCCEEDED' : 'FAILED',
      error: isSuccess ? undefined : outcome,
      redriveCount: 0,
      transitions: 4,
      output: isSuccess ? output : undefined,
      cause: isSuccess ? undefined : JSON.stringify(output),
      history: [...rounds.slice(1).map(() => ({ type: 'TaskSucceeded' })), { type: isSuccess ? 'ExecutionSucceeded' : 'ExecutionFailed' }],
    },
  });
  const told = JSON.stringify(output);
  addTold(observed, { at: stoppedAt, action: isSuccess ? 'SendTaskSuccess' : 'SendTaskFailure', input: isSuccess ? { output: told } : { error: outcome, cause: told } }, {
    notice: 'over', runId: RUN, jobId: last.jobId, round: rounds.length, status: output.status, verdict: output.reason ?? undefined,
  });
  return observed;
}

/** What a run was told, and what the log says of it. */
function addTold(observed: Observed, call: Observed, line: Record<string, unknown>): void {
  observed.calls.push({ ...call, isAnswered: true });
  observed.logs.push({ at: call.at, functionPath: 'Check', line: JSON.stringify(line) });
}

interface NewJob {
  readonly job: string;
  readonly input: Record<string, any>;
  readonly round: Round;
  readonly index: number;
  readonly children: string[];
}

function addJob(observed: Observed, { job, input, round, index, children }: NewJob): void {
  const asked = JOBS[job];
  const jobId = `job-${index + 1}`;
  const jobName = `hb-0-${index + 1}`;
  const createdAt = T0 + 1000 + index * 80_000;
  const [startedAt, stoppedAt] = [createdAt + 10_000, createdAt + 70_000];
  const memory = round.memory ?? asked.memory;
  const environment: Record<string, string> = {
    ...asked.environment,
    ...input.containerOverrides?.environment,
    HEAVY_BATCH_RUN_ID: RUN,
    HEAVY_BATCH_ROUND: String(index + 1),
    HEAVY_BATCH_SCRATCH: '/tmp',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    HEAVY_BATCH_RESULT: `s3://${BUCKET}/results/folder/${jobName}-${'0'.repeat(32)}${children.length > 0 ? '/' : ''}`,
  };
  const parameters: Record<string, string> = { ...asked.parameters, ...input.parameters };
  const command = (input.containerOverrides?.command ?? asked.command).map((word: string) => word.replace(/Ref::(\w+)/, (_, name) => parameters[name]));
  const container = {
    Secrets: asked.secrets && Object.entries(asked.secrets).map(([Name, secret]) => ({ Name, ValueFrom: `arn:aws:secretsmanager:us-east-1:1:secret:${secret}` })), LogConfiguration: { Options: { 'awslogs-group': LOG_GROUP, 'awslogs-stream-prefix': 'run' } },
  };
  const plan = {
    jobName,
    environment,
    parameters,
    memory,
    vcpus: asked.vcpus ?? 1,
    command,
    attempts: asked.attempts ?? 3,
    timeoutSeconds: asked.attemptTimeout,
    queue: { arn: QUEUE },
    platform: 'EC2',
    nodes: asked.nodes,
    definition: {
      path: `Simulation/${job}/Container`,
      properties: { ContainerProperties: container, PropagateTags: true, Parameters: { ...asked.parameters, heavyBatchToken: '-', heavyBatchRun: '-' }, SchedulingPriority: asked.schedulingPriority },
    },
  };
  const endings = children.length > 0 ? children : [round.ending];
  const members = endings.map((text, child) => {
    const ending = readEnding(text)!;
    const id = children.length > 0 ? `${jobId}:${child}` : jobId;
    const attempt = { logStreamName: `run/default/${index}${child}`, startedAt, stoppedAt, exitCode: ending.exit?.exitCode, reason: ending.exit?.reason, statusReason: 'Essential container in task exited' };
    const request = { jobId: id, jobName, attempt: 1, environment: { ...environment, AWS_BATCH_JOB_ID: id }, command, vcpus: plan.vcpus, memory, gpus: asked.gpus ?? 0, mounts: asked.volumes ?? [], jobRoleArn: 'role', image: { directory: 'image' } };
    observed.attempts.set(`${id}/1`, { ending, request, stopped: false, agentIsGone: false, startedAt, endedAt: stoppedAt, exit: ending.exit, result: round.result, objects: [] });
    observed.changes.set(id, [['SUBMITTED', createdAt], ['STARTING', startedAt - 5000], ['RUNNING', startedAt], [ending.outcome === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED', stoppedAt]].map(([status, at]) => ({ status, at })));
    return { ...jobOf(id, ending.outcome === 'SUCCEEDED'), attempts: [attempt], arrayIndex: children.length > 0 ? child : undefined };
  });
  function jobOf(id: string, isSuccess: boolean): Observed {
    return {
      jobId: id, plan, status: isSuccess ? 'SUCCEEDED' : 'FAILED', isOver: true, isCancelled: false, isTerminated: false, createdAt, startedAt, stoppedAt, containerTimes: [{ from: startedAt, to: stoppedAt }], attempts: [],
    };
  }
  if (children.length > 0) {
    observed.children.set(jobId, members);
    observed.jobs.push({ ...jobOf(jobId, members.every(({ status }) => status === 'SUCCEEDED')), containerTimes: [] });
  } else {
    observed.jobs.push(members[0]);
  }
  observed.submissions.push({
    jobId,
    at: createdAt,
    isAnswered: true,
    input: {
      jobName,
      jobQueue: QUEUE,
      jobDefinition: 'definition',
      parameters: { ...input.parameters, heavyBatchRun: '{}' },
      tags: asked.tags,
      containerOverrides: {},
      ...(children.length > 0 ? { arrayProperties: { size: children.length } } : {}),
      ...(asked.shareIdentifier ? { shareIdentifier: asked.shareIdentifier } : {}),
    },
  });
  observed.invocations.push({ functionPath: 'Simulation/Compute/Watch/SubmitFunction', at: createdAt, endedAt: createdAt, event: { token: TOKEN }, answer: { body: { jobId } } });
  observed.logs.push({ at: createdAt, functionPath: 'Simulation/Compute/Watch/SubmitFunction', line: JSON.stringify({ notice: 'submitted', runId: RUN, jobId, round: index + 1 }) });
  observed.messages.push({ at: createdAt, body: JSON.stringify({ checkJob: { jobId, token: TOKEN, since: createdAt } }) });
}

function outputOf(observed: Observed, last: Observed, rounds: Round[], reason: string | null, children: string[]): Record<string, unknown> {
  const isArray = children.length > 0;
  const streams = isArray ? [] : last.attempts.map(({ logStreamName }: Observed) => logStreamName);
  const exitCode = isArray ? null : last.attempts.at(-1).exitCode ?? null;
  const failed = children.flatMap((text, index) => text === 'exit 0' ? [] : [{ index, reason: readEnding(text)!.outcome, message: `the container exited with ${readEnding(text)!.exit!.exitCode}` }]);
  const { result } = rounds.at(-1)!;
  const toldExit = `OutOfMemoryError: Container killed due to memory usage; it exited with ${exitCode}`;
  const message = isArray ? `${failed.length} of ${children.length} children failed, first ${failed[0]?.message}` : toldExit;
  const uri = last.plan.environment.HEAVY_BATCH_RESULT;
  return {
    runId: RUN,
    jobId: last.jobId,
    jobName: last.plan.jobName,
    status: reason === null ? 'SUCCEEDED' : 'FAILED',
    exitCode,
    attempts: isArray ? 0 : rounds.length,
    rounds: rounds.length,
    reason,
    message: reason === null ? null : message,
    submittedAt: new Date(last.createdAt).toISOString(),
    startedAt: new Date(last.startedAt).toISOString(),
    stoppedAt: new Date(last.stoppedAt).toISOString(),
    queuedSeconds: 10,
    ranSeconds: 60,
    logGroup: LOG_GROUP,
    logStreams: streams,
    logsUrl: isArray ? null : `https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/Simulation-Log$252F1/log-events/${streams.at(-1).replace(/\//g, '$252F')}`,
    logsHint: isArray ? 'each child has a log stream of its own' : null,
    vcpus: last.plan.vcpus,
    memory: last.plan.memory,
    earlierRounds: rounds.slice(0, -1).map(({ ending }, index) => (
      { jobId: observed.jobs[index].jobId, reason: readEnding(ending)!.outcome, memory: observed.jobs[index].plan.memory }
    )),
    result: result === undefined ? null : JSON.parse(result),
    resultUri: reason === null && (isArray || result !== undefined) ? uri : null,
    ...(isArray ? { array: { size: children.length, children: counts(children), firstFailed: failed } } : {}),
    ...(last.plan.nodes === undefined ? {} : { nodes: { count: last.plan.nodes, main: 0 } }),
  };
}

function counts(children: string[]): Record<string, number> {
  const failed = children.filter((child) => child !== 'exit 0').length;
  return Object.fromEntries(Object.entries({ SUCCEEDED: children.length - failed, FAILED: failed }).filter(([, count]) => count > 0));
}

/** A scenario in which nothing goes wrong, with other fields. */
export function scenarioWith(fields: Partial<Omit<Scenario, 'bounds'>> = {}, bounds: Partial<Scenario['bounds']> = {}): Scenario {
  const scenario = readScenario('by-hand', 'description: A world that is made by hand.');
  return { ...scenario, ...fields, bounds: { ...scenario.bounds, ...bounds } };
}

/** The findings of the oracle, as texts. */
export function findingsOf(observed: Observed, scenario: Scenario = scenarioWith()): string[] {
  return assess(scenario, observed as Observations).findings.map(({ kind, message }) => `${kind}: ${message}`);
}

/** Changes the output of a run that succeeded, or the cause of one that failed. */
export function changeOutput(observed: Observed, change: (output: Observed) => void): void {
  const { execution } = observed.runs[0];
  if (execution.output) {
    change(execution.output);
    return;
  }
  const cause = JSON.parse(execution.cause);
  change(cause);
  execution.cause = JSON.stringify(cause);
}
