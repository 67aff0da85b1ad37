// Loads modules of the emulator and the command line, bundled as they are in bin/.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { cached, hashOf } from './cache.mjs';
import { at, ROOT } from '../../tasks/project.mjs';

/** Returns all exports of the modules: `load('cli/dockerfile.ts', 'emulator/clock.ts')`. */
export async function load(...modules) {
  const name = `modules-${modules.map((module) => path.basename(module, '.ts')).join('-')}`;
  const directory = await cached(name, hashOf(...['emulator', 'cli', 'src/contract', 'package-lock.json'].map((file) => at(file))), (temporary) => build({
    stdin: { contents: modules.map((file) => `export * from './${file}';`).join('\n'), resolveDir: ROOT },
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    outfile: path.join(temporary, 'modules.cjs'),
  }));
  return (await import(pathToFileURL(path.join(directory, 'modules.cjs')))).default;
}
