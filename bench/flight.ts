import { World } from './world';
import type { Execution } from '../emulator/states/execution';

const JOBS = 2_000;
const STARTED_A_SECOND = 100;

export interface Flight {
  readonly action: string;
  readonly calls: number;
  readonly busiestSecond: number;
  readonly refused: number;
}

/**
 * The API calls of 2,000 runs that start within 20 seconds and take about an hour. Batch accepts 50 submissions a second.
 * https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
 */
export async function flight(): Promise<Flight[]> {
  const world = new World('many');
  let started = 0;
  await world.begin(() => 3_600 + (started++ * 7.3) % 600, 50);
  const [machine] = world.emulator.deployment.stateMachines;
  const executions: Execution[] = [];
  for (let id = 0; id < JOBS; id++) {
    const start = () => { executions.push(world.emulator.stepFunctions.start(machine.arn, { parameters: { processId: String(id) } }, `run-${id}`)); };
    world.clock.after(id * 1000 / STARTED_A_SECOND, start);
  }
  await world.emulator.settle(() => executions.length === JOBS && executions.every(({ status }) => status !== 'RUNNING'));
  await world.end();
  const failed = executions.filter(({ status }) => status !== 'SUCCEEDED');
  if (failed.length > 0) throw new Error(`${failed.length} of ${JOBS} runs failed, first ${failed[0].error}: ${failed[0].cause}`);
  const actions = [...new Set(world.calls.map(({ action }) => action))].sort();
  return actions.map((action) => {
    const calls = world.calls.filter((call) => call.action === action);
    const seconds = new Map<number, number>();
    for (const { at } of calls) seconds.set(Math.floor(at / 1000), (seconds.get(Math.floor(at / 1000)) ?? 0) + 1);
    return { action, calls: calls.length, busiestSecond: Math.max(...seconds.values()), refused: calls.filter(({ refused }) => refused).length };
  });
}
