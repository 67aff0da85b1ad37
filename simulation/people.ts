import type { Ledger, RunRecord } from './ledger';
import type { Act, Moment, Scenario } from './scenario';
import type { Seeded } from './seeded';
import type { Emulator } from '../emulator/emulator';
import type { BatchJob } from '../emulator/services/batch/batch';

/** What people do to runs and jobs while they run, when the scenario says so. */
export class People {
  /** Acts that are still to come. */
  pending = 0;
  private readonly plans = new Map<string, { act: Act; moment: Moment; left: number; id: string }[]>();
  private readonly messages: { queueArn: string; body: string }[] = [];

  constructor(
    private readonly scenario: Scenario,
    private readonly seeded: Seeded,
    private readonly emulator: Emulator,
    private readonly ledger: Ledger,
    private readonly tell: (what: string) => void,
  ) {}

  /** Something happened to a run, or to a job of it. */
  saw(moment: Moment, run: RunRecord, job?: BatchJob): void {
    for (const plan of this.plansOf(run)) {
      if (plan.moment !== moment || plan.left === 0) continue;
      plan.left--;
      this.pending++;
      this.emulator.clock.after(this.seeded.between(plan.act.after, `${plan.id} after`), () => {
        this.pending--;
        this.tell(`a person: ${plan.act.does}${job ? ` (${job.jobId})` : ''}`);
        this.does(plan.act, run, job);
      });
    }
  }

  /** A message that the watch queue got: SQS may bring it again. */
  heard(queueArn: string, body: string): void {
    this.messages.push({ queueArn, body });
  }

  private plansOf(run: RunRecord) {
    const { name } = run.execution;
    let plans = this.plans.get(name);
    if (!plans) {
      plans = this.scenario.people.flatMap((act, index) => {
        const id = `act ${index} ${name}`;
        return this.seeded.chance(act.chance, id) ? [{ act, id, moment: this.seeded.pick(act.when, `${id} when`), left: act.times }] : [];
      });
      this.plans.set(name, plans);
    }
    return plans;
  }

  private does({ does }: Act, { execution, stops }: RunRecord, given?: BatchJob): void {
    const { batch, stepFunctions, clock } = this.emulator;
    const job = given ?? this.ledger.jobs.filter((one) => one.plan.environment.HEAVY_BATCH_RUN_ID === execution.name && !one.isOver).at(-1);
    switch (does) {
      case 'stop the run':
        if (execution.status === 'RUNNING') stops.push(clock.now());
        execution.stop('Enough', 'somebody pressed Stop');
        return;
      case 'redrive the run':
        if (execution.status !== 'RUNNING' && execution.status !== 'SUCCEEDED') execution.redrive();
        return;
      case 'terminate the job':
      case 'cancel the job': {
        if (!job || job.isOver) return;
        // A job that runs cannot be cancelled: https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html
        const cancels = does === 'cancel the job';
        if (cancels && (job.status === 'STARTING' || job.status === 'RUNNING')) return;
        this.ledger.terminations.push({ jobId: job.jobId, at: clock.now(), by: 'a person' });
        void batch.handle({ action: cancels ? 'CancelJob' : 'TerminateJob', input: { jobId: job.jobId, reason: 'not needed any more' } });
        return;
      }
      case 'clone the job': {
        if (!job) return;
        const { plan } = job;
        const input = { jobName: 'clone', jobQueue: plan.queue.arn, jobDefinition: plan.definition.arn, parameters: { ...plan.parameters } };
        void batch.handle({ action: 'SubmitJob', input }).then((answer) => this.ledger.foreign.add((answer as { jobId: string }).jobId));
        return;
      }
      case 'send stale tokens':
        this.messages.forEach(({ queueArn, body }) => this.emulator.sqs.send(queueArn, body, 0));
        return;
      case 'send foreign tokens':
        this.foreignTokens(stepFunctions.executions().map((one) => one.arn));
        return;
      case 'send noise':
        this.noise();
    }
  }

  /** Tokens that are nobody's: of a task that was never there, and no tokens at all. */
  private foreignTokens(executions: string[]): void {
    const tokens = [`AQC${'x'.repeat(600)}`, 'no token at all', ''];
    for (const { queueArn, body } of [...this.messages]) {
      const json = JSON.parse(body);
      if (!json.look) continue;
      tokens.forEach((token) => this.emulator.sqs.send(queueArn, JSON.stringify({ look: { ...json.look, token, since: json.look.since - 1 } }), 0));
    }
    const ended = { 'source': 'aws.states', 'detail-type': 'Step Functions Execution Status Change' };
    executions.forEach((arn) => this.everywhere(JSON.stringify({ ...ended, detail: { executionArn: `${arn}-other`, status: 'FAILED' } })));
  }

  private noise(): void {
    const some = (depth = 0): unknown => {
      const draw = this.seeded.next('noise');
      if (draw < 0.15) return null;
      if (draw < 0.3) return Math.floor(draw * 1e6) - 2e5;
      if (draw < 0.6 || depth > 3) return this.seeded.pick(NOISE, 'word');
      const keys = Array.from({ length: 3 }, () => this.seeded.pick(NOISE, 'key'));
      return draw < 0.75 ? keys.map(() => some(depth + 1)) : Object.fromEntries(keys.map((key) => [key, some(depth + 1)]));
    };
    for (let index = 0; index < 20; index++) this.everywhere(JSON.stringify(some()));
    this.everywhere('{');
    this.everywhere('not JSON');
  }

  private everywhere(body: string): void {
    this.emulator.deployment.eventSources.forEach(({ queueArn }) => this.emulator.sqs.send(queueArn, body, 0));
  }
}

const NOISE = [
  'look', 'cleanUp', 'jobId', 'token', 'since', 'early', 'execution', 'redrive', 'source', 'aws.batch', 'aws.states', 'detail', 'detail-type',
  'Batch Job State Change', 'Step Functions Execution Status Change', 'executionArn', 'status', 'SUCCEEDED', '__proto__', 'constructor', '', ' ', '\u0000', '💥',
];
