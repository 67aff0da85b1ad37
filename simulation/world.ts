import { isUnreachable } from './actual-outcome';
import { ApiClients } from './api-clients';
import { ApiObservations, apiFacts } from './api-observations';
import { appFacts, spotQueuesOf } from './app-facts';
import { functionKind } from './function-kind';
import { injectedFaults } from './injected-faults';
import { withTexts } from './input-texts';
import { FixtureJob, JOBS } from './jobs';
import { listText, readResults } from './lists';
import { isAnswered, isApplied, listOf, noObservations, Observations, RunRecord } from './observations';
import { uriOf } from './payloads';
import type { Moment, Scenario } from './scenario';
import { ScriptedActions } from './scripted-actions';
import { ScriptedContainers } from './scripted-containers';
import { Seeded, sequence } from './seeded';
import type { Trace } from './trace';
import type { DeployedStateMachine } from '../emulator/assembly/deployment';
import type { Emulator } from '../emulator/emulator';
import type { CallRecord } from '../emulator/http';
import type { BatchJob } from '../emulator/services/batch/batch';
import { Iam, RevokedAction } from '../emulator/services/iam/iam';
import type { InvocationRecord } from '../emulator/services/lambda/lambda';
import type { Execution, HistoryEvent } from '../emulator/states/execution';
import { RUN_ID } from '../src/contract/construct-ids';
import { CONTAINER_VARIABLES } from '../src/contract/environment';
import { parseS3Uri } from '../src/contract/object-store';

const HOUR = 3_600_000;

/**
 * Simulates a scenario with one seed, from the start of its first run until nothing is left to do, and returns what actually happened.
 * What is simulated together is called a world: the runs of the scenario in an AWS account that has nothing else in it.
 */
export async function simulateWorld(emulator: Emulator, scenario: Scenario, seed: number, trace?: Trace): Promise<Observations> {
  const world = new World(emulator, scenario, seed, trace);
  world.begin();
  world.startRuns();
  await world.waitForRuns();
  await world.waitForOrphans();
  await world.waitForMessages();
  await world.askForAll();
  return world.observations;
}

class World {
  readonly observations: Observations;
  private readonly seeded: Seeded;
  private readonly machine: DeployedStateMachine;
  private readonly job: FixtureJob;
  private readonly containers: ScriptedContainers;
  private readonly actions: ScriptedActions;
  /** In a world whose runs are started by requests. */
  private readonly clients?: ApiClients;
  /** By run id. */
  private readonly runs = new Map<string, RunRecord>();
  /** The ids of the runs that have not ended. */
  private readonly running = new Set<string>();
  private runsToStart: number;
  private beganAt = 0;

  constructor(private readonly emulator: Emulator, private readonly scenario: Scenario, private readonly seed: number, private readonly trace?: Trace) {
    const machine = emulator.deployment.stateMachines.find(({ path }) => path.endsWith(`/${scenario.job}/${RUN_ID}`));
    const job: FixtureJob | undefined = JOBS[scenario.job];
    if (!machine || !job) throw new Error(`scenario ${scenario.name}: the app has no job '${scenario.job}'`);
    this.machine = machine;
    this.job = job;
    this.seeded = new Seeded(`${scenario.name}/${seed}`);
    this.runsToStart = scenario.runs;
    this.containers = new ScriptedContainers(scenario, this.seeded, emulator.clock, {
      read: ({ jobRoleArn, command = [], environment }) => {
        const texts = [...command, ...Object.values(environment)];
        const named = this.observations.puts.filter((object) => texts.some((text) => text.includes(uriOf(object))));
        return named.map(({ bucket, key }) => ({ bucket, key, body: emulator.readObject(jobRoleArn, bucket, key).toString() }));
      },
      write: ({ jobRoleArn, environment }, body) => {
        const location = parseS3Uri(environment[CONTAINER_VARIABLES.RESULT] ?? '');
        if (location) emulator.writeObject(jobRoleArn, location.bucket, location.key, Buffer.from(body));
        return location !== undefined;
      },
    });
    const api = scenario.requests && { facts: apiFacts(emulator.deployment)!, orders: [], exchanges: [], logs: [] } satisfies ApiObservations;
    this.observations = noObservations({
      api,
      app: appFacts(emulator.deployment, machine, job),
      spotQueues: spotQueuesOf(emulator.deployment),
      attempts: this.containers.attempts,
    });
    this.clients = api && new ApiClients(scenario, this.seeded, emulator, api, (exchange) => trace?.addExchange(exchange));
    this.actions = new ScriptedActions({
      scenario, seeded: this.seeded, emulator, observations: this.observations, clients: this.clients, onAction: (text) => trace?.add(text),
    });
  }

  begin(): void {
    const { emulator, scenario, seed, seeded, trace, observations } = this;
    const revoked = this.revokedAction();
    emulator.begin({
      containers: this.containers,
      faults: injectedFaults(scenario, seeded, { elapsed: () => emulator.clock.now() - this.beganAt, apiRole: observations.api?.facts.roleArn }),
      random: sequence(`${scenario.name}/${seed}`),
      revoked,
      submitPerSecond: scenario.submitsPerSecond,
      closedTokens: scenario.closedTokens === 'either' ? seeded.pick(['error', 'silent'] as const, 'closed tokens') : scenario.closedTokens,
      onCall: (record) => {
        trace?.addCall(record);
        this.onCall(record);
      },
      onInvocation: (record) => {
        trace?.addInvocation(record);
        this.onInvocation(record);
        if (record.error && !record.fault && !isTriedAgain(record)) observations.crashes.push(record);
      },
      onLog: (functionPath, line) => {
        trace?.addLog(functionPath, line);
        (functionKind(functionPath) === 'api' ? observations.api?.logs : observations.logs)?.push({ at: emulator.clock.now(), functionPath, line });
      },
      onEvent: trace && ((event) => trace.addEvent(event)),
      onHistory: (execution, event) => {
        trace?.addHistory(execution, event);
        this.onHistory(execution, event);
      },
      onJob: (job) => {
        trace?.addJob(job);
        this.onJob(job);
      },
    });
    const deadLetterQueues = new Set(emulator.deployment.queues.map(({ deadLetterQueueArn }) => deadLetterQueueArn));
    emulator.sqs.onSent = (queueArn, message) => {
      if (deadLetterQueues.has(queueArn)) observations.deadLetters++;
      if (scenario.actions.length > 0) this.actions.onMessage(queueArn, message);
    };
    this.beganAt = emulator.clock.now();
    trace?.begin(emulator.clock);
    revoked.forEach(({ roleArn, action }) => trace?.add(`${roleArn.split('/').at(-1)} may not call ${action}`));
  }

  startRuns(): void {
    const { emulator, scenario: { runs, startWithin, lists }, seeded } = this;
    for (let index = 0; index < runs; index++) {
      const name = `run-${this.seed}-${index}`;
      emulator.clock.after(seeded.between([0, startWithin[1]], `start ${name}`), () => {
        this.runsToStart--;
        if (this.clients) {
          this.clients.start(name, index);
          return;
        }
        this.running.add(name);
        if (lists) this.startMap(name, seeded.pick(lists, `list ${name}`));
        else emulator.stepFunctions.start(this.machine.arn, withTexts(seeded.pick(this.scenario.inputs, `input ${name}`), name), name);
      });
    }
  }

  /** Puts a list into its bucket, and starts the job's map, which starts a run for each item. */
  private startMap(name: string, length: number): void {
    const { emulator: { deployment, s3, stepFunctions }, job: { map: asked }, observations: { app: { jobPath }, maps } } = this;
    const machine = deployment.stateMachines.find(({ path }) => path === `${jobPath}/Each`);
    if (!asked || !machine) throw new Error(`scenario ${this.scenario.name}: the job '${this.scenario.job}' has no map`);
    const items = Array.from({ length }, (_, index) => withTexts({ size: { own: 'item' } }, `${name}/${index}`) as Record<string, string>);
    const { key = `lists/${name}`, format } = asked;
    s3.put(deployment.buckets.find(({ path }) => path.endsWith('/Lists'))!.name, key, listText(format, items));
    maps.push({ execution: stepFunctions.start(machine.arn, asked.key === undefined ? { key } : {}, name), asked, items });
  }

  async waitForRuns(): Promise<void> {
    const { emulator, scenario, observations } = this;
    let isLate = false;
    emulator.clock.after(scenario.startWithin[1] + scenario.bounds.run[1], () => { isLate = true; });
    await emulator.settle(() => isLate || (this.runsToStart === 0 && this.running.size === 0 && this.actions.pending === 0 && !this.clients?.busy));
    observations.stalled = !isLate && this.running.size > 0;
    for (const map of observations.maps) map.results = readResults(emulator, map.execution);
  }

  /** Jobs whose run has ended get the time of their bound to end. */
  async waitForOrphans(): Promise<void> {
    const { jobs } = this.observations;
    await this.wait(this.scenario.bounds.orphans[1], () => jobs.every((job) => job.isOver || isUnreachable(this.observations, job)));
    this.observations.endedAt = this.emulator.clock.now();
  }

  /**
   * Messages get time to be received. A message that no function may receive stays where it is, and is no finding. A message that is
   * sent long after everything has ended will be sent again and again.
   */
  async waitForMessages(): Promise<void> {
    const { emulator, observations } = this;
    const messages = () => emulator.deployment.eventSources.flatMap(({ queueArn }) => emulator.sqs.messages(queueArn));
    await this.wait(2 * HOUR, () => messages().length === 0);
    observations.endlessMessages = messages().filter(({ sentAt }) => sentAt > observations.endedAt + HOUR).length;
  }

  /** At last the clients ask for each run: when the API must know its end, and once more when all events have come. */
  async askForAll(): Promise<void> {
    const { clients, scenario: { bounds, events } } = this;
    if (!clients) return;
    const latest = Math.max(0, ...events.map(({ late }) => late[1]));
    for (const pause of [bounds.record[1], latest]) {
      await this.wait(pause, () => false);
      let hasAsked = false;
      void clients.close().then(() => { hasAsked = true; });
      await this.emulator.settle(() => hasAsked);
    }
  }

  private async wait(milliseconds: number, until: () => boolean): Promise<void> {
    let isOver = false;
    this.emulator.clock.after(milliseconds, () => { isOver = true; });
    await this.emulator.settle(() => isOver || until());
  }

  /** Calls of functions: those of the scripted actions are not seen here. */
  private onCall(record: CallRecord): void {
    const { call: { action, input, principal }, at, answer } = record;
    if (principal === this.observations.api?.facts.roleArn) return;
    const { calls, terminations, submissions, puts, messages } = this.observations;
    const entries: { MessageBody: string }[] = action === 'SendMessageBatch' ? input.Entries : [];
    // A message that is sent in a batch counts as a call.
    const refusedWith = record.fault ? undefined : record.error?.code;
    calls.push(...Array.from({ length: Math.max(1, entries.length) }, () => ({ action, at, input, isAnswered: isAnswered(record), refusedWith })));
    if (!isApplied(record)) return;
    if (action === 'TerminateJob') terminations.push({ jobId: input.jobId, at, by: 'function', reason: input.reason, isAnswered: isAnswered(record) });
    if (action === 'SubmitJob') submissions.push({ jobId: (answer as { jobId: string }).jobId, at, input, isAnswered: isAnswered(record) });
    if (action === 'PutObject') puts.push({ bucket: input.Bucket, key: input.Key, body: String(input.Body) });
    if (action === 'SendMessage') messages.push({ at, body: input.MessageBody });
    messages.push(...entries.map(({ MessageBody: body }) => ({ at, body })));
  }

  private onInvocation(record: InvocationRecord): void {
    const { event, functionPath } = record;
    if (functionKind(functionPath) === 'api') return;
    this.observations.invocations.push({ ...record, endedAt: this.emulator.clock.now() });
    const { Records = [] } = event as { Records?: { attributes: { ApproximateReceiveCount: string } }[] };
    const receives = Records.map(({ attributes }) => Number(attributes.ApproximateReceiveCount));
    this.observations.mostReceives = Math.max(this.observations.mostReceives, ...receives);
  }

  private onHistory(execution: Execution, { type, details, timestamp: at }: HistoryEvent): void {
    const { name: runId } = execution;
    const { resource, parameters } = details as { resource?: string; parameters?: { MessageBody: unknown } };
    // The calls of a state machine are seen in its history only.
    if (type === 'TaskScheduled' && resource?.includes('sqs:sendMessage')) this.observations.messages.push({ at, body: JSON.stringify(parameters!.MessageBody) });
    if (type === 'ExecutionStarted' && execution.stateMachineArn === this.machine.arn) this.onRun(execution);
    if (type === 'ExecutionRedriven') this.running.add(runId);
    if (!/^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type)) return;
    this.running.delete(runId);
    const run = this.runs.get(runId);
    if (run) this.actions.onMoment('run ended', run);
  }

  private onRun(execution: Execution): void {
    const run: RunRecord = { execution, stops: [], job: this.job };
    this.running.add(execution.name);
    this.runs.set(execution.name, run);
    this.observations.runs.push(run);
    this.actions.onMoment('run started', run);
  }

  private onJob(job: BatchJob): void {
    const { jobs, children, nodes, changes } = this.observations;
    listOf(changes, job.jobId).push({ status: job.status, at: this.emulator.clock.now() });
    if (job.arrayIndex !== undefined) {
      listOf(children, job.jobId.split(':')[0])[job.arrayIndex] = job;
      return;
    }
    if (job.nodeIndex !== undefined) {
      listOf(nodes, job.jobId.split('#')[0])[job.nodeIndex - 1] = job;
      return;
    }
    if (!jobs.includes(job)) jobs.push(job);
    const run = this.runs.get(job.plan.environment[CONTAINER_VARIABLES.RUN_ID]);
    if (run) this.actions.onMoment(job.isOver ? 'job ended' : `job ${job.status}` as Moment, run, job);
  }

  /** The action that is taken away from a role, when the scenario says so: one for each seed. */
  private revokedAction(): RevokedAction[] {
    if (!this.scenario.revokes) return [];
    const grants = new Iam(this.emulator.deployment).grants();
    if (grants.length === 0) return [];
    const { role, action } = grants[this.seed % grants.length];
    return [{ roleArn: role.arn, action }];
  }
}

/**
 * The API lets Lambda invoke it once more with an event that it could not record, because a call failed. The errors of JavaScript say that code is not right.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
function isTriedAgain({ functionPath, event, error }: InvocationRecord): boolean {
  return functionKind(functionPath) === 'api' && 'detail' in (event as object) && !/^(Reference|Syntax|Type|Range)?Error$/.test(error!.errorType);
}
