// Synthesizes the quickstart and runs its job on this machine.
import path from 'node:path';
import { at, EXAMPLES } from './project.mjs';
import { script, step, synthesize } from './step.mjs';

await script(async () => {
  const out = path.join(EXAMPLES, 'quickstart', 'cdk.out');
  await synthesize('examples/typescript/quickstart', path.join(EXAMPLES, 'quickstart', 'app.ts'), out);
  const { status } = await step('heavy-batch run', process.execPath, [at('bin', 'heavy-batch.js'), 'run', 'Quickstart/Sort', '--app', out, ...process.argv.slice(2)], { inherit: true, check: false });
  process.exitCode = status ?? 1;
});
