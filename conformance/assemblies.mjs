// What the project emits, and the judges judge: every TypeScript example and every stack that is kept as a snapshot, synthesized.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { hashOf, madeOnce, ROOT } from './cache.mjs';

const EXAMPLES = path.join(ROOT, 'examples', 'typescript');
const AT_ONCE = 2;

/**
 * Synthesizes once for each state of the sources. Answers an entry an app: its name (`examples/typescript/quickstart`,
 * `snapshot/of-a-job-with-every-prop`), its cloud assembly's folder, and its stacks.
 */
export async function assemblies() {
  const sources = ['lib', 'assets/lambda', 'src', 'test/stacks.ts', 'test/fixtures', 'conformance/assemblies.mjs', 'conformance/snapshot-app.ts', 'package-lock.json'];
  const directory = await madeOnce('assemblies', hashOf(...sources.map((file) => path.join(ROOT, file)), EXAMPLES), async (aside) => {
    const examples = fs.readdirSync(EXAMPLES).filter((name) => fs.existsSync(path.join(EXAMPLES, name, 'app.ts'))).sort();
    const work = [
      () => synthesize('the snapshots', path.join(ROOT, 'conformance'), 'snapshot-app.ts', path.join(aside, 'snapshot')),
      ...examples.map((name) => () => synthesize(name, path.join(EXAMPLES, name), 'app.ts', path.join(aside, 'examples', 'typescript', name))),
    ];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let next = work.shift(); next; next = work.shift()) await next();
    }));
  });
  return [path.join('examples', 'typescript'), 'snapshot'].flatMap((kind) => {
    const within = path.join(directory, kind);
    return (fs.existsSync(within) ? fs.readdirSync(within).sort() : []).map((entry) => {
      const assembly = path.join(within, entry);
      return { name: `${kind}/${entry}`, directory: assembly, stacks: stacksOf(assembly) };
    });
  });
}

/** The stacks of a cloud assembly, in the order in which they can be deployed, those of its stages too. */
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

function synthesize(what, cwd, file, outdir) {
  fs.mkdirSync(outdir, { recursive: true });
  const child = spawn(process.execPath, [path.join(ROOT, 'node_modules', 'ts-node', 'dist', 'bin.js'), '--transpile-only', '--project', path.join(ROOT, 'tsconfig.dev.json'), file], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CDK_OUTDIR: outdir, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text; });
  process.stderr.write(`synthesizing ${what} ...\n`);
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (status) => status === 0 ? resolve() : reject(new Error(`${what} does not synthesize:\n${said}`))));
}
