import * as fs from 'fs';
import * as path from 'path';
import { APPS, everyTemplate, exampleNames } from './apps';
import { BREAKS } from './breaks';
import { CloudFormationTemplate, resourcesOf } from './template';
import { written } from './written';

/**
 * The template of each example and of each combination of props, as a file that a reviewer can read. After a change that is intended:
 * `npx jest test/templates/snapshots.test.ts --updateSnapshot`, then read the difference.
 */
const SNAPSHOTS = path.join(__dirname, 'snapshots');
const fileOf = (name: string) => path.join(SNAPSHOTS, `${name}.yaml`);

/** Only Jest's own option updates a snapshot. Without it a snapshot that is missing is a failure, and nothing is written, on a developer's machine too. */
const { snapshotState } = expect.getState() as unknown as { snapshotState: { _updateSnapshot: 'all' | 'new' | 'none' } };
const update = snapshotState._updateSnapshot === 'all';

/** The snapshots before an update. */
const before: Record<string, string> = Object.fromEntries(fs.existsSync(SNAPSHOTS)
  ? fs.readdirSync(SNAPSHOTS).map((name) => [path.basename(name, '.yaml'), fs.readFileSync(path.join(SNAPSHOTS, name), 'utf8')]) : []);

beforeAll(() => {
  if (!update) return;
  fs.rmSync(SNAPSHOTS, { recursive: true, force: true });
  fs.mkdirSync(SNAPSHOTS);
  for (const [name, template] of Object.entries(everyTemplate())) fs.writeFileSync(fileOf(name), written(template));
});

describe.each(Object.entries(APPS))('%s', (_name, templatesOf) => {
  test('has the templates of its snapshots', () => {
    const templates = Object.entries(templatesOf());
    expect(templates.length).toBeGreaterThan(0);
    for (const [name, template] of templates) {
      expect([name, fs.existsSync(fileOf(name))]).toEqual([name, true]);
      expect(written(template)).toBe(fs.readFileSync(fileOf(name), 'utf8'));
    }
  });

  test('has snapshots that are short enough to be read, and show each logical id', () => {
    for (const [name, template] of Object.entries(templatesOf())) {
      const text = fs.readFileSync(fileOf(name), 'utf8');
      expect(text.length).toBeLessThan(70_000);
      for (const { id } of resourcesOf(template)) expect(text).toContain(`\n  ${id}:\n`);
    }
  });

  // Logical ids are a contract: CloudFormation replaces a resource whose id changes. To give one up, delete its snapshot before the update.
  test('keeps its logical ids, also when snapshots are updated', () => {
    for (const [name, template] of Object.entries(templatesOf()).filter(([title]) => before[title])) {
      const ids = [...before[name].split('\nResources:\n')[1].split(/\n\w/)[0].matchAll(/^ {2}(\w+):$/gm)].map(([, id]) => id);
      expect(ids.length).toBeGreaterThan(5);
      expect(Object.keys(template.Resources!)).toEqual(expect.arrayContaining(ids));
    }
  });
});

test('there is a snapshot for each template, and no other', () => {
  expect(fs.readdirSync(SNAPSHOTS).sort()).toEqual(Object.keys(everyTemplate()).map((name) => `${name}.yaml`).sort());
  expect(exampleNames.length).toBeGreaterThan(15);
});

/** The resources of some ids, as a snapshot shows them. */
function writtenOnly({ Resources = {}, ...rest }: CloudFormationTemplate, ids: string[]): string {
  return written({ ...rest, Resources: Object.fromEntries(ids.map((id) => [id, Resources[id]])) });
}

test('a snapshot shows each change of a template that breaks an invariant', () => {
  const [sound] = Object.values(APPS['of-a-job-with-every-prop']());
  for (const [title, changes] of Object.entries(BREAKS)) {
    changes.forEach((change, index) => {
      const broken: CloudFormationTemplate = JSON.parse(JSON.stringify(sound));
      change(broken);
      const [intact, changed] = [sound.Resources!, broken.Resources!];
      const ids = Object.keys({ ...intact, ...changed }).filter((id) => JSON.stringify(intact[id]) !== JSON.stringify(changed[id]));
      expect([title, index, writtenOnly(broken, ids) === writtenOnly(sound, ids)]).toEqual([title, index, false]);
    });
  }
});
