// Reads the list of equivalent mutants, and finds what is wrong with it.
import fs from 'node:fs';
import { parse } from 'yaml';
import { at } from '../project.mjs';

export const EQUIVALENT = 'tasks/mutation/equivalent.yaml';

export function readEquivalent() {
  return Object.entries(parse(fs.readFileSync(at(EQUIVALENT), 'utf8')) ?? {}).flatMap(([file, entries]) => entries.map((entry) => ({ file, ...entry })));
}

/** Gives each result that survived and is listed the status `equivalent`. Returns the results, and what is wrong with the list. */
export function withoutEquivalent(results, files, listed = readEquivalent()) {
  const problems = [];
  const isListed = new Set();
  for (const entry of listed.filter(({ file }) => files.has(file))) {
    const alike = results.filter((result) => isSame(result, entry));
    const exact = alike.filter(({ lineText }) => lineText === entry.in);
    const same = exact.length > 0 ? exact : alike;
    const name = `${entry.file}: ${oneLine(entry.original)} -> ${oneLine(entry.replacement)}`;
    const killed = same.find(({ status }) => status === 'killed' || status === 'timeout');
    if (!entry.reason) problems.push(`${name}: there is no reason`);
    if (same.length === 0) problems.push(`${name}: there is no such mutant`);
    if (same.length > 1) problems.push(`${name}: there are ${same.length} such mutants; say with 'in' which is meant`);
    if (killed) problems.push(`${name}: it is not equivalent: ${killed.by ?? 'it does not end'}`);
    same.forEach((result) => isListed.add(result));
  }
  return { results: results.map((result) => (isListed.has(result) && isAlive(result) ? { ...result, status: 'equivalent' } : result)), problems };
}

export function isAlive({ status }) {
  return status === 'survived' || status === 'uncovered';
}

function isSame(result, { file, original, replacement, in: context = '' }) {
  return result.file === file && oneLine(result.original) === oneLine(original) && oneLine(result.replacement) === oneLine(replacement)
    && result.lineText.includes(context);
}

/** The instrumenter prints code with line breaks of its own. */
export function oneLine(text) {
  return String(text).replaceAll(/\s+/g, ' ').trim();
}
