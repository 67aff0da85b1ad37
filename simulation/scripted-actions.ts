import type { ApiClients } from './api-clients';
import { Attacker, SeenMessage } from './attacks';
import { noise } from './noise';
import type { Observations, RunRecord } from './observations';
import type { Moment, Scenario, ScenarioAction } from './scenario';
import type { Seeded } from './seeded';
import type { Emulator } from '../emulator/emulator';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { SqsMessage } from '../emulator/services/sqs/sqs';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

interface PlannedAction {
  readonly action: ScenarioAction;
  readonly moment: Moment;
  /** The key of its random numbers. */
  readonly key: string;
  timesLeft: number;
}

export interface ActionsOptions {
  readonly scenario: Scenario;
  readonly seeded: Seeded;
  readonly emulator: Emulator;
  readonly observations: Observations;
  /** Those of the API, in a world that has some. */
  readonly clients?: ApiClients;
  readonly onAction: (text: string) => void;
}

/** What users do to runs and jobs, and which messages others send, while the runs are running: when the scenario says so. */
export class ScriptedActions {
  /** How many actions are due later. */
  pending = 0;
  private readonly plans = new Map<string, PlannedAction[]>();
  private readonly sentMessages: SeenMessage[] = [];
  private readonly attacker: Attacker;

  private readonly scenario: Scenario;
  private readonly seeded: Seeded;
  private readonly emulator: Emulator;
  private readonly observations: Observations;

  constructor(private readonly options: ActionsOptions) {
    const { scenario, seeded, emulator, observations } = options;
    this.scenario = scenario;
    this.seeded = seeded;
    this.emulator = emulator;
    this.observations = observations;
    this.attacker = new Attacker(
      emulator,
      (jobId) => observations.foreignJobs.add(jobId),
      (jobId, reason) => observations.terminations.push({ jobId, reason, at: emulator.clock.now(), by: 'user' }),
    );
  }

  /** To be called at each moment of a run or of a job of it. */
  onMoment(moment: Moment, run: RunRecord, job?: BatchJob): void {
    for (const plan of this.plansOf(run)) {
      if (plan.moment !== moment || plan.timesLeft === 0) continue;
      plan.timesLeft--;
      this.pending++;
      this.emulator.clock.after(this.seeded.between(plan.action.after, `${plan.key} after`), () => {
        this.pending--;
        this.options.onAction(`action: ${plan.action.action}${job ? ` (${job.jobId})` : ''}`);
        this.perform(plan.action, run, job);
      });
    }
  }

  /** To be called for each message of the watch queue: SQS may deliver it again. */
  onMessage(queueArn: string, message: SqsMessage): void {
    this.sentMessages.push({ queueArn, message });
  }

  private plansOf(run: RunRecord): PlannedAction[] {
    const { name } = run.execution;
    let plans = this.plans.get(name);
    if (!plans) {
      plans = this.scenario.actions.flatMap((action, index) => {
        const key = `act ${index} ${name}`;
        return this.seeded.chance(action.chance, key) ? [{ action, key, moment: this.seeded.pick(action.when, `${key} when`), timesLeft: action.times }] : [];
      });
      this.plans.set(name, plans);
    }
    return plans;
  }

  private perform({ action }: ScenarioAction, run: RunRecord, jobOfMoment?: BatchJob): void {
    const { execution, stops } = run;
    const { clock, sqs } = this.emulator;
    const isOfRun = ({ plan }: BatchJob) => plan.environment[CONTAINER_VARIABLES.RUN_ID] === execution.name;
    const job = jobOfMoment ?? this.observations.jobs.filter((candidate) => isOfRun(candidate) && !candidate.isOver).at(-1);
    switch (action) {
      case 'stop the run':
        if (execution.status === 'RUNNING') stops.push(clock.now());
        execution.stop('Stopped', 'a user stopped the run');
        return;
      case 'redrive the run':
        if (execution.status !== 'RUNNING' && execution.status !== 'SUCCEEDED') execution.redrive();
        return;
      case 'terminate the job':
      case 'cancel the job':
        if (job) this.endJob(job, action);
        return;
      case 'clone the job':
        if (job) this.attacker.clone(job);
        return;
      case 'deliver messages again':
        [...this.sentMessages].forEach(({ queueArn, message }) => sqs.deliverAgain(queueArn, message));
        return;
      case 'send foreign tokens':
        this.sendForeignTokens();
        return;
      case 'send noise':
        noise(Math.floor(this.seeded.next('noise') * 2 ** 31)).forEach((body) => this.sendToAllQueues(body));
        return;
      case 'cancel by request':
      case 'redrive by request':
      case 'send the request again':
      case 'send another body':
      case 'ask for runs of others':
        this.options.clients?.perform(action, execution);
        return;
      default:
        this.attacker.perform(action, { run, job, seen: this.sentMessages });
    }
  }

  private endJob(job: BatchJob, action: 'terminate the job' | 'cancel the job'): void {
    const isStarted = job.status === 'STARTING' || job.status === 'RUNNING';
    // A job that has started cannot be cancelled: https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html
    if (job.isOver || (isStarted && action === 'cancel the job')) return;
    const input = { jobId: job.jobId, reason: 'not needed any more' };
    this.observations.terminations.push({ ...input, at: this.emulator.clock.now(), by: 'user' });
    void this.emulator.batch.handle({ action: action === 'cancel the job' ? 'CancelJob' : 'TerminateJob', input });
  }

  /** Checks of the runs' jobs with tokens that belong to no run or are no tokens at all, and events about unknown executions. */
  private sendForeignTokens(): void {
    const foreignTokens = [`AQC${'x'.repeat(600)}`, 'not a token', ''];
    for (const { queueArn, message } of [...this.sentMessages]) {
      for (const [kind, content] of contentsOf(message.body)) {
        if (content?.token === undefined) continue;
        foreignTokens.forEach((token) => this.emulator.sqs.send(queueArn, JSON.stringify({ [kind]: { ...content, token, since: content.since - 1 } }), 0));
      }
    }
    const statusChange = { 'source': 'aws.states', 'detail-type': 'Step Functions Execution Status Change' };
    for (const { arn } of this.emulator.stepFunctions.executions()) {
      this.sendToAllQueues(JSON.stringify({ ...statusChange, detail: { executionArn: `${arn}-other`, status: 'FAILED' } }));
    }
  }

  private sendToAllQueues(body: string): void {
    this.emulator.deployment.eventSources.forEach(({ queueArn }) => this.emulator.sqs.send(queueArn, body, 0));
  }
}

/** The contents of a message by their kind. Noise has none. */
function contentsOf(body: string): [string, Record<string, any>][] {
  try {
    return Object.entries<Record<string, any>>(JSON.parse(body) ?? {});
  } catch {
    return [];
  }
}
