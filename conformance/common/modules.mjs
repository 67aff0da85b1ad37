// Loads modules of the emulator and the command line, bundled as they are in bin/.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { CACHE, cached, hashOf } from './cache.mjs';
import { at, ROOT } from '../../tasks/project.mjs';

/** Returns all exports of the modules: `load('cli/dockerfile.ts', 'emulator/clock.ts')`. */
export async function load(...modules) {
  const name = `modules-${modules.map((module) => path.basename(module, '.ts')).join('-')}`;
  const sources = ['emulator', 'cli', 'src/contract', 'src/functions', 'package-lock.json', ...modules].map((file) => at(file));
  const directory = await cached(name, hashOf(...sources), (temporary) => bundle(modules, path.join(temporary, 'modules.cjs')));
  return importBundle(path.join(directory, 'modules.cjs'));
}

let brokenBundles = 0;

/** As `load`, with a break in one of the sources: in `file`, the text `from`, which must be there once, is `to`. */
export async function loadBroken(change, ...modules) {
  const outfile = await bundleBroken(change, ...modules);
  try {
    return await importBundle(outfile);
  } finally {
    fs.rmSync(outfile, { force: true });
  }
}

/** The file of a bundle with a break. */
export async function bundleBroken({ file, from, to }, ...modules) {
  const source = fs.readFileSync(at(file), 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} does not have this text once: ${from}`);
  const breaks = {
    name: 'breaks',
    setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, ({ path: loaded }) => loaded === at(file) ? { contents: source.replace(from, () => to), loader: 'ts' } : undefined),
  };
  const outfile = path.join(CACHE, `broken-${process.pid}-${brokenBundles++}.cjs`);
  await bundle(modules, outfile, [breaks]);
  return outfile;
}

function bundle(modules, outfile, plugins = []) {
  return build({
    stdin: { contents: modules.map((file) => `export * from './${file}';`).join('\n'), resolveDir: ROOT },
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    outfile,
    plugins,
  });
}

async function importBundle(file) {
  return (await import(pathToFileURL(file))).default;
}
