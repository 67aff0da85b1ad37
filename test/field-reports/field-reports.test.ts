import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { replayCheck } from './check';
import { replayLocalResult } from './local-result';
import { nameOf, readDirectory, readReports, Report } from './report';
import { replayResult } from './result';
import { closeSimulator, replayScenario } from './scenario';
import { replayInput, replaySubmission } from './submit-function';
import { replaySynth } from './synth';
import { replayVerdict } from './verdict';

const root = path.join(__dirname, '..', '..');
const files = readDirectory(__dirname);
const reports = files.flatMap((file) => file.reports);
const controls = readDirectory(path.join(__dirname, 'controls')).flatMap((file) => file.reports);
const named = (some: Report[]) => some.map((report) => [nameOf(report), report] as const);

async function replay({ replay: { verdict, check, result, localResult, input, submission, synth, scenario } }: Report): Promise<void> {
  if (verdict) await replayVerdict(verdict);
  if (check) await replayCheck(check);
  if (result) await replayResult(result);
  if (localResult) await replayLocalResult(localResult);
  if (input) await replayInput(input);
  if (submission) await replaySubmission(submission);
  if (synth) replaySynth(synth);
  if (scenario) await replayScenario(scenario);
}

/** Milliseconds. A scenario with many rounds and attempts takes a few seconds, and much longer on a machine that is busy. */
const LONGEST_REPLAY = 240_000;

afterEach(() => jest.useRealTimers());
afterAll(closeSimulator);

describe.each(files.map((file) => [file.title, file] as const))('%s', (_, file) => {
  test.each(named(file.reports))('%s', async (__, report) => {
    await expect(replay(report)).resolves.toBeUndefined();
  }, LONGEST_REPLAY);
});

describe('a replay fails', () => {
  const COMPARISON = /expect\(|^Template/; // an error of a comparison, and no other

  test.each(controls.map((control) => [control.situation, control] as const))('%s', async (_, control) => {
    await expect(replay(control)).rejects.toThrow(COMPARISON);
  });

  test('when the simulation finds something', async () => {
    await expect(replayScenario('always-fails', path.join(root, 'test', 'fixtures', 'simulation', 'scenarios'))).rejects.toThrow(COMPARISON);
  });

  test('in at least one control of each kind', () => {
    const kinds = (some: Report[]) => [...new Set(some.flatMap((report) => Object.keys(report.replay)))].sort();
    expect(kinds(controls)).toEqual(kinds(reports));
  });
});

test('each report has its own source', () => {
  const sources = reports.map(({ source }) => source.toLowerCase());
  expect(sources.filter((source, index) => sources.indexOf(source) !== index)).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ['a source that is no URL', { source: 'nextflow#1' }, /'reports\.0\.source' \(nextflow#1\) is not a URL/],
  ['a source with a fragment', { source: 'https://example.com/a#b' }, /'reports\.0\.source' .* is not a plain https URL/],
  ['no replay', { replay: {} }, /'reports\.0\.replay' .* does not have exactly one of verdict, check, /],
  ['two replays', { replay: { scenario: 'no-capacity', result: { written: { text: '1' }, expects: { result: 1, resultUri: true } } } }, /does not have exactly one of/],
  ['an unknown field', { replay: { verdict: { job: {}, expects: { reason: 'Stuck' }, extra: 1 } } }, /'reports\.0\.replay\.verdict\.extra'/],
  ['an unknown reason', { replay: { verdict: { job: {}, expects: { reason: 'Odd' } } } }, /'reports\.0\.replay\.verdict\.expects\.reason'/],
])('a report with %s is refused', (_, more, message) => {
  const report = { source: 'https://example.com/a', situation: 'Something happened to somebody.', ours: 'This project does something.', replay: { scenario: 'no-capacity' }, ...more };
  expect(() => readReports('mine.yaml', JSON.stringify({ title: 'Mine', reports: [report] }))).toThrow(message);
});

test('docs/field-reports.md is up to date: `node tasks/field-reports.mjs` writes it', () => {
  const { status, stderr } = spawnSync(process.execPath, ['tasks/field-reports.mjs', '--check'], { cwd: root, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const page = fs.readFileSync(path.join(root, 'docs', 'field-reports.md'), 'utf8');
  for (const report of reports) expect(page).toContain(`[${nameOf(report)}](${report.source})`);
});
