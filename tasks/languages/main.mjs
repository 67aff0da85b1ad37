// Installs the built packages as the users of each language do, synthesizes the same two apps in each language, and compares the templates
// byte for byte, but for what is of the language: see comparable.mjs. Then it runs the job of each quickstart, and the tests of an example in Python.
//
//   node tasks/languages/main.mjs [language...] [--json]
//
// Exits with 0 only if all templates of an app are equal. With CI set, every toolchain must be installed but those that
// tasks/toolchains.mjs excepts.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { comparable } from './comparable.mjs';
import csharp from './csharp.mjs';
import go from './go.mjs';
import java from './java.mjs';
import { packages } from './packages.mjs';
import python from './python.mjs';
import typescript from './typescript.mjs';
import { at } from '../project.mjs';
import { forEach, step } from '../step.mjs';
import { isNeeded, missingOf } from '../toolchains.mjs';

const started = Date.now();
const { values: options, positionals } = parseArgs({ options: { json: { type: 'boolean', default: false } }, allowPositionals: true });

const LANGUAGES = [typescript, python, java, go, csharp];
const unknown = positionals.filter((name) => !LANGUAGES.some((language) => language.name === name));
if (unknown.length > 0) {
  console.error(`unknown language: ${unknown.join(', ')}; the languages are ${LANGUAGES.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
// TypeScript always runs: the other languages are compared with it.
const wanted = LANGUAGES.filter(({ name }) => positionals.length === 0 || name === 'typescript' || positionals.includes(name));
const versions = JSON.parse(fs.readFileSync(at('test', 'languages', 'versions.json'), 'utf8'));

const missing = [];
for (const { name, needs } of wanted) {
  const tools = await missingOf(needs);
  if (tools.length === 0) continue;
  missing.push({ name, tools });
  console.error(`${name} is skipped: not installed on this machine: ${tools.join(', ')}`);
}

const { dist, files: published } = await packages();
for (const { file, bytes } of published) console.error(`${file}: ${Math.ceil(bytes / 1024)} KiB`);
const results = [];
const failures = [];
await forEach(wanted.filter(({ name }) => !missing.some((language) => language.name === name)), async (language) => {
  try {
    results.push(await synthesize(language));
  } catch (error) {
    failures.push({ language: language.name, error: error.message });
  }
});
results.sort((a, b) => wanted.findIndex(({ name }) => name === a.language) - wanted.findIndex(({ name }) => name === b.language));
await compare();
report();

async function synthesize(language) {
  const place = at('.cache', 'languages', language.name);
  fs.mkdirSync(place, { recursive: true });
  const apps = copyApps(language, path.join(place, 'apps'));
  const { env, heavyBatch = at('bin', 'heavy-batch.js') } = await language.install({ place, dist, apps, versions });
  const compared = {};
  for (const [name, cwd] of Object.entries(apps)) {
    const out = path.join(place, 'out', name);
    fs.rmSync(out, { recursive: true, force: true });
    const { app } = JSON.parse(fs.readFileSync(path.join(cwd, 'cdk.json'), 'utf8'));
    await step(`${language.name}: ${app} (${name})`, app, [], { cwd, shell: true, env: { ...env, CDK_OUTDIR: out } }); // as the CDK CLI calls it
    const template = path.join(out, `${name[0].toUpperCase()}${name.slice(1)}.template.json`);
    compared[name] = { ...comparable(template, name === 'quickstart' ? language.program : undefined), file: path.join(place, 'out', `${name}.compared.json`) };
    fs.writeFileSync(compared[name].file, compared[name].template);
  }
  const quickstart = path.join(place, 'out', 'quickstart');
  await step(`${language.name}: heavy-batch run`, heavyBatch, ['run', 'Quickstart/Sort', '--app', quickstart, '--param', 'megabytes=1'], { env });
  await language.test?.({ place, env, copy });
  return { language: language.name, compared, importCost: await language.importCost?.({ place }) };
}

/** Copies each app out of the repository, with the image directory that the apps under test/languages share. */
function copyApps(language, to) {
  fs.rmSync(to, { recursive: true, force: true });
  fs.cpSync(at('test', 'languages', 'image'), path.join(to, 'image'), { recursive: true });
  return Object.fromEntries(Object.entries(language.apps).map(([name, from]) => {
    copy(from, path.join(to, name));
    // An example has its own image. An app that is not an example uses the image of the TypeScript example.
    const image = path.join(to, name, 'image');
    if (name === 'quickstart' && !fs.existsSync(image)) fs.cpSync(at(typescript.apps.quickstart, 'image'), image, { recursive: true });
    return [name, path.join(to, name)];
  }));
}

/** Copies an app, without what its tools have made. */
function copy(from, to) {
  fs.rmSync(to, { recursive: true, force: true });
  fs.cpSync(at(from), to, { recursive: true, filter: (file) => !/[/\\](cdk\.out|target|node_modules|\.venv|__pycache__)$/.test(file) });
}

/** Compares the templates and the assets with those of TypeScript. */
async function compare() {
  const reference = results.find(({ language }) => language === 'typescript');
  if (!reference) return;
  for (const { language, compared } of results) {
    for (const [app, { template, assets, file }] of Object.entries(compared)) {
      const expected = reference.compared[app];
      if (template !== expected.template) {
        const { stdout } = await step('git diff', 'git', ['--no-pager', 'diff', '--no-index', '--unified=2', expected.file, file], { check: false });
        console.error(`${language} ${app}: differs from the template of TypeScript\n${stdout.split('\n').slice(0, 60).join('\n')}`);
        failures.push({ language, error: `${app}: the template differs from the template of TypeScript` });
      }
      if (assets !== expected.assets) failures.push({ language, error: `${app}: the assets differ from the assets of TypeScript` });
    }
  }
}

function report() {
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const templates = results.flatMap(({ language, compared }) => (
    Object.entries(compared).map(([app, { template }]) => ({ language, app, sha256: sha256(template) }))
  ));
  const importCost = results.find((result) => result.importCost)?.importCost;
  const lacking = missing.filter(({ tools }) => tools.some(isNeeded));
  const ok = failures.length === 0 && lacking.length === 0 && results.length > 0;
  const seconds = Math.round((Date.now() - started) / 1000);
  if (options.json) {
    const skipped = missing.map(({ name, tools }) => ({ language: name, tools }));
    console.log(JSON.stringify({ ok, versions, templates, packages: published, missing: skipped, failures, import: importCost, seconds }, null, 2));
  } else {
    for (const { language, error } of failures) console.error(`${language}: FAILED: ${error}`);
    for (const { language, app, sha256: hash } of templates) console.log(`${language} ${app} ${hash}`);
    if (importCost) {
      const { milliseconds, modules, submodules, allSubmodules } = importCost;
      console.log(`import cdk-heavy-batch: ${milliseconds} ms, ${modules} modules, ${submodules.length} of the ${allSubmodules} submodules of aws-cdk-lib`);
    }
    console.error(`${seconds} s`);
  }
  process.exitCode = ok ? 0 : 1;
}
