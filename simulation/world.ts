import { injectedFaults } from './injected-faults';
import type { Ledger, RunRecord } from './ledger';
import { People } from './people';
import type { Scenario } from './scenario';
import { ScriptedContainers } from './scripted-containers';
import { Seeded, sequence } from './seeded';
import type { Story } from './trace';
import type { Emulator } from '../emulator/emulator';
import { Iam } from '../emulator/services/iam/iam';

const HOUR = 3_600_000;

/** Plays a scenario with one seed, from the first run's start until nothing of it is left, and answers what truly happened. */
export async function playWorld(emulator: Emulator, scenario: Scenario, seed: number, story?: Story): Promise<Ledger> {
  const { clock, deployment } = emulator;
  const machine = deployment.stateMachines.find(({ path }) => path.split('/').includes(scenario.job));
  if (!machine) throw new Error(`scenario ${scenario.name}: the app has no job '${scenario.job}'`);
  // What the synthesized state machine hands to its submit function.
  const { job: spec } = (machine.definition.States as any).Run.Parameters.Payload as Pick<RunRecord, 'job'>;
  const seeded = new Seeded(`${scenario.name}/${seed}`);
  const jobs: Ledger['jobs'] = [];
  const containers = new ScriptedContainers(scenario, seeded, clock, (uri, body) => {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!;
    emulator.s3.put(bucket, key, body);
  });
  const ledger: Ledger = {
    runs: [], jobs, children: new Map(), played: containers.played, terminations: [], crashes: [], foreign: new Set(), still: false, unread: 0, endedAt: 0,
  };
  const running = new Set<string>();
  const byName = new Map<string, RunRecord>();
  let begun: number;
  const people = new People(scenario, seeded, emulator, ledger, (what) => story?.tell(what));

  const grants = scenario.revokes ? new Iam(deployment).grants() : [];
  const revoked = grants.length > 0 ? [grants[seed % grants.length]].map(({ role, action }) => ({ roleArn: role.arn, action })) : [];
  emulator.begin({
    containers,
    faults: injectedFaults(scenario, seeded, () => clock.now() - begun),
    random: sequence(`${scenario.name}/${seed}`),
    revoked,
    submitPerSecond: scenario.submitsPerSecond,
    closedTokens: scenario.closedTokens === 'either' ? seeded.pick(['error', 'silent'] as const, 'closed tokens') : scenario.closedTokens,
    onCall: (record) => {
      story?.call(record);
      if (record.call.action === 'TerminateJob' && !record.error) ledger.terminations.push({ jobId: record.call.input.jobId, at: record.at, by: 'a function' });
    },
    onInvocation: (record) => {
      story?.invocation(record);
      if (record.error && !record.fault) ledger.crashes.push(record);
    },
    onLog: story && ((path, line) => story.log(path, line)),
    onEvent: story && ((event) => story.event(event)),
    onHistory: (execution, event) => {
      story?.history(execution, event);
      const run = byName.get(execution.name);
      if (event.type === 'ExecutionRedriven') running.add(execution.name);
      if (!/^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(event.type)) return;
      running.delete(execution.name);
      if (run) people.saw('run ended', run);
    },
    onJob: (job) => {
      story?.job(job);
      if (job.arrayIndex !== undefined) {
        const [parent] = job.jobId.split(':');
        const siblings = ledger.children.get(parent) ?? [];
        siblings[job.arrayIndex] = job;
        ledger.children.set(parent, siblings);
        return;
      }
      if (!jobs.includes(job)) jobs.push(job);
      const run = byName.get(job.plan.environment.HEAVY_BATCH_RUN_ID);
      if (run) people.saw(job.isOver ? 'job ended' : `job ${job.status as 'SUBMITTED' | 'RUNNABLE' | 'STARTING' | 'RUNNING'}`, run, job);
    },
  });
  if (scenario.people.length > 0) emulator.sqs.onSent = (queueArn, body) => people.heard(queueArn, body);
  story?.begin(clock);
  revoked.forEach(({ roleArn, action }) => story?.tell(`${roleArn.split('/').at(-1)} may not ${action} any more`));

  begun = clock.now();
  let toStart = scenario.runs;
  for (let index = 0; index < scenario.runs; index++) {
    const name = `run-${seed}-${index}`;
    const input = filled(seeded.pick(scenario.inputs, `input ${name}`));
    clock.after(seeded.between([0, scenario.within[1]], `start ${name}`), () => {
      toStart--;
      running.add(name);
      const execution = emulator.stepFunctions.start(machine.arn, input, name);
      const run: RunRecord = { execution, timeoutSeconds: machine.definition.TimeoutSeconds as number | undefined, stops: [], job: spec };
      byName.set(name, run);
      ledger.runs.push(run);
      people.saw('run started', run);
    });
  }

  let late = false;
  clock.after(scenario.within[1] + scenario.bounds.run[1], () => { late = true; });
  await emulator.settle(() => late || (toStart === 0 && running.size === 0 && people.pending === 0));
  ledger.still = !late && running.size > 0;

  // What is left gets its time to end, and then what is left of messages.
  const wait = async (milliseconds: number, until: () => boolean) => {
    let passed = false;
    clock.after(milliseconds, () => { passed = true; });
    await emulator.settle(() => passed || until());
  };
  await wait(scenario.bounds.leftovers[1], () => jobs.every((job) => job.isOver));
  ledger.endedAt = clock.now();
  const unread = () => deployment.eventSources.reduce((sum, { queueArn }) => sum + emulator.sqs.messages(queueArn).length, 0);
  await wait(2 * HOUR, () => unread() === 0);
  // What nobody may read stays where it is. What was sent long after all was over goes round.
  ledger.unread = deployment.eventSources.flatMap(({ queueArn }) => emulator.sqs.messages(queueArn)).filter(({ sentAt }) => sentAt > ledger.endedAt + HOUR).length;
  return ledger;
}

/** `{long: n}` stands for a text of n characters. */
function filled(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  if ('long' in input) return 'x'.repeat(Number(input.long));
  return Array.isArray(input) ? input.map(filled) : Object.fromEntries(Object.entries(input).map(([key, value]) => [key, filled(value)]));
}
