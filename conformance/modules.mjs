// Modules of the emulator and the command line, bundled as bin/ has them.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { hashOf, madeOnce, ROOT } from './cache.mjs';

/** Loads what modules export: `load('cli/dockerfile.ts', 'emulator/clock.ts')`. */
export async function load(...modules) {
  const name = `modules-${modules.join('-').replace(/[^\w-]/g, '-')}`;
  const directory = await madeOnce(name, hashOf(...['emulator', 'cli', 'src/contract', 'package-lock.json'].map((file) => path.join(ROOT, file))), (aside) => build({
    stdin: { contents: modules.map((file) => `export * from './${file}';`).join('\n'), resolveDir: ROOT },
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    outfile: path.join(aside, 'modules.cjs'),
  }));
  return (await import(pathToFileURL(path.join(directory, 'modules.cjs')))).default;
}
