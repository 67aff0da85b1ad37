import { ARN, CALL, eventsOf, machine, run, service, settle } from './machines';
import { TaskCall } from '../../../emulator/states/task';
import { TaskError } from '../../../emulator/states/task-error';

const task = (more: object = {}) => machine({ Call: { ...CALL, End: true, ...more } });
const DISTRIBUTED = { ...task(), ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
const WRITER = { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b' } };

/** State machines whose calls are answered at once, so that each of their steps is one turn of the event loop. */
const MACHINES: Record<string, Record<string, unknown>> = {
  'a task': machine({ First: { ...CALL, Next: 'Last' }, Last: { ...CALL, End: true } }),
  'branches': machine({ Both: { Type: 'Parallel', Branches: [task(), task(), machine({ None: { Type: 'Pass', End: true } })], End: true } }),
  'iterations': machine({ Each: { Type: 'Map', ItemProcessor: task(), End: true } }),
  'a distributed map': machine({ Each: { Type: 'Map', ItemProcessor: DISTRIBUTED, End: true } }),
  'a distributed map with a writer': machine({ Each: { Type: 'Map', ItemProcessor: DISTRIBUTED, ResultWriter: WRITER, ToleratedFailureCount: 5, End: true } }),
  'a task that is caught': machine({ Call: { ...CALL, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }], End: true }, Caught: { Type: 'Pass', End: true } }),
};
const ANSWERS: Record<string, (call: TaskCall) => Promise<unknown>> = {
  'calls that succeed': async () => 'done',
  'calls that fail': async ({ resource }) => { if (resource === CALL.Resource) throw new TaskError('E', 'why'); },
};
const CASES = Object.keys(MACHINES).flatMap((name) => Object.keys(ANSWERS).map((answers) => [name, answers]));
/** More than any of the executions takes. */
const MOST_TURNS = 100;
const ENDS = /^Execution(Succeeded|Failed|Aborted)$/;

/** Starts an execution, does something with it after so many turns, and lets it settle. Null when it had ended before. */
async function after(turns: number, [name, answers]: string[], action: (context: ReturnType<typeof service>, execution: ReturnType<ReturnType<typeof service>['sfn']['start']>) => unknown) {
  const context = service(MACHINES[name], ANSWERS[answers]);
  const execution = context.sfn.start(ARN, [1, 2], 'run');
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  if (execution.status !== 'RUNNING') return null;
  await action(context, execution);
  await settle(context.clock, execution);
  return execution;
}

test.each(CASES)('an execution of %s with %s that is stopped at any moment is aborted, and nothing happens afterwards', async (...which) => {
  const wrong: unknown[] = [];
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    let events = 0;
    const execution = await after(turns, which, (_, stopped) => {
      stopped.stop();
      events = stopped.history.length;
    });
    if (!execution) break;
    if (execution.history.length !== events || eventsOf(execution).at(-1) !== 'ExecutionAborted') wrong.push([turns, eventsOf(execution)]);
  }
  expect(wrong).toEqual([]);
});

test.each(CASES)('an execution of %s with %s that is stopped and redriven at any moment ends once more, as if it had not been stopped', async (...which) => {
  const outcomeOf = ({ status, output, error }: { status: string; output?: unknown; error?: string }) => JSON.stringify([status, output, error]);
  const { execution: undisturbed } = await run(MACHINES[which[0]], [1, 2], ANSWERS[which[1]]);
  const wrong: unknown[] = [];
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const execution = await after(turns, which, (_, stopped) => {
      stopped.stop();
      stopped.redrive();
    });
    if (!execution) break;
    const ends = eventsOf(execution).filter((type) => ENDS.test(type));
    if (ends.length !== 2 || outcomeOf(execution) !== outcomeOf(undisturbed)) wrong.push([turns, ends, outcomeOf(execution)]);
  }
  expect(wrong).toEqual([]);
});

test('an execution is done when it ends, and remains so', async () => {
  const { sfn, clock } = service(task());
  const execution = sfn.start(ARN, {});
  const isDone = () => Promise.race([execution.done().then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);
  expect(await Promise.race([execution.done().then(() => true), Promise.resolve(false)])).toBe(false);
  await settle(clock, execution);
  expect([await isDone(), await isDone()]).toEqual([true, true]);
});
