// Synthesizes the quickstart and runs its job on this machine.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const example = path.join(root, 'examples', 'typescript', 'quickstart');
const out = path.join(example, 'cdk.out');

const started = Date.now();
process.stderr.write('synthesizing examples/typescript/quickstart ...');
const synth = spawnSync(process.execPath, [path.join(root, 'node_modules', 'ts-node', 'dist', 'bin.js'), '--transpile-only', '--project', path.join(root, 'tsconfig.dev.json'), 'app.ts'], {
  cwd: example,
  encoding: 'utf8',
  env: { ...process.env, CDK_OUTDIR: out, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' },
});
process.stderr.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n\n`);
if (synth.status !== 0) {
  process.stderr.write(synth.stdout + synth.stderr);
  process.exit(synth.status ?? 1);
}
const run = spawnSync(process.execPath, [path.join(root, 'bin', 'heavy-batch.js'), 'run', 'Quickstart/Sort', '--app', out, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(run.status ?? 1);
