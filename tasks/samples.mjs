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
const read = (...parts) => fs.readFileSync(at(...parts), 'utf8');
const TABLET = '.jsii.tabl.json';
const ROSETTA = at('node_modules', 'jsii-rosetta', 'bin', 'jsii-rosetta');
/** Warnings that do not matter here: the assemblies of the guides are not packages, and this version of Node.js may be old. */
const NOISE = /^(!!|\[jsii-rosetta\] \[WARN\] \.: packages necessary to compile examples missing)/;

const assembly = compiledAssembly();
const guides = fs.readdirSync(at('docs', 'guide')).filter((name) => name.endsWith('.md')).sort().map((name) => `docs/guide/${name}`);
fs.rmSync(at('.cache', 'samples'), { recursive: true, force: true });
fs.rmSync(at(TABLET), { force: true }); // jsii-rosetta does not compile what a tablet contains already
const directories = guides.map(writeAssembly);

const { status, output, seconds } = await compile(['.', ...directories]);
const text = withFileNames(output.split('\n').filter((line) => !NOISE.test(line)).join('\n').trim());
if (text !== '' && (status !== 0 || process.argv.includes('--verbose'))) process.stderr.write(`${text}\n`);
if (status !== 0) process.exit(1);
report();

/** The assembly that the compiler wrote. It contains the README, which may have changed since. */
function compiledAssembly() {
  const compiled = fs.existsSync(at('.jsii')) ? JSON.parse(read('.jsii')) : undefined;
  if (compiled?.readme.markdown.trim() === read('README.md').trim()) return compiled;
  const problem = compiled ? '.jsii contains an older README.md' : 'there is no .jsii';
  process.stderr.write(`${problem}; compile first: npx projen compile\n`);
  return process.exit(1);
}

/** Writes the assembly whose README is a guide. Its name is the guide's path, by which jsii-rosetta reports an error. */
function writeAssembly(guide) {
  const directory = path.join('.cache', 'samples', path.basename(guide, '.md'));
  const ofGuide = { ...assembly, name: guide, types: {}, submodules: {}, readme: { markdown: read(guide) } };
  fs.mkdirSync(at(directory), { recursive: true });
  fs.writeFileSync(at(directory, '.jsii'), JSON.stringify(ofGuide));
  fs.writeFileSync(at(directory, 'package.json'), '{}\n');
  fs.cpSync(at('rosetta'), at(directory, 'rosetta'), { recursive: true });
  return directory;
}

/** Runs jsii-rosetta, and shows that it is working: it prints nothing itself for many seconds. */
async function compile(assemblies) {
  const started = Date.now();
  const elapsed = () => Math.round((Date.now() - started) / 1000);
  const child = spawn(process.execPath, [ROSETTA, 'extract', '--strict', '--batch', '1000', '--directory', '.', ...assemblies], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => { printed += chunk; });
  const title = `compiling the samples of the package and of ${guides.length} guides ...`;
  const { isTTY } = process.stderr;
  process.stderr.write(isTTY ? title : `${title}\n`);
  const timer = setInterval(() => process.stderr.write(isTTY ? `\r${title} ${elapsed()} s` : `  ${elapsed()} s\n`), isTTY ? 1_000 : 5_000);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(timer);
  if (isTTY) process.stderr.write('\n');
  return { status: code ?? 1, output: printed, seconds: elapsed() };
}

/** One line for each file, with the number of its samples. */
function report() {
  const ofPackage = samplesIn('.');
  const ofReadme = ofPackage.filter(({ location }) => location.api.api === 'moduleReadme').length;
  const counts = [
    ['README.md', ofReadme],
    ['TSDoc comments', ofPackage.length - ofReadme],
    ...guides.map((guide, index) => [guide, samplesIn(directories[index]).length]),
  ];
  for (const [file, count] of counts) process.stdout.write(`${file}: ${count} ${count === 1 ? 'sample' : 'samples'}\n`);
  process.stdout.write(`${counts.reduce((sum, [, count]) => sum + count, 0)} samples compile, ${seconds} s\n`);
}

/** The samples that were compiled for an assembly: its tablet contains them. */
function samplesIn(directory) {
  return fs.existsSync(at(directory, TABLET)) ? Object.values(JSON.parse(read(directory, TABLET)).snippets) : [];
}

/** jsii-rosetta's `docs.guide.spot.md-README-L12.ts:3:5` is line 12 of docs/guide/spot.md. */
function withFileNames(printed) {
  const names = new Map([['cdk-heavy-batch', 'README.md'], ...guides.map((guide) => [guide.replaceAll('/', '.'), guide])]);
  return printed.replace(/([\w.-]+)-README-L(\d+)\.ts:\d+:\d+/g, (written, name, line) => names.has(name) ? `${names.get(name)}:${line}` : written);
}
