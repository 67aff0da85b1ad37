// Reads the list of equivalent mutants, and finds what is wrong with it.
import fs from 'node:fs';
import { parse } from 'yaml';
import { at } from '../project.mjs';

export const EQUIVALENT = 'tasks/mutation/equivalent.yaml';

export function readEquivalent() {
  return Object.entries(parse(fs.readFileSync(at(EQUIVALENT), 'utf8')) ?? {}).flatMap(([file, entries]) => entries.map((entry) => ({ file, ...entry })));
}

/**
 * Gives each result that survived and is listed the status `equivalent`. Returns the results, and what is wrong with the list. The
 * entries are looked up in all mutants of their files, of which the results may be a few.
 */
export function withoutEquivalent(results, mutants, listed) {
  const problems = [];
  const ids = new Set();
  for (const entry of listed) {
    const alike = mutants.filter((mutant) => isSame(mutant, entry));
    const exact = alike.filter(({ lineText }) => lineText === entry.in);
    const same = exact.length > 0 ? exact : alike;
    const name = `${entry.file}: ${oneLine(entry.original)} -> ${oneLine(entry.replacement)}`;
    if (!entry.reason) problems.push(`${name}: there is no reason`);
    if (same.length === 0) problems.push(`${name}: there is no such mutant`);
    if (same.length > 1) problems.push(`${name}: there are ${same.length} such mutants; say with 'in' which is meant`);
    same.forEach(({ id }) => ids.add(id));
    const found = results.find(({ id, status }) => same.some((mutant) => mutant.id === id) && (status === 'killed' || status === 'timeout'));
    if (found) problems.push(`${name}: it is not equivalent: ${found.by}`);
  }
  return { results: results.map((result) => (ids.has(result.id) && isAlive(result) ? { ...result, status: 'equivalent' } : result)), problems };
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
