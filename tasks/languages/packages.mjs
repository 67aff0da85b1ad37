// The packages of all languages in dist/, built when what goes into them has changed.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { step } from './step.mjs';

const CONTENT = ['.jsii', 'lib', 'assets', 'bin', 'README.md', 'API.md', 'LICENSE', 'package.json', '.npmignore', '.projen/tasks.json', 'rosetta'];

/** What is published for each language. A NuGet package is packed only where there is a dotnet: its project is there in any case. */
const PACKAGES = {
  js: [/\.tgz$/],
  python: [/\.whl$/, /\.tar\.gz$/],
  java: [/\d\.jar$/, /-sources\.jar$/, /-javadoc\.jar$/, /\.pom$/],
  go: [/go\.mod$/, /\.tgz$/],
  dotnet: [/\.nupkg$|\.csproj$/, /\.nupkg$|\.tgz$/],
};

/** Answers where they are, and what is in there for the world. */
export async function packages(root) {
  const dist = path.join(root, 'dist');
  const mark = path.join(root, '.cache', 'languages', 'packages');
  const content = digest(root);
  const built = Object.keys(PACKAGES).every((language) => fs.existsSync(path.join(dist, language)));
  if (!built || !fs.existsSync(mark) || fs.readFileSync(mark, 'utf8') !== content) {
    for (const language of Object.keys(PACKAGES)) fs.rmSync(path.join(dist, language), { recursive: true, force: true });
    await step('projen package-all', 'npx', ['projen', 'package-all'], { cwd: root });
    fs.mkdirSync(path.dirname(mark), { recursive: true });
    fs.writeFileSync(mark, content);
  }
  return { dist, files: Object.entries(PACKAGES).flatMap(([language, wanted]) => published(path.join(dist, language), wanted)) };
}

/** The files that are published, with their sizes. */
function published(directory, wanted) {
  const files = fs.readdirSync(directory, { recursive: true }).map(String);
  return wanted.map((name) => {
    const file = files.find((candidate) => name.test(candidate));
    if (!file) throw new Error(`${directory} has nothing like ${name}`);
    return { file: `${path.basename(directory)}/${path.basename(file)}`, bytes: fs.statSync(path.join(directory, file)).size };
  });
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
