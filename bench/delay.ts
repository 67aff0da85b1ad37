import { Which } from './apps';
import { World } from './world';

const RUNS = 100;

export interface Delay {
  readonly which: string;
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
}

/** Seconds from the end of the container to the end of the run, for runs of ten to eleven minutes. */
export async function delay(): Promise<Delay[]> {
  const rows: Delay[] = [];
  for (const which of ['library', 'polling'] as Which[]) {
    const world = new World(which);
    let count = 0;
    await world.begin(() => 600 + (count++ * 7.3) % 60);
    const [machine] = world.emulator.deployment.stateMachines;
    const input = (id: number) => which === 'library' ? { parameters: { processId: String(id) } } : { processId: String(id) };
    const executions = Array.from({ length: RUNS }, (_, id) => world.emulator.stepFunctions.start(machine.arn, input(id), `run-${id}`));
    await world.emulator.settle(() => executions.every(({ status }) => status !== 'RUNNING'));
    await world.end();
    const ends = new Map(world.emulator.batch.jobs().map((job) => [job.jobId, world.ended.get(job.plan.jobName)!]));
    const delays = executions.map(({ output, stoppedAt }) => (stoppedAt! - ends.get((output as { jobId: string }).jobId)!) / 1000).sort((a, b) => a - b);
    rows.push({ which: which === 'library' ? 'heavy-batch' : 'polling every 30 s', median: delays[RUNS / 2], p95: delays[Math.floor(RUNS * 0.95)], longest: delays[RUNS - 1] });
  }
  return rows;
}
