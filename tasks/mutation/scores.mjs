// What was killed and what was not: as a number, as text, and as the page docs/mutation-testing.md.
import fs from 'node:fs';
import { isAlive, oneLine, readEquivalent } from './equivalent.mjs';
import { at } from '../project.mjs';
import { FOLDERS } from './folders.mjs';

const SCORES = at('tasks', 'mutation', 'scores.json');
const PAGE = at('docs', 'mutation-testing.md');

/** `killed`: a test failed. `timeout`: the tests did not end. Both are noticed; an `error` is not. */
export function scoreOf(results) {
  const count = (status) => results.filter((result) => result.status === status).length;
  const [killed, timeout, errors, equivalent] = ['killed', 'timeout', 'error', 'equivalent'].map(count);
  const mutants = results.length - equivalent;
  const noticed = killed + timeout;
  return {
    mutants,
    killed,
    timeout,
    errors,
    equivalent,
    noticed,
    percent: mutants === 0 ? 100 : Math.floor((1000 * noticed) / mutants) / 10,
    survivors: results.filter(isAlive),
  };
}

export function describeSurvivor({ file, line, column, status, original, replacement }) {
  const why = status === 'uncovered' ? ' (no test reaches it)' : '';
  return `${file}:${line}:${column}${why}\n  - ${shortened(original)}\n  + ${shortened(replacement)}`;
}

function shortened(text) {
  const line = oneLine(text);
  return line.length > 200 ? `${line.slice(0, 200)} ...` : line;
}

/** Keeps the scores of whole folders, or of samples of them, and writes the page with all of them. */
export function writeScores(scores, date) {
  const all = fs.existsSync(SCORES) ? JSON.parse(fs.readFileSync(SCORES, 'utf8')) : {};
  for (const [folder, { survivors, errors: _, noticed: __, ...score }] of Object.entries(scores)) {
    const shown = survivors.map(({ file, line, ...texts }) => ({ file, line, original: shortened(texts.original), replacement: shortened(texts.replacement) }));
    all[folder] = { date, ...score, survivors: shown };
  }
  fs.writeFileSync(SCORES, `${JSON.stringify(all, undefined, 2)}\n`);
  fs.writeFileSync(PAGE, pageOf(all));
}

function pageOf(scores) {
  const folders = Object.keys(FOLDERS).filter((folder) => scores[folder]);
  const equivalent = readEquivalent();
  return [
    '# Mutation testing',
    '',
    '<!-- Written by: npm run mutation -- <folder> --write -->',
    '',
    'Each source file is broken in many small ways, one at a time: a condition is turned round, a text is emptied, a block is left out.',
    'A break that makes a test fail is killed. A break that no test notices has survived: the tests do not say what that code is for.',
    '[CONTRIBUTING.md](../CONTRIBUTING.md#mutation-testing) says how to run this.',
    '',
    'Where not all mutants of a folder were tried, the sample is that of the seed: `npm run mutation -- <folder> --sample <mutants> --seed <seed>`.',
    '',
    '| folder | score | threshold | mutants | killed | never ended | survived | equivalent | date | seed |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |',
    ...folders.map((folder) => {
      const { percent, mutants, killed, timeout, survivors, equivalent: left, date, of, seed } = scores[folder];
      const tried = seed === undefined ? mutants : `${mutants} of ${of}`;
      return `| \`${folder}\` | ${percent.toFixed(1)} % | ${FOLDERS[folder].threshold} % | ${tried} | ${killed} | ${timeout} | ${survivors.length} | ${left} | ${date} | ${seed ?? ''} |`;
    }),
    '',
    'Mutants that change nothing that anybody could observe are equivalent and do not count. Each has its reason in',
    `[\`tasks/mutation/equivalent.yaml\`](../tasks/mutation/equivalent.yaml), which lists ${equivalent.length}.`,
    '',
    '## Survivors',
    ...folders.every((folder) => scores[folder].survivors.length === 0) ? ['', 'None.'] : [],
    ...folders.filter((folder) => scores[folder].survivors.length > 0).flatMap((folder) => [
      '',
      `### \`${folder}\``,
      '',
      '```text',
      ...scores[folder].survivors.flatMap(({ file, line, original, replacement }) => [`@@ ${file}:${line} @@`, `- ${original}`, `+ ${replacement}`]),
      '```',
    ]),
    '',
  ].join('\n');
}
