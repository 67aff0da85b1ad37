// The apps that the suites examine: every TypeScript example, and every stack that is kept as a snapshot, synthesized.
import fs from 'node:fs';
import path from 'node:path';
import { cached, hashOf } from './cache.mjs';
import { SEED } from './findings.mjs';
import { at, EXAMPLES, typescriptExamples } from '../../tasks/project.mjs';
import { forEach, synthesize } from '../../tasks/step.mjs';

const SOURCES = ['lib', 'assets', 'src', 'test/stacks.ts', 'test/fixtures', 'conformance/common/snapshot-app.ts', 'package-lock.json', 'examples/typescript'];
const GENERATOR = ['lib', 'assets', 'src', 'test/stacks.ts', 'test/fixtures', 'test/templates/any-app', 'conformance/common/generated-apps.ts', 'package-lock.json'];
const EXAMPLE = path.join('examples', 'typescript');
const SNAPSHOT = 'snapshot';

/**
 * Synthesizes the apps once for each state of the sources. Returns the name of each app (`examples/typescript/quickstart`,
 * `snapshot/of-a-job-with-every-prop`), the directory of its cloud assembly, and its stacks.
 */
export async function assemblies() {
  const directory = await cached('assemblies', hashOf(...SOURCES.map((file) => at(file))), async (temporary) => {
    const apps = typescriptExamples().map((name) => [name, path.join(EXAMPLES, name, 'app.ts'), path.join(temporary, EXAMPLE, name)]);
    apps.unshift(['the snapshots', at('conformance', 'common', 'snapshot-app.ts'), path.join(temporary, SNAPSHOT)]);
    await forEach(apps, async ([title, app, outdir]) => {
      fs.mkdirSync(outdir, { recursive: true });
      await synthesize(title, app, outdir);
    });
  });
  return [EXAMPLE, SNAPSHOT].flatMap((kind) => fs.readdirSync(path.join(directory, kind)).sort().map((entry) => {
    const assembly = path.join(directory, kind, entry);
    return { name: `${kind}/${entry}`, directory: assembly, stacks: stacksOf(assembly) };
  }));
}

/** How many apps are generated. By hand: `APPS=500 npm run conformance -- cfn-lint`. */
export const APPS = Number(process.env.APPS ?? 30);

/** Apps with any props, those that are not refused: `generated/7` of a seed. What is in a scope with `Values` is what the app itself adds. */
export async function generatedAssemblies() {
  const directory = await cached('generated', hashOf(...GENERATOR.map((file) => at(file)), `${APPS} apps of SEED=${SEED}`), (temporary) =>
    synthesize(`${APPS} generated apps`, at('conformance', 'common', 'generated-apps.ts'), temporary, { SEED: String(SEED), APPS: String(APPS) }));
  const directories = fs.readdirSync(directory).sort((a, b) => a - b).map((entry) => path.join(directory, entry));
  return directories.map((assembly) => ({ name: `generated/${path.basename(assembly)}`, directory: assembly, stacks: stacksOf(assembly) }));
}

/** The stacks of a cloud assembly and of its stages, in the order in which they can be deployed. */
export function stacksOf(assembly) {
  const { artifacts = {} } = JSON.parse(fs.readFileSync(path.join(assembly, 'manifest.json'), 'utf8'));
  const ordered = [];
  const visit = (id) => {
    const artifact = artifacts[id];
    if (!artifact || ordered.includes(id)) return;
    (artifact.dependencies ?? []).forEach(visit);
    ordered.push(id);
  };
  Object.keys(artifacts).forEach(visit);
  return ordered.flatMap((id) => {
    const { type, properties } = artifacts[id];
    if (type === 'cdk:cloud-assembly') return stacksOf(path.join(assembly, properties.directoryName));
    if (type !== 'aws:cloudformation:stack') return [];
    return [{ id, name: properties.stackName ?? id, file: path.join(assembly, properties.templateFile), assets: path.join(assembly, `${id}.assets.json`) }];
  });
}
