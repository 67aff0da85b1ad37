// Somebody who has the README and nothing else: a fresh clone, an empty folder, and each code block in its order. What needs an account
// is read and not run.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './cache.mjs';
import { Findings } from './findings.mjs';
import { blocksOf, linksOf } from './markdown-blocks.mjs';

/** Commands that are not run here, and who runs them. */
const RUN_ELSEWHERE = { 'npm test': 'the whole of it is what CI begins with, in a fresh clone as well' };

const findings = new Findings('newcomer');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-newcomer-'));
try {
  const clone = path.join(home, 'clone');
  copyOfTheWorkTree(clone);
  const scripts = JSON.parse(fs.readFileSync(path.join(clone, 'package.json'), 'utf8')).scripts;

  await follow('README.md', path.join(home, 'reports'), clone);

  const quickstart = path.join('examples', 'typescript', 'quickstart');
  const copied = path.join(home, 'quickstart');
  fs.cpSync(path.join(clone, quickstart), copied, { recursive: true });
  await follow(path.join(quickstart, 'README.md'), copied, clone);

  for (const readme of allReadmes(clone)) {
    for (const { line, to } of linksOf(fs.readFileSync(path.join(clone, readme), 'utf8'))) {
      findings.check(fs.existsSync(path.join(clone, path.dirname(readme), to)), `${readme}:${line} points to ${to}, which is not there`);
    }
  }
  console.log(`npm scripts that a reader is told of: ${Object.keys(RUN_ELSEWHERE).map((command) => `${command} (${command.replace('npm ', '') in scripts ? 'there' : 'not there'})`).join(', ')}`);
} finally {
  fs.rmSync(home, { recursive: true, force: true });
}
findings.end();

/** Does what a README says, block by block: in an app's folder, or where it says so in the clone. */
async function follow(readme, app, clone) {
  fs.mkdirSync(app, { recursive: true });
  if (!fs.existsSync(path.join(app, 'package.json'))) fs.writeFileSync(path.join(app, 'package.json'), '{"private": true}\n');
  const blocks = blocksOf(fs.readFileSync(path.join(clone, readme), 'utf8'));
  // Files first: a reader writes them all before running anything.
  for (const { file, text } of blocks.filter((block) => block.file !== undefined)) {
    fs.mkdirSync(path.dirname(path.join(app, file)), { recursive: true });
    fs.writeFileSync(path.join(app, file), text);
  }
  for (const block of blocks) await look(`${readme}:${block.line}`, block, app, clone);
}

async function look(where, { language, fixture, text, file, needsAccount, inClone }, app, clone) {
  switch (language) {
    case 'sh': {
      const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' });
      if (!findings.check(status === 0, `${where}: bash cannot read it: ${stderr}`) || needsAccount) return;
      for (const command of commandsOf(text)) await run(where, command, inClone ? clone : app, clone);
      return;
    }
    case 'ts':
      // One that is a file is compiled by what runs it; the others as jsii-rosetta completes them.
      if (file === undefined) compile(where, text, fixture, app, clone);
      return;
    case 'js': {
      const AsyncFunction = (async () => undefined).constructor;
      try {
        new AsyncFunction(text);
        findings.passed();
      } catch (error) {
        findings.failed(`${where}: ${error.message}`);
      }
      return;
    }
    case 'json':
      try {
        JSON.parse(text);
        findings.passed();
      } catch (error) {
        findings.failed(`${where}: ${error.message}`);
      }
      return;
    case 'python': {
      const { status, stderr } = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: text, encoding: 'utf8' });
      findings.check(status === 0, `${where}: ${stderr}`);
      return;
    }
    case 'dockerfile':
      findings.check(file !== undefined, `${where}: nobody is told where this Dockerfile is to be`);
      return;
    case 'text':
      if (text.startsWith('heavy-batch ')) usage(where, text, clone);
      return;
    default:
      findings.failed(`${where}: nobody looks at blocks of '${language}'`);
  }
}

/** The lines, those that are continued joined. */
function commandsOf(text) {
  return text.replace(/\\\n\s*/g, '').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

async function run(where, line, cwd, clone) {
  const command = line.replace(/\s+#.*$/, '');
  if (command in RUN_ELSEWHERE) {
    console.log(`not run: ${command} (${RUN_ELSEWHERE[command]})`);
    return;
  }
  // The package is not published yet, or not as it is here.
  const said = /^npm install\b/.test(command) ? command.replace(/(?<=\s)cdk-heavy-batch(?=\s|$)/, packed(clone)) : command;
  const started = Date.now();
  process.stderr.write(`${path.basename(cwd)}$ ${command} ...\n`);
  const { status, output } = await shell(said, cwd);
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  findings.check(status === 0, `${where}: ${command} exited with ${status}: ${output.slice(-4_000)}`);
}

function shell(command, cwd) {
  const child = spawn('bash', ['-c', command], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(AWS_|npm_|NODE_PATH$)/.test(key))),
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { output += text; });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (status) => resolve({ status, output })));
}

/** The clone's package, built by what the README has had its reader run there. */
function packed(clone) {
  const name = fs.readdirSync(home).find((entry) => entry.endsWith('.tgz'));
  if (name) return path.join(home, name);
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', home], { cwd: clone, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack exited with ${status}: ${stderr}`);
  return path.join(home, stdout.trim().split('\n').at(-1));
}

function compile(where, text, fixture, app, clone) {
  const lines = text.split('\n');
  const isImport = (line) => /^import .* from '.*';/.test(line);
  const around = fixture === undefined ? '/// here' : fs.readFileSync(path.join(clone, 'rosetta', `${fixture}.ts-fixture`), 'utf8');
  const imports = [...new Set([...around.split('\n'), ...lines].filter(isImport))];
  const body = around.split('\n').filter((line) => !isImport(line)).join('\n').replace('/// here', () => lines.filter((line) => !isImport(line)).join('\n'));
  const file = path.join(app, `sample-${where.replace(/\W+/g, '-')}.ts`);
  fs.writeFileSync(file, `${namedOnce(imports).join('\n')}\n${body}\nexport {};\n`);
  const { status, stdout, error } = spawnSync(process.execPath, [
    path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', '--moduleResolution', 'nodenext', file,
  ], { cwd: app, encoding: 'utf8' });
  findings.check(status === 0, `${where}: it does not compile: ${error?.message ?? stdout}`);
}

/** The imports of a fixture and of its sample, each name once. */
function namedOnce(imports) {
  const named = new Map();
  const others = [];
  for (const line of imports) {
    const [, names, from] = /^import \{ (.*) \} from ('.*');/.exec(line) ?? [];
    if (from) named.set(from, [...new Set([...named.get(from) ?? [], ...names.split(/,\s*/)])]);
    else others.push(line);
  }
  return [...[...named].map(([from, names]) => `import { ${names.join(', ')} } from ${from};`), ...others];
}

/** A usage names the options that there are, and no others. */
function usage(where, text, clone) {
  for (const part of text.split(/\n(?=heavy-batch )/)) {
    const command = part.split(/\s+/)[1];
    const { status, stdout } = spawnSync(process.execPath, [path.join(clone, 'bin', 'heavy-batch.js'), command, '--help'], { encoding: 'utf8' });
    if (!findings.check(status === 0, `${where}: there is no command 'heavy-batch ${command}'`)) continue;
    const told = new Set(part.match(/--[\w-]+/g) ?? []);
    const known = new Set([...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option).filter((option) => option !== '--help'));
    const wrong = [...told].filter((option) => !known.has(option));
    const missing = [...known].filter((option) => !told.has(option));
    findings.check(wrong.length + missing.length === 0, `${where}: the usage of 'heavy-batch ${command}' has ${wrong.join(', ') || 'nothing'} too many and lacks ${missing.join(', ') || 'nothing'}`);
  }
}

/** What a clone would have if all were committed: no ignored file, no node_modules. */
function copyOfTheWorkTree(to) {
  const { status, stdout, stderr } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`git ls-files exited with ${status}: ${stderr}`);
  for (const file of stdout.split('\0').filter((name) => name !== '' && fs.existsSync(path.join(ROOT, name)))) {
    fs.mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
    fs.copyFileSync(path.join(ROOT, file), path.join(to, file));
  }
}

function allReadmes(clone) {
  const found = [];
  const walk = (directory) => {
    for (const entry of fs.readdirSync(path.join(clone, directory), { withFileTypes: true })) {
      const name = path.join(directory, entry.name);
      if (entry.isDirectory() && !['node_modules', '.git', '.cache', 'cdk.out'].includes(entry.name)) walk(name);
      else if (entry.name.endsWith('.md') && entry.name !== 'API.md') found.push(name);
    }
  };
  walk('.');
  return found.sort();
}
