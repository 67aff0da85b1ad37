import { paginateGetExecutionHistory, paginateListExecutions, paginateListStateMachines, SFNClient } from '@aws-sdk/client-sfn';
import { oneJob } from '../apps';
import { scriptedEmulator, succeeds } from '../scripted-emulator';

const deployment = oneJob();
const [{ arn: stateMachineArn, name }] = deployment.stateMachines;
const { emulator, begin, run } = scriptedEmulator(deployment);

/** All items of the pages that a paginator of the client returns. */
async function itemsOf<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => Item[] | undefined): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...items(page)!);
  return all;
}

test("an app's own client pages through state machines, executions and their histories", async () => {
  begin(succeeds);
  const [first, last] = [await run(), await run()];
  const client = new SFNClient({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: emulator.keys.user });
  const machines = await itemsOf(paginateListStateMachines({ client }, {}), (page) => page.stateMachines);
  expect(machines).toEqual([{ stateMachineArn, name, type: 'STANDARD', creationDate: expect.any(Date) }]);
  const executions = await itemsOf(paginateListExecutions({ client, pageSize: 1 }, { stateMachineArn }), (page) => page.executions);
  expect(executions).toEqual([last, first].map((execution) => ({
    executionArn: execution.arn,
    stateMachineArn,
    name: execution.name,
    status: 'SUCCEEDED',
    startDate: new Date(execution.startedAt),
    stopDate: new Date(execution.stoppedAt!),
    redriveCount: 0,
  })));
  const history = (reverseOrder: boolean) => (
    itemsOf(paginateGetExecutionHistory({ client, pageSize: 3 }, { executionArn: last.arn, reverseOrder }), (page) => page.events)
  );
  const events = await history(false);
  const recorded = last.history.map(({ id, previousId, timestamp, type }) => [id, previousId, timestamp, type]);
  expect(events.map(({ id, previousEventId, timestamp, type }) => [id, previousEventId, timestamp!.getTime(), type])).toEqual(recorded);
  expect(events.length).toBeGreaterThan(6);
  expect(JSON.parse(events.at(-1)!.executionSucceededEventDetails!.output!)).toEqual(last.output);
  expect(await history(true)).toEqual([...events].reverse());
});
