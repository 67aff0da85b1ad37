import * as fs from 'fs';
import * as path from 'path';
import { parse } from 'yaml';
import { BREAKS } from './breaks';
import { everyTemplate, exampleNames } from './examples';
import { CloudFormationTemplate, resourcesOf } from './template';
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

/** Logical ids are a contract: CloudFormation replaces a resource whose id changes. They are read before an update. To give one up, delete its snapshot first. */
const promised = Object.fromEntries(Object.keys(templates).filter((name) => fs.existsSync(fileOf(name))).map((name) => [name, logicalIdsIn(fs.readFileSync(fileOf(name), 'utf8'))]));

function logicalIdsIn(snapshot: string): string[] {
  return Object.keys(parse(snapshot, { logLevel: 'silent' }).Resources);
}

beforeAll(() => {
  if (!update) return;
  fs.rmSync(SNAPSHOTS, { recursive: true, force: true });
  fs.mkdirSync(SNAPSHOTS);
  for (const [name, template] of Object.entries(templates)) fs.writeFileSync(fileOf(name), written(template));
});

test.each(Object.entries(promised))('the template %s has the logical ids of its snapshot', (name, ids) => {
  expect(ids.length).toBeGreaterThan(5);
  expect(Object.keys(templates[name].Resources!)).toEqual(expect.arrayContaining(ids));
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

/** The resources of some ids, as a snapshot shows them. */
function writtenOnly({ Resources = {}, ...rest }: CloudFormationTemplate, ids: string[]): string {
  return written({ ...rest, Resources: Object.fromEntries(ids.map((id) => [id, Resources[id]])) });
}

test('a snapshot shows each change of a template that breaks an invariant', () => {
  const sound: CloudFormationTemplate = templates['of-a-job-with-every-prop'];
  for (const [title, changes] of Object.entries(BREAKS)) {
    changes.forEach((change, index) => {
      const broken: CloudFormationTemplate = JSON.parse(JSON.stringify(sound));
      change(broken);
      const [before, after] = [sound.Resources!, broken.Resources!];
      const ids = Object.keys({ ...before, ...after }).filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]));
      expect([title, index, writtenOnly(broken, ids) === writtenOnly(sound, ids)]).toEqual([title, index, false]);
    });
  }
});
