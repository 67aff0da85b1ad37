// What `heavy-batch run` reads out of a Dockerfile, against BuildKit and against expectations that come from the Dockerfile reference:
// a corpus of shapes as they are found in the wild, and generated ones.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import yaml from 'yaml';
import { CACHE, hashOf, madeOnce, ROOT } from './cache.mjs';
import { generateDockerfile } from './dockerfile-generator.mjs';
import { Findings } from './findings.mjs';
import { load } from './modules.mjs';
import { seeded } from './seeded.mjs';

const GENERATED = 2_000;
const SEED = Number(process.env.SEED ?? 1);
const PLATFORM = 'linux/amd64';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'; // what BuildKit gives to an image without one

const findings = new Findings('dockerfiles');
const { readDockerfile } = await load('cli/dockerfile.ts');
const corpus = yaml.parse(fs.readFileSync(path.join(ROOT, 'conformance', 'dockerfiles.yaml'), 'utf8'));
const random = seeded(SEED);
const generated = Array.from({ length: GENERATED }, (_, index) => ({ name: `generated ${index} (SEED=${SEED})`, ...generateDockerfile(random) }));
const answers = await askBuildKit([...corpus, ...generated]);

corpus.forEach((one, index) => {
  const { error, command = [], entrypoint = [], environment = {}, workdir = '/' } = one;
  const expected = error ? { error: true } : { command, entrypoint, environment, workdir };
  compare(`${one.name} (${one.says}), by BuildKit`, one, answers[index], expected);
  compare(`${one.name} (${one.says})`, one, read(one), expected);
});
generated.forEach((one, index) => compare(one.name, one, read(one), answers[corpus.length + index]));
console.log(`${corpus.length} of the corpus, ${generated.length} generated, ${answers.filter(({ error }) => error).length} of them refused by BuildKit`);
findings.end();

function compare(name, { dockerfile, target, buildArgs }, actual, expected) {
  // What is wrong is told in other words by each.
  const same = actual.error || expected.error ? !!actual.error === !!expected.error : isDeepStrictEqual(actual, expected);
  findings.check(same, `${name}\n  is       ${JSON.stringify(actual)}\n  expected ${JSON.stringify(expected)}\n  of ${JSON.stringify({ dockerfile, target, buildArgs })}`);
}

function read({ dockerfile, buildArgs, target }) {
  try {
    const { command = [], entrypoint, environment, workingDirectory } = readDockerfile(dockerfile, { buildArgs, target, platform: PLATFORM, baseEnvironment: { PATH } });
    return { command, entrypoint, environment, workdir: workingDirectory };
  } catch (error) {
    if (error.name !== 'DockerfileError') throw error;
    return { error: error.message };
  }
}

async function askBuildKit(questions) {
  const source = path.join(ROOT, 'conformance', 'buildkit');
  const directory = await madeOnce('buildkit', hashOf(source), (aside) => {
    run('go', ['build', '-o', path.join(aside, 'config'), '.'], { cwd: source });
  });
  const input = questions.map(({ dockerfile, buildArgs = {}, target = '' }) => `${JSON.stringify({ text: dockerfile, buildArgs, target })}\n`).join('');
  return run(path.join(directory, 'config'), [], { input }).trimEnd().split('\n').map((line) => {
    const { error, entrypoint, cmd, env, workingDir } = JSON.parse(line);
    if (error) return { error };
    const environment = Object.fromEntries((env ?? []).map((variable) => [variable.slice(0, variable.indexOf('=')), variable.slice(variable.indexOf('=') + 1)]));
    if (environment.PATH === PATH) delete environment.PATH;
    return { command: [...entrypoint ?? [], ...cmd ?? []], entrypoint: entrypoint ?? [], environment, workdir: path.posix.resolve('/', workingDir) }; // a slash too many is no other folder
  });
}

function run(command, args, options) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: CACHE, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
  return stdout;
}
