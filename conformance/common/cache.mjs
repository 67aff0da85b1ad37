// Keeps what the suites install and build in .cache/conformance. Nothing of it is committed; everything can be made again.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { at, ROOT } from '../../tasks/project.mjs';

export const CACHE = at('.cache', 'conformance');
fs.mkdirSync(CACHE, { recursive: true });

const NOT_HASHED = ['node_modules', 'cdk.out', '__pycache__'];

/** A hash of the content of files and directories. */
export function hashOf(...files) {
  const hash = createHash('sha256');
  const add = (file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    hash.update(`${path.relative(ROOT, file)}\0`);
    if (stat?.isDirectory()) fs.readdirSync(file).sort().filter((entry) => !NOT_HASHED.includes(entry)).forEach((entry) => add(path.join(file, entry)));
    else if (stat) hash.update(fs.readFileSync(file));
  };
  files.forEach(add);
  return hash.digest('hex').slice(0, 16);
}

/**
 * Returns a directory that `make` has filled, once for each key. `make` fills a temporary directory, which is then renamed: a suite
 * that is interrupted, or that runs at the same time as another, leaves no incomplete directory. Directories of older keys are removed.
 */
export async function cached(name, key, make) {
  const directory = path.join(CACHE, `${name}-${key}`);
  if (fs.existsSync(directory)) return directory;
  const temporary = path.join(CACHE, `making-${name}-${key}-${process.pid}`);
  fs.rmSync(temporary, { recursive: true, force: true });
  fs.mkdirSync(temporary, { recursive: true });
  try {
    await make(temporary);
    for (const entry of fs.readdirSync(CACHE)) {
      if (entry.startsWith(`${name}-`) && /^[0-9a-f]{16}$/.test(entry.slice(name.length + 1))) fs.rmSync(path.join(CACHE, entry), { recursive: true, force: true });
    }
    fs.renameSync(temporary, directory);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
  return directory;
}
