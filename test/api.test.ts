import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

/** The API as jsii describes it. The packages of the other languages are generated from this description. */
const ROOT = path.join(__dirname, '..');

interface Documented {
  readonly name: string;
  readonly optional?: boolean;
  readonly docs?: { readonly summary?: string; readonly default?: string };
}
interface Type extends Documented {
  readonly kind: string;
  readonly datatype?: boolean;
  readonly properties?: Documented[];
  readonly methods?: (Documented & { readonly parameters?: Documented[] })[];
  readonly members?: Documented[];
}

const types: Type[] = Object.values(JSON.parse(fs.readFileSync(path.join(ROOT, '.jsii'), 'utf8')).types);

test.each(types.map((type) => [type.name, type] as const))('%s is completely documented', (name, { docs, datatype, properties = [], methods = [], members = [] }) => {
  const undocumented = (entries: Documented[]) => entries.filter((entry) => !entry.docs?.summary).map((entry) => entry.name);
  expect({
    type: docs?.summary ? 'documented' : name,
    undocumented: undocumented([...properties, ...methods, ...members, ...methods.flatMap(({ parameters = [] }) => parameters)]),
    withoutDefault: datatype ? properties.filter((prop) => prop.optional && !prop.docs?.default).map((prop) => prop.name) : [],
  }).toEqual({ type: 'documented', undocumented: [], withoutDefault: [] });
});

test('a required prop has no default', () => {
  const defaults = types.filter(({ datatype }) => datatype).flatMap(({ name, properties = [] }) => properties.filter((prop) => !prop.optional && prop.docs?.default).map((prop) => `${name}.${prop.name}`));
  expect(defaults).toEqual([]);
});

/** The parts of aws-cdk-lib that a process has loaded after it required `modules`: submodules, and files in its root. */
function loaded(...modules: string[]): string[] {
  const script = `
    for (const name of ${JSON.stringify(modules)}) require(name);
    const parts = Object.keys(require.cache).map((file) => /aws-cdk-lib.([^/\\\\]+)/.exec(file)?.[1]);
    console.log(JSON.stringify([...new Set(parts)].filter(Boolean).sort()));
  `;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
}

function filesOf(directory: string): string[] {
  return fs.readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => entry.isDirectory() ? filesOf(path.join(directory, entry.name)) : path.join(directory, entry.name))
    .filter((file) => file.endsWith('.js'));
}

test('importing the library loads the submodules of aws-cdk-lib that it uses, and not all of them', () => {
  const named = new Set(filesOf(path.join(ROOT, 'lib'))
    .flatMap((file) => [...fs.readFileSync(file, 'utf8').matchAll(/require\("(aws-cdk-lib[^"]*)"\)/g)].map(([, name]) => name)));
  const submodules = loaded('./lib').filter((name) => name.startsWith('aws-'));
  expect(submodules).toContain('aws-batch');
  expect(loaded(...named)).toEqual(expect.arrayContaining(submodules));
  const all = fs.readdirSync(path.join(ROOT, 'node_modules', 'aws-cdk-lib')).filter((name) => name.startsWith('aws-'));
  expect(all.length).toBeGreaterThan(250);
  expect(submodules.length).toBeLessThan(all.length / 10);
});
