// Compares what `heavy-batch run` reads from a Dockerfile with BuildKit: for a corpus of Dockerfiles, whose expected values come from the
// Dockerfile reference, and for generated ones.
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import yaml from 'yaml';
import { cached, hashOf } from './common/cache.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { LineProcess } from './common/line-process.mjs';
import { load, loadBroken } from './common/modules.mjs';
import { dockerfile as anyDockerfile } from './dockerfiles/arbitrary.mjs';
import { at } from '../tasks/project.mjs';
import { step } from '../tasks/step.mjs';

const GENERATED = 2_000;
const PLATFORM = 'linux/amd64';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'; // what BuildKit gives an image that has none

/** In a self-test: breaks of the reader of the command line. */
const BROKEN_READERS = {
  'an ENTRYPOINT keeps the CMD of the base stage': { file: 'cli/image/dockerfile.ts', from: 'if (stage.cmd?.inherited)', to: 'if (stage.cmd === null)' },
  'a WORKDIR begins at the root': { file: 'cli/image/dockerfile.ts', from: "path.posix.resolve('/', stage.workingDirectory, ", to: "path.posix.resolve('/', " },
  'an ARG wins over an ENV': { file: 'cli/image/dockerfile.ts', from: '{ ...args, ...baseEnvironment, ...environment }', to: '{ ...baseEnvironment, ...environment, ...args }' },
  'the shortest suffix is the longest': { file: 'cli/image/dockerfile-words.ts', from: "length === 'shortest' ? '^(.*)' : '^(.*?)'", to: "'^(.*?)'" },
  'an empty variable is not set': { file: 'cli/image/dockerfile-words.ts', from: "(value !== '' || !operator.startsWith(':'))", to: "value !== ''" },
  'blanks at the end of single quotes are lost': { file: 'cli/image/dockerfile-words.ts', from: 'value += this.upTo("\'");', to: 'value += this.upTo("\'").trimEnd();' },
};

const findings = new Findings('dockerfiles');
const { readDockerfile } = await load('cli/image/dockerfile.ts');
const buildKit = new LineProcess(await buildKitProgram(), []);
const corpus = readCorpus();
let refused = 0;

await checkCorpus(corpus, '');
await checkGenerated('the generated Dockerfile', readDockerfile);
if (SELF_TEST) await playBreaks();
await buildKit.stop();
console.log(`${corpus.length} Dockerfiles of the corpus, ${GENERATED} generated, ${refused} of them refused by BuildKit`);
findings.end();

async function checkCorpus(examples, prefix) {
  for (const { name, section, error, command = [], entrypoint = [], environment = {}, workdir = '/', ...example } of examples) {
    const expected = error ? { error: true } : { command, entrypoint, environment, workdir };
    for (const [reader, actual] of [['BuildKit', await askBuildKit(example)], ['heavy-batch', read(readDockerfile, example)]]) {
      const problem = difference(actual, expected);
      findings.check(!problem, `${prefix}${name} (${section}), by ${reader}: ${problem}\n  ${JSON.stringify(example)}`);
    }
  }
}

async function checkGenerated(name, reader) {
  await findings.property(name, anyDockerfile, async (example) => {
    const expected = await askBuildKit(example);
    if (expected.error) refused++;
    return difference(read(reader, example), expected);
  }, GENERATED);
}

async function playBreaks() {
  for (const [title, change] of Object.entries(BROKEN_READERS)) {
    findings.broken(title, /^, generated Dockerfile /);
    await checkGenerated(`${title}, generated Dockerfile`, (await loadBroken(change, 'cli/image/dockerfile.ts')).readDockerfile);
  }
  const title = 'a corpus that expects another command';
  findings.broken(title, /by BuildKit|by heavy-batch/);
  const example = corpus.find(({ command }) => command?.length > 0);
  await checkCorpus([{ ...example, command: [...example.command, 'more'] }], `${title}: `);
}

/**
 * Dockerfiles and the configuration of their images. `section` is the section of https://docs.docker.com/reference/dockerfile/ that defines
 * it. `command` is ENTRYPOINT followed by CMD. A field that is missing is empty; `workdir` is then /. `error` is a Dockerfile that engines
 * refuse to build.
 */
function readCorpus() {
  const directory = at('conformance', 'dockerfiles', 'corpus');
  return fs.readdirSync(directory).sort().flatMap((file) => yaml.parse(fs.readFileSync(path.join(directory, file), 'utf8')));
}

/** The messages of errors are not compared: each program has its own. */
function difference(actual, expected) {
  const same = actual.error || expected.error ? Boolean(actual.error) === Boolean(expected.error) : isDeepStrictEqual(actual, expected);
  return same ? undefined : `\n  is       ${JSON.stringify(actual)}\n  expected ${JSON.stringify(expected)}`;
}

function read(reader, { dockerfile, buildArgs, target }) {
  try {
    const image = reader(dockerfile, { buildArgs, target, platform: PLATFORM, baseEnvironment: { PATH } });
    return { command: image.command ?? [], entrypoint: image.entrypoint, environment: image.environment, workdir: image.workingDirectory };
  } catch (error) {
    if (error.name !== 'DockerfileError') throw error;
    return { error: error.message };
  }
}

async function buildKitProgram() {
  const source = at('conformance', 'dockerfiles', 'buildkit');
  const directory = await cached('buildkit', hashOf(source), (temporary) => step('building BuildKit', 'go', ['build', '-o', path.join(temporary, 'config'), '.'], { cwd: source }));
  return path.join(directory, 'config');
}

async function askBuildKit({ dockerfile, buildArgs = {}, target = '' }) {
  const { error, entrypoint, cmd, env, workingDir } = await buildKit.ask({ text: dockerfile, buildArgs, target });
  if (error) return { error };
  const environment = Object.fromEntries((env ?? []).map((variable) => [variable.slice(0, variable.indexOf('=')), variable.slice(variable.indexOf('=') + 1)]));
  if (environment.PATH === PATH) delete environment.PATH;
  const workdir = path.posix.resolve('/', workingDir); // a doubled slash is the same directory
  return { command: [...entrypoint ?? [], ...cmd ?? []], entrypoint: entrypoint ?? [], environment, workdir };
}
