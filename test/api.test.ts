import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

/** What jsii says of the compiled library: that is what the other languages are made of. */
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

test.each(types.map((type) => [type.name, type] as const))('%s is documented whole', (name, { docs, datatype, properties = [], methods = [], members = [] }) => {
  const silent = (those: Documented[]) => those.filter((it) => !it.docs?.summary).map((it) => it.name);
  expect({
    itself: docs?.summary ? 'documented' : name,
    undocumented: silent([...properties, ...methods, ...members, ...methods.flatMap(({ parameters = [] }) => parameters)]),
    withoutDefault: datatype ? properties.filter((it) => it.optional && !it.docs?.default).map((it) => it.name) : [],
  }).toEqual({ itself: 'documented', undocumented: [], withoutDefault: [] });
});

test('a mandatory prop claims no default', () => {
  const claims = types.filter(({ datatype }) => datatype).flatMap(({ name, properties = [] }) => properties.filter((it) => !it.optional && it.docs?.default).map((it) => `${name}.${it.name}`));
  expect(claims).toEqual([]);
});

/** What of aws-cdk-lib a process has loaded after it required `modules`: submodules, and files in its root. */
function loaded(...modules: string[]): string[] {
  const script = `
    for (const name of ${JSON.stringify(modules)}) require(name);
    const own = Object.keys(require.cache).map((file) => /aws-cdk-lib.([^/\\\\]+)/.exec(file)?.[1]);
    console.log(JSON.stringify([...new Set(own)].filter(Boolean).sort()));
  `;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
}

function filesOf(directory: string): string[] {
  return fs.readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => entry.isDirectory() ? filesOf(path.join(directory, entry.name)) : path.join(directory, entry.name))
    .filter((file) => file.endsWith('.js'));
}

test('import loads the submodules that the library names, and not the whole of aws-cdk-lib', () => {
  const named = new Set(filesOf(path.join(ROOT, 'lib'))
    .flatMap((file) => [...fs.readFileSync(file, 'utf8').matchAll(/require\("(aws-cdk-lib[^"]*)"\)/g)].map(([, name]) => name)));
  const submodules = loaded('./lib').filter((name) => name.startsWith('aws-'));
  expect(submodules).toContain('aws-batch');
  expect(loaded(...named)).toEqual(expect.arrayContaining(submodules));
  const all = fs.readdirSync(path.join(ROOT, 'node_modules', 'aws-cdk-lib')).filter((name) => name.startsWith('aws-'));
  expect(all.length).toBeGreaterThan(250);
  expect(submodules.length).toBeLessThan(all.length / 10);
});
