// Synthesizes the app of the simulation, bundles the simulation, and runs it with the arguments of this script.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const fromRoot = (...parts) => path.join(root, ...parts);
const output = fromRoot('.cache', 'simulation');
const app = path.join('test', 'fixtures', 'simulation', 'app.ts');

const startedAt = Date.now();
process.stderr.write(`synthesizing ${app} and bundling the simulation ...`);
synthesize();
bundleSimulation();
process.stderr.write(` ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
process.exit(spawnSync(process.execPath, [path.join(output, 'simulation.js'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' }).status ?? 1);

function synthesize() {
  fs.rmSync(path.join(output, 'cdk.out'), { recursive: true, force: true });
  const tsNode = fromRoot('node_modules', 'ts-node', 'dist', 'bin.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsNode, '--transpile-only', '--project', fromRoot('tsconfig.dev.json'), fromRoot(app)], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CDK_OUTDIR: path.join(output, 'cdk.out'), JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' },
  });
  if (status === 0) return;
  process.stderr.write(`\n${stdout}${stderr}`);
  process.exit(status ?? 1);
}

function bundleSimulation() {
  buildSync({
    entryPoints: [fromRoot('simulation', 'main.ts')],
    outfile: path.join(output, 'simulation.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['esbuild'],
  });
}
