import { execFileSync } from 'child_process';
import * as path from 'path';

const MODULE = path.join(__dirname, '..', '..', 'tasks', 'progress.mjs');
const CLEARED = '\r\u001b[K';

/** What is written while steps run: a process of its own says it, since Jest does not load modules. `at` sets the clock, in seconds. */
function written(isTTY: boolean, script: string): string[] {
  const prelude = `import { Progress } from ${JSON.stringify(MODULE)}; const texts = []; let time = 1e9; const at = (seconds) => { time = 1e9 + seconds * 1000; };`
    + ` const progress = new Progress({ stream: { isTTY: ${isTTY}, columns: 40, write: (text) => texts.push(text) }, now: () => time });`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', `${prelude} ${script}; console.log(JSON.stringify(texts))`], { encoding: 'utf8' }));
}

test('a step that takes less than two seconds is not shown', () => {
  const script = 'const end = progress.begin("quick"); at(1.9); progress.tick(); end();';
  expect([written(true, script), written(false, script)]).toEqual([[], []]);
});

test('in a log, a step has a line after two seconds, then one every ten seconds, and one with its duration', () => {
  expect(written(false, 'const end = progress.begin("installing"); for (let s = 0; s < 25; s++) { at(s); progress.tick(); } at(25.25); end();')).toEqual([
    'installing ... 2 s\n', 'installing ... 12 s\n', 'installing ... 22 s\n', 'installing: 25.3 s\n',
  ]);
});

test('on a terminal, one line shows the elapsed seconds, and it gives way to the duration', () => {
  expect(written(true, 'const end = progress.begin("installing"); for (const s of [1, 2, 2.5, 3]) { at(s); progress.tick(); } at(3.5); end();')).toEqual([
    `${CLEARED}installing ... 2 s`, `${CLEARED}installing ... 3 s`, CLEARED, 'installing: 3.5 s\n',
  ]);
});

test('on a terminal, steps that run at the same time share a line that is not longer than the terminal is wide', () => {
  expect(written(true, 'const first = progress.begin("synthesizing Python"); const second = progress.begin("synthesizing Java"); at(2); progress.tick(); first(); second();')).toEqual([
    `${CLEARED}synthesizing Python ... 2 s, synthesizi`, CLEARED, 'synthesizing Python: 2.0 s\n', `${CLEARED}synthesizing Java ... 2 s`, CLEARED, 'synthesizing Java: 2.0 s\n',
  ]);
});
