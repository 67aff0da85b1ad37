import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { temporary } from '../emulator/apps';

const MODULE = path.join(__dirname, '..', '..', 'tasks', 'test-report.mjs');
const STARTED_AT = 1_000;

/** What CI reads in a report: a process of its own reads it, since Jest does not load modules. */
function read(report?: object, testFiles = ['a.test.ts', 'b.test.ts']) {
  const file = path.join(temporary(), 'jest.json');
  if (report) fs.writeFileSync(file, JSON.stringify(report));
  const script = `import { readTestReport } from ${JSON.stringify(MODULE)}; console.log(JSON.stringify(readTestReport(${JSON.stringify(file)}, ${JSON.stringify({ startedAt: STARTED_AT, testFiles })})))`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }));
}
const reported = (name: string, tests = 1) => ({ name, assertionResults: Array.from({ length: tests }, () => ({ status: 'passed' })) });
const green = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, startTime: STARTED_AT, testResults: [reported('a.test.ts', 2), reported('b.test.ts')] };

test('the tests of a report are counted', () => {
  expect(read(green)).toEqual({ passed: 3, failed: 0, problems: [] });
  const failed = { name: 'b.test.ts', assertionResults: [{ status: 'failed', fullName: 'a queue is emptied' }] };
  expect(read({ ...green, numFailedTests: 1, testResults: [reported('a.test.ts'), failed] })).toEqual({ passed: 3, failed: 1, problems: ['failed: a queue is emptied'] });
});

test.each<[string, object | undefined, object]>([
  ['no report', undefined, { passed: 0, failed: 1, problems: ['Jest wrote no report'] }],
  ['a report of an older run', { ...green, startTime: STARTED_AT - 1 }, { passed: 0, failed: 1, problems: ['the report is of an older run'] }],
  ['a test file that is not in it', { ...green, testResults: [reported('a.test.ts')] }, { passed: 3, failed: 1, problems: ['b.test.ts reported no test'] }],
  ['a test file that did not compile', { ...green, testResults: [reported('a.test.ts'), reported('b.test.ts', 0)] }, { passed: 3, failed: 1, problems: ['b.test.ts reported no test'] }],
  ['skipped tests', { ...green, numPendingTests: 1, numTodoTests: 1 }, { passed: 3, failed: 0, problems: ['2 tests were skipped'] }],
  ['no test that passed', { ...green, numPassedTests: 0 }, { passed: 0, failed: 0, problems: ['no test passed'] }],
])('%s is a problem', (_, report, expected) => {
  expect(read(report)).toEqual(expected);
});

test('no test files are a problem', () => {
  expect(read(green, []).problems).toEqual(['no test passed']);
});
