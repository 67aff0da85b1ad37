// The packages of all languages in dist/, built when what goes into them has changed.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { step } from './step.mjs';

const CONTENT = ['.jsii', 'lib', 'assets', 'bin', 'README.md', 'API.md', 'LICENSE', 'package.json', '.npmignore', '.projen/tasks.json', 'rosetta'];
const PACKAGES = ['js', 'python', 'java', 'go', 'dotnet'];

/** Answers where they are. */
export async function packages(root) {
  const dist = path.join(root, 'dist');
  const mark = path.join(root, '.cache', 'languages', 'packages');
  const content = digest(root);
  const built = PACKAGES.every((language) => fs.existsSync(path.join(dist, language)));
  if (!built || !fs.existsSync(mark) || fs.readFileSync(mark, 'utf8') !== content) {
    for (const language of PACKAGES) fs.rmSync(path.join(dist, language), { recursive: true, force: true });
    await step('projen package-all', 'npx', ['projen', 'package-all'], { cwd: root });
    fs.mkdirSync(path.dirname(mark), { recursive: true });
    fs.writeFileSync(mark, content);
  }
  return dist;
}

function digest(root) {
  const hash = createHash('sha256');
  const add = (file) => {
    if (fs.statSync(file).isDirectory()) for (const entry of fs.readdirSync(file).sort()) add(path.join(file, entry));
    else hash.update(path.relative(root, file)).update(fs.readFileSync(file));
  };
  for (const file of CONTENT) add(path.join(root, file));
  return hash.digest('hex');
}
