import type { Scenario } from './scenario';
import { Portion, Stage, Tally } from './suite';
import type { Deployment } from '../emulator/assembly/deployment';

/** What a worker is told at first, and then, portion for portion. */
export type ToWorker = { readonly deployment: Deployment; readonly scenarios: Scenario[] } | Portion;
export type FromWorker = { readonly ready: true } | { readonly tally: Tally } | { readonly broken: string };

/** Plays the portions that it is sent, in a process of its own. */
export function work(): void {
  let stage: Promise<Stage>;
  let scenarios: Scenario[];
  const answer = (message: FromWorker) => process.send!(message);
  process.on('disconnect', () => process.exit());
  process.on('message', async (message: ToWorker) => {
    try {
      if ('deployment' in message) {
        scenarios = message.scenarios;
        stage = Stage.open(message.deployment);
        await stage;
        answer({ ready: true });
        return;
      }
      const scenario = scenarios.find(({ name }) => name === message.scenario)!;
      answer({ tally: await (await stage).play(scenario, message.seeds) });
    } catch (error) {
      answer({ broken: String((error as Error)?.stack ?? error) });
    }
  });
}
