// Makes the mutants with Stryker's instrumenter: each source gets all of its mutants at once, and a number switches one of them on.
// https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators/
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { at } from '../project.mjs';

const SILENT = Object.fromEntries([
  ...['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, () => undefined]),
  ...['Trace', 'Debug', 'Info', 'Warn', 'Error', 'Fatal'].map((level) => [`is${level}Enabled`, () => false]),
]);

/** The sources with their mutants, and a description of each mutant. */
export async function mutate(files) {
  const texts = new Map(files.map((file) => [file, fs.readFileSync(at(file), 'utf8')]));
  const { files: mutated, mutants } = await new Instrumenter(SILENT).instrument(
    files.map((name) => ({ name, mutate: true, content: texts.get(name) })),
    { plugins: null, ignorers: [], excludedMutations: [], noHeader: false },
  );
  return {
    sources: Object.fromEntries(mutated.map(({ name, content }) => [at(name), content])),
    mutants: mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
      const lines = texts.get(fileName).split('\n');
      return {
        id,
        file: fileName,
        line: location.start.line + 1,
        column: location.start.column + 1,
        mutator: mutatorName,
        original: textBetween(lines, location.start, location.end),
        replacement,
        lineText: lines[location.start.line].trim(),
      };
    }),
  };
}

function textBetween(lines, start, end) {
  if (start.line === end.line) return lines[start.line].slice(start.column, end.column);
  return [lines[start.line].slice(start.column), ...lines.slice(start.line + 1, end.line), lines[end.line].slice(0, end.column)].join('\n');
}

/** A sample that is always the same for a seed: the first mutants in an order that depends on it. */
export function sampleOf(mutants, size, seed) {
  const key = ({ id, file }) => createHash('sha256').update(`${seed} ${file} ${id}`).digest('hex');
  return mutants.map((mutant) => ({ mutant, key: key(mutant) })).sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, size).map(({ mutant }) => mutant);
}
