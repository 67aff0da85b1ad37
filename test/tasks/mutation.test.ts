import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { temporary } from '../emulator/apps';

const MODULES = path.join(__dirname, '..', '..', 'tasks', 'mutation');

/** The value of an expression that uses the tool: a process of its own has it, since Jest does not load modules. */
function valueOf(expression: string): any {
  const imports = Object.entries({ 'workers.mjs': 'testMutant, Worker', 'equivalent.mjs': 'withoutEquivalent', 'scores.mjs': 'scoreOf' })
    .map(([module, names]) => `import { ${names} } from ${JSON.stringify(path.join(MODULES, module))};`).join(' ');
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', `${imports} console.log(JSON.stringify(${expression}))`], { encoding: 'utf8' }));
}

/** What is found out about a mutant whose only test is the given text. */
function resultOf(text: string): any {
  const file = path.join(temporary(), 'one.test.ts');
  fs.writeFileSync(file, `const { activeMutant } = (globalThis as any).__stryker__; jest.setTimeout(1_000); test('one', async () => { ${text} });`);
  const plan = JSON.stringify({ mutant: { id: '7' }, hits: 1, ms: 1, plan: [{ file, without: [], tests: [0] }] });
  return valueOf(`await (async () => {
    const worker = new Worker({});
    try { return await testMutant(worker, ${plan}); } finally { worker.stop(); }
  })()`);
}

describe('a mutant', () => {
  test.each([
    ['that a test notices is killed', 'expect(activeMutant).toBe(undefined);', { status: 'killed' }],
    ['that no test notices has survived', 'expect(1).toBe(1);', { status: 'survived' }],
    ['whose test calls the end of the process is killed', 'if (activeMutant) process.exit(0);', { status: 'killed', by: 'one: process.exit(0) was called' }],
    ['whose test fails without it too is an error', "throw new Error('no disk');", { status: 'error', by: 'without the mutant too: one: no disk' }],
    ['whose process ends is an error', "process.kill(process.pid, 'SIGKILL'); await new Promise(() => undefined);", { status: 'error', by: 'the process ended with SIGKILL' }],
    ['whose test does not end in time never ends', 'await new Promise(() => undefined);', { status: 'timeout', by: 'one: Exceeded timeout of 1000 ms for a test.' }],
  ])('%s', (_, text, result) => {
    expect(resultOf(text)).toMatchObject({ id: '7', ...result });
  });

  test('is tried in a new process when the first one gives no answer', () => {
    const answers = (...list: object[]) => valueOf(`await (async () => {
      const calls = [];
      const list = ${JSON.stringify(list)};
      const worker = { ask: async () => { calls.push('ask'); return list.shift(); }, stop: () => calls.push('stop') };
      return [(await testMutant(worker, { mutant: {}, plan: [], hits: 0, ms: 0 })).status, ...calls];
    })()`);
    const late = { noAnswer: 'no answer within 1 s', isLate: true };
    expect(answers(late, { status: 'survived' })).toEqual(['survived', 'ask', 'stop', 'ask']);
    expect(answers(late, late)).toEqual(['timeout', 'ask', 'stop', 'ask']);
    expect(answers({ status: 'timeout', isLate: true }, { status: 'killed' })).toEqual(['killed', 'ask', 'stop', 'ask']);
    expect(answers({ status: 'timeout' })).toEqual(['timeout', 'ask']);
    expect(answers({ noAnswer: 'the process ended with 1' }, { noAnswer: 'the process ended with 1' })).toEqual(['error', 'ask', 'stop', 'ask']);
  });
});

test('only what is killed or never ends counts as noticed', () => {
  const results = ['killed', 'killed', 'timeout', 'error', 'survived', 'uncovered', 'equivalent'].map((status) => ({ status }));
  expect(valueOf(`scoreOf(${JSON.stringify(results)})`)).toMatchObject({ mutants: 6, killed: 2, timeout: 1, errors: 1, equivalent: 1, noticed: 3, percent: 50, survivors: [{}, {}] });
});

describe('the list of equivalent mutants', () => {
  const mutant = (id: string, lineText: string) => ({ id, file: 'a.ts', original: 'x', replacement: 'y', lineText });
  const MUTANTS = [mutant('1', 'f(x)'), mutant('2', 'g(x)')];
  const entry = { file: 'a.ts', original: 'x', replacement: 'y', in: 'g(', reason: 'why' };
  const checked = (statuses: Record<string, string>, ...listed: object[]) => {
    const results = MUTANTS.filter(({ id }) => statuses[id]).map((each) => ({ ...each, status: statuses[each.id], by: 'a test' }));
    const { results: changed, problems } = valueOf(`withoutEquivalent(${JSON.stringify(results)}, ${JSON.stringify(MUTANTS)}, ${JSON.stringify(listed)})`);
    return [changed.map(({ status }: any) => status), problems];
  };

  test('excuses what survives, in a sample too', () => {
    expect(checked({ 1: 'survived', 2: 'survived' }, entry)).toEqual([['survived', 'equivalent'], []]);
    expect(checked({ 2: 'uncovered' }, entry)).toEqual([['equivalent'], []]);
    expect(checked({ 1: 'survived' }, entry)).toEqual([['survived'], []]);
  });

  test.each([
    ['mutant that is killed', { ...entry }, 'a.ts: x -> y: it is not equivalent: a test'],
    ['mutant that is not there', { ...entry, in: 'h(' }, 'a.ts: x -> y: there is no such mutant'],
    ['entry for several mutants', { ...entry, in: '(x)' }, "a.ts: x -> y: there are 2 such mutants; say with 'in' which is meant"],
    ['entry without a reason', { ...entry, reason: undefined }, 'a.ts: x -> y: there is no reason'],
  ])('has no %s', (_, listed, problem) => {
    expect(checked({ 2: 'killed' }, listed)[1]).toContain(problem);
  });
});
