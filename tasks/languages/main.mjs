// Installs the built packages as users of each language do, synthesizes the same two apps with each, and compares the templates byte for byte.
//
//   node tasks/languages/main.mjs [language...] [--json]
//
// Exits 0 only when all templates of an app are equal, and with CI set only when the toolchains that CI must have are there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import csharp from './csharp.mjs';
import go from './go.mjs';
import java from './java.mjs';
import { packages } from './packages.mjs';
import python from './python.mjs';
import { step } from './step.mjs';
import typescript from './typescript.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const at = (...parts) => path.join(root, ...parts);
const started = Date.now();
const { values: options, positionals } = parseArgs({ options: { json: { type: 'boolean', default: false } }, allowPositionals: true });

const LANGUAGES = [typescript, python, java, go, csharp];
const unknown = positionals.filter((name) => !LANGUAGES.some((language) => language.name === name));
if (unknown.length > 0) {
  console.error(`no such language: ${unknown.join(', ')}; there are ${LANGUAGES.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
// TypeScript is always there: the others are compared with it.
const wanted = LANGUAGES.filter(({ name }) => positionals.length === 0 || name === 'typescript' || positionals.includes(name));
const versions = JSON.parse(fs.readFileSync(at('test', 'languages', 'versions.json'), 'utf8'));

const absent = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0;
const missing = wanted.map(({ name, needs, neededInCi }) => ({ name, neededInCi, tools: needs.filter(absent) })).filter(({ tools }) => tools.length > 0);
for (const { name, tools } of missing) console.error(`${name}: not on this machine: ${tools.join(', ')}`);

const { dist, files } = await packages(root);
for (const { file, bytes } of files) console.error(`${file}: ${Math.ceil(bytes / 1024)} KiB`);
const results = [];
const failures = [];
const queue = wanted.filter(({ name }) => !missing.some((language) => language.name === name));
await Promise.all([1, 2].map(async () => { // two at once: much of it is waiting for registries and disks
  for (let language = queue.shift(); language; language = queue.shift()) {
    try {
      results.push(await synthesize(language));
    } catch (error) {
      failures.push({ language: language.name, error: error.message });
      console.error(`${language.name}: FAILED: ${error.message}`);
    }
  }
}));
results.sort((a, b) => wanted.findIndex(({ name }) => name === a.language) - wanted.findIndex(({ name }) => name === b.language));
differences();
report();

async function synthesize(language) {
  const place = at('.cache', 'languages', language.name);
  fs.mkdirSync(place, { recursive: true });
  const apps = copyApps(language, path.join(place, 'apps'));
  const { env, heavyBatch = at('bin', 'heavy-batch.js') } = await language.install({ place, dist, apps, versions });
  const templates = {};
  for (const [name, cwd] of Object.entries(apps)) {
    const out = path.join(place, 'out', name);
    fs.rmSync(out, { recursive: true, force: true });
    const { app } = JSON.parse(fs.readFileSync(path.join(cwd, 'cdk.json'), 'utf8'));
    await step(`${language.name}: ${app} (${name})`, app, [], { cwd, shell: true, env: { ...env, CDK_OUTDIR: out } }); // as the CDK CLI calls it
    templates[name] = path.join(out, `${name[0].toUpperCase()}${name.slice(1)}.template.json`);
  }
  await step(`${language.name}: heavy-batch run`, heavyBatch, ['run', 'Quickstart/Sort', '--app', path.dirname(templates.quickstart), '--param', 'megabytes=1'], { env });
  return { language: language.name, templates, importCost: language.importCost?.({ place }) };
}

/** Each app as if copied out of the repository, with the image directory that the apps under test/languages share. */
function copyApps(language, to) {
  fs.rmSync(to, { recursive: true, force: true });
  fs.cpSync(at('test', 'languages', 'image'), path.join(to, 'image'), { recursive: true });
  return Object.fromEntries(Object.entries(language.apps).map(([name, from]) => {
    fs.cpSync(at(from), path.join(to, name), { recursive: true, filter: (file) => !/[/\\](cdk\.out|target|node_modules|\.venv|__pycache__)$/.test(file) });
    // An example has an image of its own; what is no example has that of the TypeScript one.
    const image = path.join(to, name, 'image');
    if (name === 'quickstart' && !fs.existsSync(image)) fs.cpSync(at(typescript.apps.quickstart, 'image'), image, { recursive: true });
    return [name, path.join(to, name)];
  }));
}

/** The templates byte for byte, and the assets that come with them: TypeScript's are what the others' are to be. */
function differences() {
  const reference = results.find(({ language }) => language === 'typescript');
  if (!reference) return;
  for (const { language, templates } of results) {
    for (const [app, template] of Object.entries(templates)) {
      const expected = reference.templates[app];
      if (!fs.readFileSync(template).equals(fs.readFileSync(expected))) {
        const { stdout } = spawnSync('git', ['--no-pager', 'diff', '--no-index', '--unified=2', expected, template], { encoding: 'utf8' });
        console.error(`${language} ${app}: not what TypeScript gives\n${stdout.split('\n').slice(0, 60).join('\n')}`);
        failures.push({ language, error: `${app}: the template is not what TypeScript gives` });
      }
      if (assets(template) !== assets(expected)) failures.push({ language, error: `${app}: the assets are not those of TypeScript` });
    }
  }
}

/** Without the version of the manifest's schema: that package has another newest version in each registry. */
function assets(template) {
  const { version, ...manifest } = JSON.parse(fs.readFileSync(template.replace('.template.json', '.assets.json'), 'utf8'));
  return JSON.stringify(manifest);
}

function report() {
  const sha256 = (file) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  const lines = results.flatMap(({ language, templates }) => Object.entries(templates).map(([app, template]) => ({ language, app, sha256: sha256(template) })));
  const importCost = results.find((result) => result.importCost)?.importCost;
  const lacking = missing.filter(({ neededInCi }) => neededInCi && process.env.CI);
  const ok = failures.length === 0 && lacking.length === 0 && results.length > 0;
  const seconds = Math.round((Date.now() - started) / 1000);
  if (options.json) {
    console.log(JSON.stringify({ ok, versions, templates: lines, packages: files, missing: missing.map(({ name, tools }) => ({ language: name, tools })), failures, import: importCost, seconds }, null, 2));
  } else {
    for (const { language, app, sha256: hash } of lines) console.log(`${language} ${app} ${hash}`);
    if (importCost) {
      const { milliseconds, modules, submodules, allSubmodules } = importCost;
      console.log(`import cdk-heavy-batch: ${milliseconds} ms, ${modules} modules, ${submodules.length} of aws-cdk-lib's ${allSubmodules} submodules`);
    }
    console.error(`${seconds} s`);
  }
  process.exitCode = ok ? 0 : 1;
}
