// Compares what `heavy-batch run` reads from a Dockerfile with BuildKit: for a corpus of Dockerfiles, whose expected values come from the
// Dockerfile reference, and for generated ones. Also the files of generated images.
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import yaml from 'yaml';
import { cached, hashOf } from './common/cache.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { LineProcess } from './common/line-process.mjs';
import { load, loadBroken } from './common/modules.mjs';
import { build as anyBuild } from './dockerfiles/arbitrary-files.mjs';
import { dockerfile as anyDockerfile } from './dockerfiles/arbitrary.mjs';
import { FileComparison } from './dockerfiles/files.mjs';
import { at } from '../tasks/project.mjs';
import { step } from '../tasks/step.mjs';

const GENERATED = 2_000;
const GENERATED_BUILDS = 400;
const PLATFORM = 'linux/amd64';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'; // what BuildKit gives an image that has none

/** In a self-test: breaks of the reader of the command line. */
const BROKEN_READERS = {
  'an ENTRYPOINT keeps the CMD of the base stage': { file: 'cli/image/stages.ts', from: 'if (stage.cmd?.inherited)', to: 'if (stage.cmd === null)' },
  'a WORKDIR begins at the root': { file: 'cli/image/stages.ts', from: 'resolvePath(stage.workingDirectory, ', to: "resolvePath('/', " },
  'an ARG wins over an ENV': { file: 'cli/image/stages.ts', from: '{ ...args, ...baseEnvironment, ...environment }', to: '{ ...baseEnvironment, ...environment, ...args }' },
  'the shortest suffix is the longest': { file: 'cli/image/glob.ts', from: "reversed).at(length === 'shortest' ? 0 : -1)", to: 'reversed).at(-1)' },
  'an empty variable is not set': { file: 'cli/image/dockerfile-words.ts', from: "(value !== '' || !operator.startsWith(':'))", to: "value !== ''" },
  'blanks at the end of single quotes are lost': { file: 'cli/image/dockerfile-words.ts', from: 'value += this.upTo("\'");', to: 'value += this.upTo("\'").trimEnd();' },
};

/** In a self-test: breaks of what copies files. */
const BROKEN_BUILDERS = {
  'a directory is copied, not what is in it': { file: 'cli/image/copy-files.ts', from: 'this.makeDirectory(destination), false', to: 'path.join(this.makeDirectory(destination), path.basename(from)), false' },
  'a file is copied to the name of a directory': { file: 'cli/image/copy-files.ts', from: "destination.endsWith('/') || this.root.isDirectory(destination)", to: "destination.endsWith('/')" },
  '.dockerignore is not read': { file: 'cli/image/build-context.ts', from: 'const includes = excluding(patterns)', to: 'const includes = excluding([])' },
  'modes are not kept': { file: 'cli/image/copy-files.ts', from: ': mode);', to: ': 0o755);' },
  'a stage begins without its parent': { file: 'cli/image/image-files.ts', from: '...parent ? stepsOf(parent) : [], ', to: '' },
};

const findings = new Findings('dockerfiles');
const { readDockerfile, buildImage } = await load('cli/image/dockerfile.ts', 'cli/image/image-files.ts');
const buildKit = new LineProcess(await buildKitProgram(), []);
const corpus = readCorpus();
let refused = 0;

await checkCorpus(corpus, '');
await checkGenerated('the generated Dockerfile', readDockerfile);
const explanations = await checkFiles('the generated build', buildImage);
if (SELF_TEST) await playBreaks();
else findings.explained(explanations);
await buildKit.stop();
console.log(`${corpus.length} Dockerfiles of the corpus, ${GENERATED} generated, ${refused} of them refused by BuildKit; the files of ${GENERATED_BUILDS} images`);
findings.end();

async function checkCorpus(examples, prefix) {
  for (const { name, section, error, command = [], entrypoint = [], environment = {}, workdir = '/', user = '', stopSignal = '', ...example } of examples) {
    const expected = error ? { error: true } : { command, entrypoint, environment, workdir, user, stopSignal };
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

async function checkFiles(name, builder) {
  const files = new FileComparison(builder, (request) => buildKit.ask(request));
  try {
    await findings.property(name, anyBuild, (example) => files.problemOf(example), GENERATED_BUILDS);
  } finally {
    files.end();
  }
  return files.explanations();
}

async function playBreaks() {
  for (const [title, change] of Object.entries(BROKEN_READERS)) {
    findings.broken(title, /^, generated Dockerfile /);
    await checkGenerated(`${title}, generated Dockerfile`, (await loadBroken(change, 'cli/image/dockerfile.ts')).readDockerfile);
  }
  for (const [title, change] of Object.entries(BROKEN_BUILDERS)) {
    findings.broken(title, /^, generated build /);
    await checkFiles(`${title}, generated build`, (await loadBroken(change, 'cli/image/image-files.ts')).buildImage);
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
    const { command = [], entrypoint, environment, workingDirectory: workdir, user = '', stopSignal = '' } = image;
    return { command, entrypoint, environment, workdir, user, stopSignal };
  } catch (error) {
    if (error.name !== 'DockerfileError') throw error;
    return { error: error.message };
  }
}

async function buildKitProgram() {
  const source = at('conformance', 'dockerfiles', 'buildkit');
  const tags = 'dfexcludepatterns,dfparents'; // --exclude and --parents, which all releases of the Dockerfile frontend have by now
  const build = (temporary) => step('building BuildKit', 'go', ['build', '-tags', tags, '-o', path.join(temporary, 'config'), '.'], { cwd: source });
  const directory = await cached('buildkit', hashOf(source), build);
  return path.join(directory, 'config');
}

async function askBuildKit({ dockerfile, buildArgs = {}, target = '' }) {
  const { error, entrypoint, cmd, env, workingDir, user, stopSignal } = await buildKit.ask({ text: dockerfile, buildArgs, target });
  if (error) return { error };
  const environment = Object.fromEntries((env ?? []).map((variable) => [variable.slice(0, variable.indexOf('=')), variable.slice(variable.indexOf('=') + 1)]));
  if (environment.PATH === PATH) delete environment.PATH;
  const workdir = path.posix.resolve('/', workingDir); // a doubled slash is the same directory
  return { command: [...entrypoint ?? [], ...cmd ?? []], entrypoint: entrypoint ?? [], environment, workdir, user, stopSignal };
}
