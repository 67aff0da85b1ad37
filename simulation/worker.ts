import type { ScenarioResult } from './result';
import type { Scenario } from './scenario';
import { SeedChunk, Simulator } from './simulator';
import type { Deployment } from '../emulator/assembly/deployment';

/** The first message to a worker, and each message after it. */
export type ToWorker = { readonly deployment: Deployment; readonly scenarios: Scenario[] } | SeedChunk;
export type FromWorker = { readonly ready: true } | { readonly result: ScenarioResult } | { readonly error: string };

/** Simulates the chunks that it receives, in a process of its own. */
export function work(): void {
  let simulator: Promise<Simulator>;
  let scenarios: Scenario[];
  const send = (message: FromWorker) => process.send!(message);
  process.on('disconnect', () => process.exit());
  process.on('message', async (message: ToWorker) => {
    try {
      if ('deployment' in message) {
        scenarios = message.scenarios;
        simulator = Simulator.open(message.deployment);
        await simulator;
        send({ ready: true });
        return;
      }
      const scenario = scenarios.find(({ name }) => name === message.scenario)!;
      send({ result: await (await simulator).simulate(scenario, message.seeds) });
    } catch (error) {
      send({ error: String((error as Error)?.stack ?? error) });
    }
  });
}
