// Mutation testing: breaks the sources in thousands of small ways, and says which breaks no test notices.
//
//   npm run mutation -- <folder or file>...     all mutants of these
//   npm run mutation -- --sample 200            some mutants of all folders, other ones each day
import os from 'node:os';
import { parseArgs } from 'node:util';
import { isAlive, readEquivalent, withoutEquivalent } from './mutation/equivalent.mjs';
import { FOLDERS, folderOf, sourcesOf, testsOf } from './mutation/folders.mjs';
import { mutate, sampleOf } from './mutation/mutants.mjs';
import { observe, planOf } from './mutation/plan.mjs';
import { describeSurvivor, scoreOf, writeScores } from './mutation/scores.mjs';
import { testMutants, Worker } from './mutation/workers.mjs';
import { at } from './project.mjs';
import { dateSeed } from './seeds.mjs';

const REPORT_EVERY_MS = 10_000;
const today = new Date().toISOString().slice(0, 10);

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** How many mutants are chosen from all that are asked for; from all folders when none is named. */
    'sample': { type: 'string' },
    'seed': { type: 'string', default: String(dateSeed()) },
    'at-once': { type: 'string', default: `${Math.min(2, os.availableParallelism())}` },
    /** Prints every mutant with its result. */
    'json': { type: 'boolean', default: false },
    /** Keeps the scores of the named folders, or of the sample, in docs/mutation-testing.md. */
    'write': { type: 'boolean', default: false },
  },
});

const targets = positionals.length > 0 ? positionals : (options.sample && Object.keys(FOLDERS)) || [];
if (targets.length === 0) {
  say(`usage: npm run mutation -- <folder or file>... [--write] [--json] [--at-once N], or -- --sample N [--seed S]; folders: ${Object.keys(FOLDERS).join(', ')}`);
  process.exit(2);
}

const wanted = await chosen(targets);
const equivalent = readEquivalent();
const problems = [];
const scores = {};
const all = [];
for (const [folder, { sources, mutants, all: ofFolder }] of wanted) {
  const listed = equivalent.filter(({ file }) => folderOf(file).folder === folder);
  const { results, problems: found } = withoutEquivalent(await testFolder(folder, sources, mutants), ofFolder, listed);
  problems.push(...found, ...results.filter(({ status }) => status === 'error').map((result) => `not known whether a test fails: ${describeSurvivor(result)}\n  ${result.by}`));
  scores[folder] = { ...scoreOf(results), of: ofFolder.length, ...(options.sample ? { seed: options.seed } : {}) };
  all.push(...results);
}
if (options.json) console.log(JSON.stringify(all, undefined, 2));
else report();
if (options.write) {
  const whole = Object.entries(scores).filter(([folder]) => targets.includes(folder));
  if (whole.length === 0) problems.push('--write keeps the scores of whole folders, and of samples of whole folders');
  else if (whole.some(([, { errors }]) => errors > 0)) problems.push('--write keeps no scores with errors');
  else writeScores(Object.fromEntries(whole), today);
}
problems.push(...belowThreshold());
for (const problem of problems) say(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** The sources and the mutants of each folder, of which only those are tested that were asked for. */
async function chosen(names) {
  const asked = new Map();
  for (const { folder, name } of names.map(folderOf)) asked.set(folder, [...asked.get(folder) ?? [], name]);
  const folders = new Map();
  for (const [folder, parts] of asked) {
    const { sources, mutants } = await mutate(sourcesOf(folder));
    const ofParts = mutants.filter(({ file }) => parts.some((part) => part === folder || file === part || file.startsWith(`${part}/`)));
    folders.set(folder, { sources, mutants: ofParts, all: mutants });
  }
  if (!options.sample) return folders;
  say(`a sample of ${options.sample} mutants; seed ${options.seed}`);
  const sample = new Set(sampleOf([...folders.values()].flatMap(({ mutants }) => mutants), Number(options.sample), options.seed));
  return new Map([...folders].map(([folder, { mutants, ...rest }]) => [folder, { ...rest, mutants: mutants.filter((mutant) => sample.has(mutant)) }]));
}

async function testFolder(folder, sources, mutants) {
  if (mutants.length === 0) return [];
  say(`${folder}: ${mutants.length} mutants; first the tests are run without one`);
  const worker = new Worker(sources);
  let observed;
  try {
    observed = await observe(worker, testsOf(folder).map((file) => at(file)));
  } finally {
    worker.stop();
  }
  for (const { file, slow } of observed) for (const { name, ms } of slow) say(`not used, since it takes ${(ms / 1000).toFixed(1)} s: ${file}: ${name}`);

  const plans = mutants.map((mutant) => planOf(mutant, observed));
  const results = mutants.filter((_, index) => !plans[index]).map((mutant) => ({ ...mutant, status: 'uncovered' }));
  let reported = Date.now();
  await testMutants(plans.filter(Boolean), sources, Number(options['at-once']), (result) => {
    results.push(result);
    if (isAlive(result)) say(describeSurvivor(result)); // long before the end, so that one can begin
    if (Date.now() - reported < REPORT_EVERY_MS) return;
    reported = Date.now();
    say(`${folder}: ${results.length} of ${mutants.length}`);
  });
  return results.sort((a, b) => Number(a.id) - Number(b.id));
}

function report() {
  for (const { survivors } of Object.values(scores)) for (const survivor of survivors) console.log(describeSurvivor(survivor));
  for (const [folder, { percent, mutants, killed, timeout, errors, equivalent: left, survivors }] of Object.entries(scores)) {
    console.log(`${folder}: ${percent.toFixed(1)} % of ${mutants}: ${killed} killed, ${timeout} never ended, ${survivors.length} survived, ${errors} errors; ${left} equivalent`);
  }
}

/** A sample has too few mutants of each folder: there, the folders with the same threshold are counted together. */
function belowThreshold() {
  const groups = new Map();
  for (const [folder, { noticed, mutants }] of Object.entries(scores)) {
    const { threshold } = FOLDERS[folder];
    const name = options.sample ? `folders with a threshold of ${threshold} %` : folder;
    const group = groups.get(name) ?? { threshold, noticed: 0, mutants: 0 };
    groups.set(name, { threshold, noticed: group.noticed + noticed, mutants: group.mutants + mutants });
  }
  return [...groups].filter(([, { threshold, noticed, mutants }]) => noticed * 100 < threshold * mutants)
    .map(([name, { threshold, noticed, mutants }]) => `${name}: tests noticed ${noticed} of ${mutants} mutants, which is less than ${threshold} %`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
