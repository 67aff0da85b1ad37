// Synthesizes the app of the simulation, bundles the simulation, and runs it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const out = at('.cache', 'simulation');
const quiet = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' };

const started = Date.now();
process.stderr.write('synthesizing test/fixtures/simulation/app.ts ...');
fs.rmSync(path.join(out, 'cdk.out'), { recursive: true, force: true });
must(process.execPath, [at('node_modules', 'ts-node', 'dist', 'bin.js'), '--transpile-only', '--project', at('tsconfig.dev.json'), at('test', 'fixtures', 'simulation', 'app.ts')], { CDK_OUTDIR: path.join(out, 'cdk.out'), ...quiet });
buildSync({
  entryPoints: [at('simulation', 'main.ts')],
  outfile: path.join(out, 'simulation.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  external: ['esbuild'],
});
process.stderr.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
process.exit(spawnSync(process.execPath, [path.join(out, 'simulation.js'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' }).status ?? 1);

function must(command, args, env = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(status ?? 1);
}
