import { execFile } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { promisify } from 'util';
import { temporary } from './emulator/apps';

/** The example report-api, which is there in two languages. A browser uses its page in the suite `console`. */
const run = promisify(execFile);
const example = (language: string, ...parts: string[]) => path.join(__dirname, '..', 'examples', language, 'report-api', ...parts);
const read = (...parts: string[]) => fs.readFileSync(example(parts[0], ...parts.slice(1)), 'utf8');

const PROGRAMS = { typescript: ['node', 'report.js'], python: ['python3', 'report.py'] };

test('both languages have the same page', () => {
  for (const file of ['index.js', 'page.html']) expect(read('python', 'page', file)).toBe(read('typescript', 'page', file));
});

test('the programs of both languages print the same', async () => {
  const [ofTypeScript, ofPython] = await Promise.all(Object.entries(PROGRAMS).map(async ([language, [program, file]]) => (
    await run(program, [file, '2025-10-28', '8', 'FR'], { cwd: example(language, 'image') })
  ).stdout));
  expect(ofPython).toBe(ofTypeScript);
  expect(ofTypeScript).toMatch(/^::progress 7\/8 orders until 2025-11-03\n::result {"from":"2025-10-28","days":8,"country":"FR","months":\[{"month":"2025-10","customers":\d+,/);
  const { months } = JSON.parse(ofTypeScript.split('::result ')[1]);
  expect(months).toEqual(['2025-10', '2025-11'].map((month) => ({ month, customers: expect.any(Number), orders: expect.any(Number), revenue: expect.any(Number) })));
});

test.each(Object.entries(PROGRAMS))('the app in %s starts its program with what a run may set', (language, [program, file]) => {
  const app = read(language, language === 'python' ? 'app.py' : 'app.ts').replaceAll('"', "'");
  expect(app).toContain(`['${program}', '${file}', 'Ref::from', 'Ref::days', 'Ref::country']`);
  expect(read(language, 'image', 'Dockerfile')).toContain(`CMD ["${program}", "${file}", "2026-01-01", "365", "all"]`);
});

/** As in a copy of the example, whose packages are those of this repository. */
test('the tests of the example in typescript pass', async () => {
  const copy = temporary();
  fs.cpSync(example('typescript'), copy, { recursive: true });
  fs.symlinkSync(path.join(__dirname, '..', 'node_modules'), path.join(copy, 'node_modules'));
  const { stderr } = await run(process.execPath, [path.join(copy, 'node_modules', 'jest', 'bin', 'jest.js'), '--rootDir', copy], { cwd: copy });
  expect(stderr).toMatch(/Tests: +6 passed, 6 total/);
}, 120_000);
