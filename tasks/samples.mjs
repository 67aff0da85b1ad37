// Compiles every TypeScript sample of the README, the TSDoc comments and the guides. `node tasks/samples.mjs [--verbose]`
//
// jsii-rosetta reads samples from a jsii assembly only. So each guide becomes the README of an assembly of its own in .cache/samples/, beside a copy
// of the fixtures. One run of jsii-rosetta compiles all of them together with the package itself, whose translations (.jsii.tabl.json) are what
// jsii-pacmak puts into the documentation of the other languages.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const GUIDES = path.join('docs', 'guide');
const OUT = path.join('.cache', 'samples');
const TABLET = '.jsii.tabl.json';
const verbose = process.argv.includes('--verbose');

const compiled = fs.existsSync(at('.jsii')) ? JSON.parse(fs.readFileSync(at('.jsii'), 'utf8')) : undefined;
if (compiled?.readme.markdown.trim() !== fs.readFileSync(at('README.md'), 'utf8').trim()) {
  process.stderr.write(`${compiled ? '.jsii has an older README.md' : 'there is no .jsii'}, which the compiler writes: npx projen compile\n`);
  process.exit(1);
}

const guides = fs.readdirSync(at(GUIDES)).filter((name) => name.endsWith('.md')).sort().map((name) => path.posix.join('docs', 'guide', name));
fs.rmSync(at(OUT), { recursive: true, force: true });
const assemblies = guides.map(assemblyOf);
// A translation that is left from before would not be compiled again.
fs.rmSync(at(TABLET), { force: true });

const { status, output, seconds } = await rosetta(['.', ...assemblies]);
// The names of the guides' assemblies are no packages, and the frame of exclamation marks is about the version of Node.js.
const failures = output.split('\n').filter((line) => !/^(!!|\[jsii-rosetta\] \[WARN\] \.: packages necessary to compile examples missing)/.test(line)).join('\n').trim();
if (failures !== '' && (verbose || status !== 0)) process.stderr.write(`${withFileNames(failures)}\n`);
if (status !== 0) process.exit(1);

const counts = [...countsOfPackage(), ...guides.map((guide, index) => [guide, samplesOf(at(assemblies[index])).length])];
for (const [file, count] of counts) process.stdout.write(`${file}: ${count} sample${count === 1 ? '' : 's'}\n`);
process.stdout.write(`${counts.reduce((sum, [, count]) => sum + count, 0)} samples compile, ${seconds} s\n`);

/** Writes the assembly whose README is a guide. Its name is the guide's path, by which jsii-rosetta reports an error. */
function assemblyOf(guide) {
  const directory = path.join(OUT, path.basename(guide, '.md'));
  fs.mkdirSync(at(directory), { recursive: true });
  fs.writeFileSync(at(directory, '.jsii'), JSON.stringify({ ...compiled, name: guide, types: {}, submodules: {}, readme: { markdown: fs.readFileSync(at(guide), 'utf8') } }));
  fs.writeFileSync(at(directory, 'package.json'), '{}\n');
  fs.cpSync(at('rosetta'), at(directory, 'rosetta'), { recursive: true });
  return directory;
}

/** Runs jsii-rosetta, and shows that it is working: it prints nothing itself for many seconds. */
function rosetta(directories) {
  const started = Date.now();
  const elapsed = () => ((Date.now() - started) / 1000).toFixed(0);
  const child = spawn(process.execPath, [at('node_modules', 'jsii-rosetta', 'bin', 'jsii-rosetta'), 'extract', '--strict', '--batch', '1000', '--directory', '.', ...directories], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { output += text; });
  const title = `compiling the samples of the package and of ${guides.length} guides`;
  process.stderr.write(process.stderr.isTTY ? '' : `${title} ...\n`);
  const ticks = setInterval(() => process.stderr.write(process.stderr.isTTY ? `\r${title} ... ${elapsed()} s` : `  ${elapsed()} s\n`), process.stderr.isTTY ? 1_000 : 5_000);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      clearInterval(ticks);
      process.stderr.write(process.stderr.isTTY ? '\r\u001b[K' : '');
      resolve({ status: code ?? 1, output, seconds: elapsed() });
    });
  });
}

/** Samples that were compiled for an assembly, from its tablet. */
function samplesOf(directory) {
  const file = path.join(directory, TABLET);
  return fs.existsSync(file) ? Object.values(JSON.parse(fs.readFileSync(file, 'utf8')).snippets) : [];
}

function countsOfPackage() {
  const samples = samplesOf(root);
  const ofReadme = samples.filter(({ location }) => location.api.api === 'moduleReadme').length;
  return [['README.md', ofReadme], ['TSDoc', samples.length - ofReadme]];
}

/** `docs.guide.spot.md-README-L12.ts:3:5` is line 12 of docs/guide/spot.md; the package's own README is its assembly's. */
function withFileNames(text) {
  const names = new Map([['cdk-heavy-batch', 'README.md'], ...guides.map((guide) => [guide.replaceAll('/', '.'), guide])]);
  return text.replace(/([\w.-]+)-README-L(\d+)\.ts:\d+:\d+/g, (written, name, line) => names.has(name) ? `${names.get(name)}:${line}` : written);
}
