// What a code block of each language must be. Each check returns a problem, or undefined.
import fs from 'node:fs';
import path from 'node:path';
import yaml from 'yaml';
import { at } from '../../tasks/project.mjs';
import { step } from '../../tasks/step.mjs';

const AsyncFunction = (async () => undefined).constructor;

/** By language: checks a block without running it. */
export const CHECKS = {
  sh: async ({ text }) => {
    const { status, output } = await step('bash -n', 'bash', ['-n', '-c', text], { check: false });
    return status === 0 ? undefined : `bash cannot parse it: ${output}`;
  },
  js: ({ text }) => problemOf(() => new AsyncFunction(text)),
  json: ({ text }) => problemOf(() => JSON.parse(text)),
  yaml: ({ text }) => problemOf(() => yaml.parse(text)),
  python: async ({ text }) => {
    const { status, output } = await step('python3', 'python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: text, check: false });
    return status === 0 ? undefined : output;
  },
  dockerfile: ({ file }) => file === undefined ? 'the reader is not told where this Dockerfile must be' : undefined,
  text: ({ text }, clone) => text.startsWith('heavy-batch ') ? checkUsage(text, clone) : undefined,
  ts: () => undefined, // compiled by compileSample, or by tasks/samples.mjs
};

function problemOf(work) {
  try {
    work();
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** The text of a usage has the options of each command, and no others. */
async function checkUsage(text, clone) {
  const problems = [];
  for (const usage of text.split(/\n(?=heavy-batch )/)) {
    const command = usage.split(/\s+/)[1];
    const { status, stdout } = await step('heavy-batch --help', process.execPath, [path.join(clone, 'bin', 'heavy-batch.js'), command, '--help'], { check: false });
    if (status !== 0) return `there is no command 'heavy-batch ${command}'`;
    const listed = new Set(usage.match(/--[\w-]+/g) ?? []);
    const existing = new Set([...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option).filter((option) => option !== '--help'));
    problems.push(...[...listed].filter((option) => !existing.has(option)).map((option) => `'heavy-batch ${command}' has no option ${option}`));
    problems.push(...[...existing].filter((option) => !listed.has(option)).map((option) => `the usage of 'heavy-batch ${command}' lacks ${option}`));
  }
  return problems.join('; ') || undefined;
}

/** Compiles a TypeScript sample in an app, completed by its fixture as jsii-rosetta completes it. */
export async function compileSample({ line, text, fixture }, app, clone) {
  const lines = text.split('\n');
  const isImport = (code) => /^import .* from '.*';/.test(code);
  const around = fixture === undefined ? '/// here' : fs.readFileSync(path.join(clone, 'rosetta', `${fixture}.ts-fixture`), 'utf8');
  const imports = [...new Set([...around.split('\n'), ...lines].filter(isImport))];
  const body = around.split('\n').filter((code) => !isImport(code)).join('\n').replace('/// here', () => lines.filter((code) => !isImport(code)).join('\n'));
  const file = path.join(app, `sample-of-line-${line}.ts`);
  fs.writeFileSync(file, `${withNamesOnce(imports).join('\n')}\n${body}\nexport {};\n`);
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', '--moduleResolution', 'nodenext'];
  const { status, output } = await step('tsc', process.execPath, [tsc, ...options, file], { cwd: app, check: false });
  return status === 0 ? undefined : `it does not compile: ${output}`;
}

/** The imports of a fixture and of its sample, with each name once. */
function withNamesOnce(imports) {
  const names = new Map();
  const others = [];
  for (const code of imports) {
    const [, list, module] = /^import \{ (.*) \} from ('.*');/.exec(code) ?? [];
    if (module) names.set(module, [...new Set([...names.get(module) ?? [], ...list.split(/,\s*/)])]);
    else others.push(code);
  }
  return [...[...names].map(([module, list]) => `import { ${list.join(', ')} } from ${module};`), ...others];
}
