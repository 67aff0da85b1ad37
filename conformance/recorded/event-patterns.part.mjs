// EventBridge said of each pattern whether it matches an event, or why it is not valid.
import fs from 'node:fs';
import path from 'node:path';
import { load, loadBroken } from '../common/modules.mjs';

const MODULE = 'emulator/services/events/event-pattern.ts';
const CONDITIONS = 'emulator/services/events/pattern-conditions.ts';

/** In a self-test: breaks of the matcher. */
const BREAKS = {
  'anything-but takes everything': { file: CONDITIONS, from: 'return (value) => !isExcluded(value);', to: 'return () => true;' },
  'an address need not be in its block': { file: CONDITIONS, from: '&& block.check(value, `ipv${family as 4 | 6}`)', to: '' },
  'a name with a dot is one name': { file: MODULE, from: "[...parents, name].join('.')", to: "[...parents, name].join('/')" },
  'an empty list is taken': { file: CONDITIONS, from: "if (expected.length === 0) throw invalidPattern('Empty arrays are not allowed');", to: '' },
};

export async function checkEventPatterns(findings, directory, { selfTest }) {
  const cases = JSON.parse(fs.readFileSync(path.join(directory, 'event-patterns.json'), 'utf8'));
  checkCases(findings, cases, 'event pattern', await load(MODULE));
  console.log(`${cases.length} event patterns`);
  for (const [title, change] of Object.entries(selfTest ? BREAKS : {})) {
    findings.broken(title, /EventBridge said/);
    checkCases(findings, cases, title, await loadBroken(change, MODULE));
  }
}

function checkCases(findings, cases, title, { matchesPattern }) {
  for (const { name, pattern, event, expected, code, message, recorded } of cases) {
    const said = expected === 'invalid' ? `${code}: ${message}` : expected;
    const actual = answerOf(() => matchesPattern(pattern, event));
    findings.check(actual === said, `${title} ${name}, recorded ${recorded}: EventBridge said ${said}, the emulator ${actual}`);
  }
}

function answerOf(match) {
  try {
    return match();
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}
