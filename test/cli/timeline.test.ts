import { Timeline } from '../../cli/timeline';

/** What a timeline prints, at 1 h 2 min 3.45 s after the start. */
function timeline({ isTTY = false } = {}) {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) };
  return { shown: new Timeline(stream as never, () => 3_723_456), text: () => written.join('') };
}
const job = (more: object = {}) => ({ status: 'RUNNING', attempts: [], ...more }) as never;
const execution = (more: object) => ({ status: 'FAILED', transitions: 4, ...more }) as never;

const environment = process.env;
afterEach(() => { process.env = environment; });

test.each<[string, object, [number, number?], string]>([
  ['its time and its state', {}, [1], 'RUNNING  '],
  ['its item', {}, [1, 7], 'RUNNING    item 7'],
  ['the first item', {}, [1, 0], 'RUNNING    item 0'],
  ['its node', { nodeIndex: 0 }, [1], 'RUNNING   (node 0)'],
  ['its round, from the second on', {}, [2], 'RUNNING    round 2'],
  ['its attempt, from the second on', { status: 'STARTING', attempts: [{}] }, [1], 'STARTING   attempt 2'],
  ['why there is a further attempt', { status: 'STARTING', attempts: [{ reason: 'x' }, { exitCode: 3, statusReason: 'Essential container in task exited' }] }, [1], 'STARTING   attempt 3, after: exit code 3'],
  ['why the engine failed before', { status: 'STARTING', attempts: [{ exitCode: 137, reason: 'OutOfMemoryError: killed' }] }, [1], 'STARTING   attempt 2, after: OutOfMemoryError: killed'],
  ['why a host was lost', { status: 'STARTING', attempts: [{ statusReason: 'Host EC2 (instance i-1) terminated.' }] }, [1], 'STARTING   attempt 2, after: Host EC2 (instance i-1) terminated.'],
  ['no attempt when it is the first', { status: 'STARTING' }, [1], 'STARTING '],
  ['no attempt in another state', { status: 'RUNNABLE', attempts: [{}] }, [1], 'RUNNABLE '],
  ['why it failed', { status: 'FAILED', statusReason: 'Host EC2 terminated' }, [1], 'FAILED     Host EC2 terminated'],
  ['nothing more when no reason is known', { status: 'FAILED' }, [1], 'FAILED     '],
  ['no reason of a job that succeeded', { status: 'SUCCEEDED', statusReason: 'Essential container in task exited' }, [1], 'SUCCEEDED'],
])('a job is shown with %s', (_, more, [round, item], line) => {
  const { shown, text } = timeline();
  shown.state(job(more), round, item);
  expect(text()).toBe(`+1:02:03.4  ${line}\n`);
});

test('of the children of an array job, the first one in each state is shown', () => {
  const { shown, text } = timeline();
  for (const [arrayIndex, status] of [[0, 'RUNNING'], [1, 'RUNNING'], [1, 'SUCCEEDED'], [0, 'SUCCEEDED']]) shown.state(job({ arrayIndex, status }), 1);
  expect(text()).toBe('+1:02:03.4  RUNNING   (child)\n+1:02:03.4  SUCCEEDED (child)\n');
});

test('the output of a container is shown with its item', () => {
  const { shown, text } = timeline();
  shown.output('one');
  shown.output('two', 0);
  shown.note('a note');
  expect(text()).toBe('            | one\n            | 0: two\na note\n');
});

test('progress is shown as a bar, and what is none as it is', () => {
  const { shown, text } = timeline();
  for (const line of ['::progress 0', '::progress 201/300 sort', '::progress 99.9% merge', '::progress 100', '::progress soon']) shown.output(line);
  expect(text().split('\n').map((line) => line.slice(14))).toEqual([
    '[------------]   0 %', '[########----]  67 %  201/300  sort', '[###########-] 99.9 %  merge', '[############] 100 %', '::progress soon', '',
  ]);
});

test('a run that succeeded ends with its state transitions', () => {
  const { shown, text } = timeline();
  shown.output('line');
  shown.end(execution({ status: 'SUCCEEDED' }));
  expect(text()).toBe('            | line\n\nSUCCEEDED  4 state transitions\n');
});

test.each<[string, object, string]>([
  ['the message of its verdict', { error: 'ExitCode', cause: '{"message":"the container exited with 3"}' }, '\nFAILED  ExitCode\nthe container exited with 3\n'],
  ['the message of a function that failed', { error: 'TypeError', cause: '{"errorMessage":"broken"}' }, '\nFAILED  TypeError\nbroken\n'],
  ['a cause without a message', { error: 'Odd', cause: '{"a":1}' }, '\nFAILED  Odd\n{"a":1}\n'],
  ['a cause that is text', { error: 'States.Timeout', cause: 'too long' }, '\nFAILED  States.Timeout\ntoo long\n'],
  ['nothing but its status', { status: 'ABORTED' }, '\nABORTED  \n\n'],
])('a run that failed ends with %s', (_, more, expected) => {
  const { shown, text } = timeline();
  shown.end(execution(more));
  expect(text()).toBe(expected);
});

test.each([[20, 20, 1], [21, 20, 2]])('after %i lines of output, the last %i are repeated when the run failed', (lines, repeated, first) => {
  const { shown, text } = timeline();
  for (let line = 1; line <= lines; line++) shown.output(`line ${line}`);
  shown.end(execution({}));
  const [, last] = text().split(`\nThe last ${repeated} lines of the container's output:\n`);
  expect(last).toBe(`${Array.from({ length: repeated }, (_, index) => `  line ${first + index}`).join('\n')}\n`);
});

test.each<[string, boolean, string | undefined, boolean]>([
  ['a terminal has colors', true, undefined, true],
  ['a terminal with NO_COLOR has none', true, '1', false],
  ['a file has none', false, undefined, false],
])('%s', (_, isTTY, noColor, hasColors) => {
  process.env = { ...environment, NO_COLOR: noColor };
  if (noColor === undefined) delete process.env.NO_COLOR;
  const { shown, text } = timeline({ isTTY });
  for (const status of ['RUNNING', 'SUCCEEDED', 'FAILED']) shown.state(job({ status }), 1);
  // eslint-disable-next-line no-control-regex
  const colors = [...text().matchAll(/\x1b\[(3[126])m(?:RUNNING|SUCCEEDED|FAILED)/g)].map(([, color]) => color);
  expect(colors).toEqual(hasColors ? ['36', '32', '31'] : []); // cyan, green, red
});

describe('what an app or a container has written', () => {
  const TITLE = '\u001b]0;title\u0007';
  const CLEAR = '\u001b[2J\r\n+0:00:09.0  SUCCEEDED';
  const VISIBLE = '\\u001b]0;title\\u0007\\u001b[2J\\u000d\\u000a+0:00:09.0  SUCCEEDED';

  test('does not move the cursor, and does not look like another line', () => {
    const { shown, text } = timeline();
    shown.state(job({ status: 'FAILED', statusReason: TITLE + CLEAR }), 1);
    shown.output(TITLE);
    shown.output(CLEAR.slice(CLEAR.indexOf('\n')));
    expect(text()).toBe(`+1:02:03.4  FAILED     ${VISIBLE}\n            | \\u001b]0;title\\u0007\n            | \\u000a+0:00:09.0  SUCCEEDED\n`);
  });

  test('is shown as a terminal leaves it, where a program writes its line again and again', () => {
    const { shown, text } = timeline();
    shown.output('10%\r50%\r100%');
    shown.output('10%\r50%\r');
    expect(text()).toBe('            | 100%\n            | 50%\n');
  });

  test('is shown in the same way at the end of a run that failed', () => {
    const { shown, text } = timeline();
    shown.output(TITLE);
    shown.end(execution({ error: TITLE + CLEAR, cause: JSON.stringify({ message: `two\nlines${TITLE}` }) }));
    expect(text()).toMatch(`\nFAILED  ${VISIBLE}\ntwo\nlines\\u001b]0;title\\u0007\n`);
    expect(text()).not.toMatch(/[\u001b\u0007\r]/); // eslint-disable-line no-control-regex
  });
});
