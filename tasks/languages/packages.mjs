// The packages of all languages, in dist/. They are built when their content has changed.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { at, ROOT } from '../project.mjs';
import { step } from '../step.mjs';

const CONTENT = ['.jsii', 'lib', 'assets', 'bin', 'testing', 'README.md', 'API.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE', 'THIRD-PARTY-LICENSES.txt', 'sbom.cdx.json', 'package.json', '.projen/tasks.json', 'rosetta'];

/** What is published for each language. Where there is no dotnet, there is a NuGet project but no package. */
const PACKAGES = {
  js: [/\.tgz$/],
  python: [/\.whl$/, /\.tar\.gz$/],
  java: [/\d\.jar$/, /-sources\.jar$/, /-javadoc\.jar$/, /\.pom$/],
  go: [/go\.mod$/, /\.tgz$/],
  dotnet: [/\.nupkg$|\.csproj$/, /\.nupkg$|\.tgz$/],
};

/** Returns the directory of the packages and the files that are published. */
export async function packages() {
  const dist = at('dist');
  const builtFrom = at('.cache', 'languages', 'packages');
  const content = digest();
  const built = Object.keys(PACKAGES).every((language) => fs.existsSync(path.join(dist, language)));
  if (!built || !fs.existsSync(builtFrom) || fs.readFileSync(builtFrom, 'utf8') !== content) {
    for (const language of Object.keys(PACKAGES)) fs.rmSync(path.join(dist, language), { recursive: true, force: true });
    await step('projen package-all', 'npx', ['projen', 'package-all']);
    fs.mkdirSync(path.dirname(builtFrom), { recursive: true });
    fs.writeFileSync(builtFrom, content);
  }
  return { dist, files: Object.entries(PACKAGES).flatMap(([language, wanted]) => published(path.join(dist, language), wanted)) };
}

/** The files that are published, with their sizes. */
function published(directory, wanted) {
  const files = fs.readdirSync(directory, { recursive: true }).map(String);
  return wanted.map((name) => {
    const file = files.find((candidate) => name.test(candidate));
    if (!file) throw new Error(`${directory} contains no file that matches ${name}`);
    return { file: `${path.basename(directory)}/${path.basename(file)}`, bytes: fs.statSync(path.join(directory, file)).size };
  });
}

function digest() {
  const hash = createHash('sha256');
  const add = (file) => {
    if (fs.statSync(file).isDirectory()) for (const entry of fs.readdirSync(file).sort()) add(path.join(file, entry));
    else hash.update(path.relative(ROOT, file)).update(fs.readFileSync(file));
  };
  for (const file of CONTENT) add(at(file));
  return hash.digest('hex');
}
