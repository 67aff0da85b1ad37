// What the local runner is made of, to be judged: a module of local/ as the bundle in bin/ has it.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { hashOf, madeOnce, ROOT } from './cache.mjs';

/** Loads what modules of local/ export: `load('cli/dockerfile.ts', 'clock.ts')`. */
export async function load(...modules) {
  const name = `local-${modules.join('-').replace(/[^\w-]/g, '-')}`;
  const directory = await madeOnce(name, hashOf(path.join(ROOT, 'local'), path.join(ROOT, 'package-lock.json')), (aside) => build({
    stdin: { contents: modules.map((file) => `export * from './local/${file}';`).join('\n'), resolveDir: ROOT },
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    outfile: path.join(aside, 'local.cjs'),
  }));
  return (await import(pathToFileURL(path.join(directory, 'local.cjs')))).default;
}
