// Synthesizes the app of the simulation, bundles the simulation, and runs it.
import fs from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { at } from './project.mjs';
import { script, step, synthesize } from './step.mjs';

const out = at('.cache', 'simulation');
const bundle = path.join(out, 'simulation.js');

await script(async () => {
  fs.rmSync(path.join(out, 'cdk.out'), { recursive: true, force: true });
  await synthesize('the app of the simulation', at('test', 'fixtures', 'simulation', 'app.ts'), path.join(out, 'cdk.out'));
  buildSync({
    entryPoints: [at('simulation', 'main.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['esbuild'],
  });
  const { status } = await step('simulation', process.execPath, [bundle, ...process.argv.slice(2)], { inherit: true, check: false });
  process.exitCode = status;
});
