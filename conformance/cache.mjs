// Where the judges keep what they install and make: nothing of it is committed, all of it can be made again.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const CACHE = path.join(ROOT, '.cache', 'conformance');
fs.mkdirSync(CACHE, { recursive: true });

/** A hash of files, and of all files in folders. */
export function hashOf(...files) {
  const hash = createHash('sha256');
  const add = (file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    hash.update(`${path.relative(ROOT, file)}\0`);
    if (stat?.isDirectory()) fs.readdirSync(file).sort().filter((entry) => !['node_modules', 'cdk.out', '__pycache__'].includes(entry)).forEach((entry) => add(path.join(file, entry)));
    else if (stat) hash.update(fs.readFileSync(file));
  };
  files.forEach(add);
  return hash.digest('hex').slice(0, 16);
}

/**
 * A folder that is made once for each state of what it is made from. It is made aside and then moved, so that a judge that is
 * interrupted, or runs beside another, leaves no half of one. Older states are removed.
 */
export async function madeOnce(name, key, make) {
  const directory = path.join(CACHE, `${name}-${key}`);
  if (fs.existsSync(directory)) return directory;
  const aside = path.join(CACHE, `making-${name}-${key}-${process.pid}`);
  fs.rmSync(aside, { recursive: true, force: true });
  const started = Date.now();
  process.stderr.write(`making ${path.relative(ROOT, directory)} ...\n`);
  try {
    await make(aside);
    for (const entry of fs.readdirSync(CACHE)) {
      if (entry.startsWith(`${name}-`) && /^[0-9a-f]{16}$/.test(entry.slice(name.length + 1))) fs.rmSync(path.join(CACHE, entry), { recursive: true, force: true });
    }
    fs.renameSync(aside, directory);
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
  process.stderr.write(`made ${path.relative(ROOT, directory)}, ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
  return directory;
}
