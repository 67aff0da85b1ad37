// Where things are in this project. No packages are imported: tasks/prepare.mjs uses this module before anything is installed.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** A path below the root of the project. */
export function at(...parts) {
  return path.join(ROOT, ...parts);
}

export const EXAMPLES = at('examples', 'typescript');

/** The names of the TypeScript examples. */
export function typescriptExamples() {
  return fs.readdirSync(EXAMPLES).filter((name) => fs.existsSync(path.join(EXAMPLES, name, 'app.ts'))).sort();
}

/** The npm package that `projen package:js` built. */
export function tarball() {
  const directory = at('dist', 'js');
  const name = fs.readdirSync(directory).find((file) => file.endsWith('.tgz'));
  if (!name) throw new Error(`${directory} contains no package`);
  return path.join(directory, name);
}
