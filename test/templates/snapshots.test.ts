import * as fs from 'fs';
import * as path from 'path';
import { everyTemplate, exampleNames } from './examples';
import { resourcesOf } from './template';
import { written } from './written';

/**
 * The template of each example and of each combination of props, as a file that a reviewer can read. After a change that is intended:
 * `npx jest --coverage=false test/templates/snapshots.test.ts --updateSnapshot`, then read the difference.
 */
const SNAPSHOTS = path.join(__dirname, 'snapshots');
const templates = everyTemplate();
const fileOf = (name: string) => path.join(SNAPSHOTS, `${name}.yaml`);

/** Only Jest's own option updates a snapshot. Without it a snapshot that is missing is a failure, and nothing is written, on a developer's machine too. */
const { snapshotState } = expect.getState() as unknown as { snapshotState: { _updateSnapshot: 'all' | 'new' | 'none' } };
const update = snapshotState._updateSnapshot === 'all';

beforeAll(() => {
  if (!update) return;
  fs.rmSync(SNAPSHOTS, { recursive: true, force: true });
  fs.mkdirSync(SNAPSHOTS);
  for (const [name, template] of Object.entries(templates)) fs.writeFileSync(fileOf(name), written(template));
});

test.each(Object.entries(templates))('the template %s is the one of its snapshot', (name, template) => {
  expect(fs.existsSync(fileOf(name))).toBe(true);
  expect(written(template)).toBe(fs.readFileSync(fileOf(name), 'utf8'));
});

test('there is a snapshot for each template, and no other', () => {
  expect(fs.readdirSync(SNAPSHOTS).sort()).toEqual(Object.keys(templates).map((name) => `${name}.yaml`).sort());
  expect(exampleNames.length).toBeGreaterThan(15);
  for (const name of exampleNames) expect(Object.keys(templates).filter((title) => title.startsWith(`example-${name}-`))).not.toEqual([]);
});

test.each(Object.entries(templates))('the snapshot %s is short enough to be read, and shows each logical id', (name, template) => {
  const text = fs.readFileSync(fileOf(name), 'utf8');
  expect(text.length).toBeLessThan(70_000);
  for (const { id } of resourcesOf(template)) expect(text).toContain(`\n  ${id}:\n`);
});
