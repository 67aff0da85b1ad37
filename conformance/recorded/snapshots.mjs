// The recorded snapshots: JSON in which what differs in every recording is masked.
import fs from 'node:fs';
import path from 'node:path';

/** Values that are masked without brackets. */
const MASKS = ['timestamp', 'datetime', 'date', 'sent-timestamp', 'sender-id', 'receipt-handle', 'm-d5-of-body', 'snf_role_arn', 'maximum-batching-window-in-seconds'];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** All snapshots: `{file, test, recordedDate, content}`. */
export function readSnapshots(directory) {
  return fs.readdirSync(path.join(directory, 'raw')).sort().flatMap((name) => {
    const tests = JSON.parse(fs.readFileSync(path.join(directory, 'raw', name), 'utf8'));
    return Object.entries(tests).map(([id, test]) => ({
      file: name.replace('.snapshot.json', ''),
      test: id.slice(id.indexOf('::') + 2),
      recordedDate: test['recorded-date'],
      content: test['recorded-content'],
    }));
  });
}

/**
 * Compares an answer of the emulator with a recorded one. Returns `{path, expected, actual}` for each difference. A placeholder such as
 * `<uuid:1>` is the same text everywhere in a recording, and `names` remembers which.
 */
export function differences(expected, actual, names = new Map(), at = '$') {
  if (typeof expected === 'string') return matchesText(expected, actual, names) ? [] : [{ path: at, expected, actual }];
  // The recordings have JSON texts as what they say.
  const value = typeof actual === 'string' && typeof expected === 'object' && expected !== null ? parsed(actual) : actual;
  if (typeof expected !== 'object' || expected === null || typeof value !== 'object' || value === null || Array.isArray(expected) !== Array.isArray(value)) {
    return Object.is(expected, value) ? [] : [{ path: at, expected, actual: value }];
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(value)])].filter((key) => key !== 'HTTPHeaders');
  return keys.flatMap((key) => {
    const inner = Array.isArray(expected) ? `${at}[${key}]` : `${at}.${key}`;
    if (!(key in expected)) return value[key] === undefined ? [] : [{ path: inner, actual: value[key] }];
    if (value[key] === undefined) return [{ path: inner, expected: expected[key] }];
    return differences(expected[key], value[key], names, inner);
  });
}

function matchesText(expected, actual, names) {
  const text = typeof actual === 'number' ? String(actual) : actual;
  if (typeof text !== 'string') return false;
  if (MASKS.includes(expected)) return text !== '';
  const placeholders = [];
  const source = expected.split(/(<[\w-]+(?::\d+)?>)/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    placeholders.push(part);
    return '(.+?)';
  }).join('');
  const values = new RegExp(`^${source}$`, 's').exec(text)?.slice(1);
  return values !== undefined && placeholders.every((placeholder, index) => {
    const value = values[index];
    if (placeholder.startsWith('<uuid') && !UUID.test(value)) return false;
    if (!placeholder.includes(':')) return true;
    if (!names.has(placeholder)) names.set(placeholder, value);
    return names.get(placeholder) === value;
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
