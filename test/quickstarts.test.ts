import { execFileSync, spawn, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { setTimeout } from 'timers/promises';
import { heavyBatchHere } from './cli/heavy-batch';
import { synthesize, temporary } from './emulator/apps';
import { readDockerfile } from '../cli/image/dockerfile';
import { HeavyBatchJob, HeavyBatchResultSource } from '../src';

/** The jobs of the quickstarts: each is written in the language of its app, and does the same. The apps themselves are for `npm run languages`. */
const EXAMPLES = path.join(__dirname, '..', 'examples');

/** How a language is found on this machine, and the base images that its Dockerfile may have. */
const LANGUAGES: Record<string, { tool: string[]; bases: RegExp[] }> = {
  typescript: { tool: ['node', '--version'], bases: [/^node:/] },
  python: { tool: ['python3', '--version'], bases: [/^python:/] },
  java: { tool: ['java', '--version'], bases: [/^eclipse-temurin:/] },
  go: { tool: ['go', 'version'], bases: [/^golang:/, /^gcr\.io\/distroless\//] },
};
const isInstalled = ([program, ...args]: string[]) => spawnSync(program, args).status === 0;
const installed = Object.keys(LANGUAGES).filter((language) => isInstalled(LANGUAGES[language].tool));

/** A copy of the image directory, with what `cdk synth` makes in it. */
function imageOf(language: string): string {
  const image = temporary();
  fs.cpSync(path.join(EXAMPLES, language, 'quickstart', 'image'), image, { recursive: true, filter: (file) => path.basename(file) !== 'trips' });
  if (language === 'go') execFileSync('go', ['build'], { cwd: image });
  return image;
}

const images = Object.fromEntries(installed.map((language) => [language, imageOf(language)]));
const app = synthesize((stack) => {
  for (const [language, imageDirectory] of Object.entries(images)) {
    new HeavyBatchJob(stack, language, { imageDirectory, command: commandOf(language), resultSource: HeavyBatchResultSource.LOG });
  }
});

/** The command of the Dockerfile, for one megabyte. */
function commandOf(language: string, megabytes = '1'): string[] {
  const { command } = readDockerfile(fs.readFileSync(path.join(images[language], 'Dockerfile'), 'utf8'));
  return [...command!.slice(0, -1), megabytes];
}

test('the toolchains of all languages are installed where a missing one is a failure', () => {
  const needed = process.env.CI ? Object.keys(LANGUAGES) : ['typescript'];
  expect(needed.filter((language) => !installed.includes(language))).toEqual([]);
});

test.each(Object.keys(LANGUAGES))('the image of the quickstart in %s is one of its language', (language) => {
  const dockerfile = fs.readFileSync(path.join(EXAMPLES, language, 'quickstart', 'image', 'Dockerfile'), 'utf8');
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(bases).toEqual(LANGUAGES[language].bases.map((base) => expect.stringMatching(base)));
});

test.each(installed)('the app of the quickstart in %s passes to its program what the Dockerfile does', (language) => {
  const directory = path.join(EXAMPLES, language, 'quickstart');
  const sources = fs.readdirSync(directory, { recursive: true }).map(String).filter((file) => /^(app|quickstart|src\/.*)\.(ts|py|go|java)$/.test(file));
  const [source] = sources.map((file) => fs.readFileSync(path.join(directory, file), 'utf8').replaceAll("'", '"'));
  const [, ...words] = /"((?:[^"]*", ")*)Ref::megabytes"/.exec(source)!;
  expect(words[0].split('", "').slice(0, -1)).toEqual(commandOf(language).slice(0, -1));
  expect(source).toMatch(/"?megabytes"?[^"]*"30"/);
});

test('the jobs of all quickstarts report their progress and have the same result', async () => {
  const ended = await Promise.all(installed.map((language) => heavyBatchHere('run', `App/${language}`, '--app', app, '--json')));
  expect(ended.map(({ code, out, err }) => code === 0 ? '' : out + err)).toEqual(installed.map(() => ''));
  for (const { err } of ended) {
    for (const line of [/\| \[###-{9}\] {2}33 % {2}generated 1 of 1 MB \(\d\.\d s\)\n/, /\| \[#{7}-----\] {2}66 % {2}sorted 41,000 of 41,000 trips \(/, /\| \[#{12}\] 100 % {2}merged 41,000 of 41,000 trips \(/, /\| ::result \{"trips":41000,"cities":/]) {
      expect(err).toMatch(line);
    }
  }
  const results = ended.map(({ out }) => JSON.parse(out).output.result);
  expect(results[0]).toMatchObject({ trips: 41_000, cities: expect.arrayContaining([{ city: 'Dakar', trips: expect.any(Number), total: expect.any(Number), median: expect.any(Number), p95: expect.any(Number) }]) });
  for (const result of results) expect(result).toEqual(results[0]);
}, 60_000);

test.each(installed)('the job of the quickstart in %s removes its files when it gets SIGTERM', async (language) => {
  const scratch = temporary();
  const [program, ...args] = commandOf(language, '5000');
  const child = spawn(program, args, { cwd: images[language], env: { ...process.env, HEAVY_BATCH_SCRATCH: scratch }, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => { out += chunk; });
  const exited = new Promise((resolve) => child.once('close', resolve));
  while (fs.readdirSync(scratch, { recursive: true }).length < 2) await setTimeout(20);
  child.kill('SIGTERM');
  expect(await exited).toBe(143);
  expect(out).toContain('SIGTERM: cleaning up\n');
  expect(fs.readdirSync(scratch)).toEqual([]);
}, 30_000);

test.each(installed)('the job of the quickstart in %s says which argument it needs', (language) => {
  const [program, ...args] = commandOf(language, 'many');
  const { status, stderr } = spawnSync(program, args, { cwd: images[language], encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^usage: .* <megabytes, 1 to 10000>, not 'many'\n$/)]);
});
