// A new user who has only the README: a fresh clone, an empty directory, and the code blocks in their order. The info string of a shell block
// says where it runs: `sh` in the app of the reader, `sh clone` in the clone, `sh aws` nowhere, because it needs an AWS account. A block
// `text output of <command>` is what the command must print. An app that the reader serves is used in a browser. The blocks of all other documents are
// checked, but not run.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Explanations } from './common/explanations.mjs';
import { Findings, SAMPLED, SELF_TEST } from './common/findings.mjs';
import { WITHOUT_ACCOUNT } from './common/without-account.mjs';
import { prepareBrowser } from './console/browser.mjs';
import { BREAKS } from './newcomer/breaks.mjs';
import { blocksOf, linksOf } from './newcomer/markdown.mjs';
import { missingLine } from './newcomer/output.mjs';
import { CHECKS, compileSample } from './newcomer/samples.mjs';
import { serveAndVisit } from './newcomer/visit.mjs';
import { ROOT } from '../tasks/project.mjs';
import { step } from '../tasks/step.mjs';

/** Commands of a README that are not run here. */
const explanations = new Explanations([
  { what: 'not run', type: 'npm test', place: /README\.md/, reason: 'the first check of tasks/ci.mjs' },
  ...SAMPLED ? [{ what: 'not run', type: 'npm run test:quick', place: /README\.md/, reason: 'npm test of tasks/ci.mjs runs these tests, too' }] : [],
]);

/** A document must show what these commands print. */
const SHOWN = /^(npm run demo|npx heavy-batch (run|serve)\b.*)$/;

/** A command that goes on until Ctrl-C. */
const SERVES = /^npx heavy-batch serve\b/;

/** Seconds in which a reader has an endpoint, a result and a cancelled run, from an empty folder. */
const LIMIT = 600;

const QUICKSTART = path.join('examples', 'typescript', 'quickstart');

const findings = new Findings('newcomer');
const { browser, reason: noBrowser } = await prepareBrowser();
if (!browser) console.log(`not run: the pages of apps that are served: ${noBrowser}`);
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-newcomer-'));
const clone = path.join(home, 'clone');
/** The files of the work tree. */
let copied = [];
try {
  copied = await copyWorkTree(clone);
  if (SELF_TEST) await followBroken();
  else await followAll();
} finally {
  await browser?.close();
  fs.rmSync(home, { recursive: true, force: true });
}
if (!SELF_TEST) explanations.report(findings);
findings.end();

async function followAll() {
  await follow('README.md', path.join(home, 'reports'));
  fs.cpSync(path.join(clone, QUICKSTART), path.join(home, 'quickstart'), { recursive: true });
  await follow(path.join(QUICKSTART, 'README.md'), path.join(home, 'quickstart'));
  for (const file of documents()) await checkDocument(file);
}

/** A document for each break, in a clone that is built. */
async function followBroken() {
  for (const name of ['node_modules', 'bin', 'lib', 'assets']) {
    fs.rmSync(path.join(clone, name), { recursive: true, force: true });
    fs.symlinkSync(path.join(ROOT, name), path.join(clone, name));
  }
  const breaks = BREAKS.filter(({ needsBrowser }) => browser || !needsBrowser);
  fs.writeFileSync(path.join(clone, 'sound.md'), [...new Set(breaks.map(({ sound }) => sound))].join('\n'));
  await follow('sound.md', path.join(home, 'sound'));
  await checkDocument('sound.md');
  for (const [index, { title, pattern, markdown }] of breaks.entries()) {
    findings.broken(title, pattern);
    fs.writeFileSync(path.join(clone, `${title}.md`), markdown);
    await follow(`${title}.md`, path.join(home, `app-${index}`));
    await checkDocument(`${title}.md`);
  }
}

/** Does what a README says. The reader writes all files first, and then runs the shell blocks; what is for the end of a file is added on the way. */
async function follow(readme, app) {
  fs.mkdirSync(app, { recursive: true });
  const blocks = blocksOf(read(readme));
  for (const { file, text } of blocks.filter((block) => block.file !== undefined)) {
    fs.mkdirSync(path.dirname(path.join(app, file)), { recursive: true });
    fs.writeFileSync(path.join(app, file), text);
  }
  const outputs = new Map();
  const isOfApp = ({ language, words }) => language === 'sh' && words.length === 0;
  let started;
  for (const block of blocks) {
    const name = `${readme}:${block.line}`;
    if (block.endOf !== undefined) fs.appendFileSync(path.join(app, block.endOf), block.text);
    if (started === undefined && isOfApp(block)) {
      if (/^npm install\b/m.test(block.text)) await packed(); // which is no work of the reader
      started = Date.now();
    }
    if (block.language === 'sh') await runBlock(name, block, app, outputs);
    if (isOfApp(block) && commandsOf(block).some((command) => SERVES.test(command))) checkTime(name, (Date.now() - started) / 1000);
    if (block.words[0] === 'output') compareOutput(name, block, outputs);
    // A sample that is a file is compiled by the command that runs it.
    if (block.language === 'ts' && block.file === undefined) report(name, await compileSample(block, app, clone));
  }
}

/** The command has printed what the document shows. */
function compareOutput(name, { words, text }, outputs) {
  const command = words.slice('output of'.split(' ').length).join(' ');
  const missing = outputs.has(command) ? missingLine(text, outputs.get(command)) : `anything: no block above runs ${command}`;
  report(name, missing === undefined ? undefined : `${command} did not print ${missing}\n  but ${outputs.get(command)?.slice(-2_000)}`);
}

async function runBlock(name, { words, text }, app, outputs) {
  if (words.includes('aws')) {
    console.log(`skipped ${name}: it needs an AWS account`);
    return;
  }
  const unknown = words.filter((word) => word !== 'clone');
  if (!findings.check(unknown.length === 0, `${name}: a shell block runs in 'clone' or needs 'aws', but this one has '${unknown.join(' ')}'`)) return;
  for (const command of commandsOf({ text })) {
    if (explanations.covers({ what: 'not run', type: command, place: name.replace(/:\d+$/, '') })) continue;
    outputs.set(command, await (SERVES.test(command) ? serve(name, command, app) : run(name, command, words.includes('clone') ? clone : app)));
    const isShown = !SHOWN.test(command) || read(name.replace(/:\d+$/, '')).includes(`\`\`\`text output of ${command}\n`);
    findings.check(isShown, `${name}: the document does not show what ${command} prints`);
  }
}

/** The commands of a shell block, without comments. */
function commandsOf({ text }) {
  return text.replace(/\\\n\s*/g, '').split('\n').map((line) => line.trim().replace(/\s+#.*$/, '')).filter((line) => line !== '' && !line.startsWith('#'));
}

/** Serves an app, and does with its page what a reader does. */
async function serve(name, command, app) {
  const began = Date.now();
  const check = (passed, message) => findings.check(passed, `${name}: ${message}`);
  const output = await serveAndVisit({ app, command, env: environment(), shell: (start) => run(name, start, app), browser, check });
  console.log(`${path.basename(app)}$ ${command}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return output;
}

function checkTime(name, seconds) {
  if (!SELF_TEST) console.log(`${name}: from an empty folder to an endpoint${browser ? ', a result and a cancelled run' : ''}: ${seconds.toFixed(0)} s`);
  findings.check(seconds < LIMIT, `${name}: the reader has needed ${seconds.toFixed(0)} s, which are more than ${LIMIT}`);
}

/** Without an account, and without what npm tells its scripts. */
function environment() {
  const npmVariables = Object.keys(process.env).filter((key) => key.startsWith('npm_') || key === 'NODE_PATH');
  return { ...WITHOUT_ACCOUNT, ...Object.fromEntries(npmVariables.map((key) => [key, undefined])) };
}

async function run(name, command, cwd) {
  // The package is not published yet, or not with the changes of this clone.
  const script = /^npm install\b/.test(command) ? command.replace(/(?<=\s)cdk-heavy-batch(?=\s|$)/, await packed()) : command;
  const { status, output } = await step(`${path.basename(cwd)}$ ${command}`, 'bash', ['-c', script], { cwd, env: environment(), check: false });
  findings.check(status === 0, `${name}: ${command} exited with ${status}: ${output.slice(-4_000)}`);
  return output;
}

/** The package of the clone. The README has had its reader build the clone. */
async function packed() {
  const existing = fs.readdirSync(home).find((entry) => entry.endsWith('.tgz'));
  if (existing) return path.join(home, existing);
  const { stdout } = await step('npm pack', 'npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', home], { cwd: clone });
  return path.join(home, stdout.trim().split('\n').at(-1));
}

/** Every block is valid, and every link leads to a file. */
async function checkDocument(file) {
  for (const block of blocksOf(read(file))) {
    const name = `${file}:${block.line}`;
    const check = CHECKS[block.language];
    report(name, check ? await check(block, clone) : `there is no check for blocks of '${block.language}'`);
  }
  for (const { line, target } of linksOf(read(file))) {
    findings.check(fs.existsSync(path.join(clone, path.dirname(file), target)), `${file}:${line} links to ${target}, which does not exist`);
  }
}

function report(name, problem) {
  findings.check(problem === undefined, `${name}: ${problem}`);
}

function read(file) {
  return fs.readFileSync(path.join(clone, file), 'utf8');
}

/** Copies what a clone would have if all changes were committed: no ignored file, no node_modules. */
async function copyWorkTree(to) {
  const { stdout } = await step('git ls-files', 'git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  const files = stdout.split('\0').filter((name) => fs.statSync(path.join(ROOT, name), { throwIfNoEntry: false })?.isFile());
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
    fs.copyFileSync(path.join(ROOT, file), path.join(to, file));
  }
  return files;
}

/** All Markdown files that people write. */
function documents() {
  return copied.filter((file) => file.endsWith('.md') && file !== 'API.md').sort();
}
