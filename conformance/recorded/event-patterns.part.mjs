// EventBridge said of each pattern whether it matches an event, or why it is not valid.
import fs from 'node:fs';
import path from 'node:path';
import { load } from '../common/modules.mjs';

export async function checkEventPatterns(findings, directory, { selfTest }) {
  const { matchesPattern } = await load('emulator/services/events/event-pattern.ts');
  if (selfTest) console.log('broken on purpose: `anything-but` is read as `exists`');
  const broken = (pattern) => JSON.parse(JSON.stringify(pattern), (_, value) => (value?.['anything-but'] === undefined ? value : { exists: true }));
  const cases = JSON.parse(fs.readFileSync(path.join(directory, 'event-patterns.json'), 'utf8'));
  for (const { name, pattern, event, expected, code, message, recorded } of cases) {
    const said = expected === 'invalid' ? `${code}: ${message}` : expected;
    const actual = answerOf(() => matchesPattern(selfTest ? broken(pattern) : pattern, event));
    findings.check(actual === said, `event pattern ${name}, recorded ${recorded}: EventBridge said ${said}, the emulator ${actual}`);
  }
  console.log(`${cases.length} event patterns`);
}

function answerOf(match) {
  try {
    return match();
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}
