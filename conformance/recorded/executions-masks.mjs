// Takes from recorded and from emulated data what is another in each execution.

const TOKEN = /^AQC[A-Za-z0-9+/=]{40,}$/;
const RECORDED_TOKEN = /^<+task_token>?:\d+>$/;

/** JSON in which each task token is the same. */
export function withoutTokens(value) {
  if (value === undefined) return undefined;
  return JSON.parse(JSON.stringify(value), (_, item) => typeof item === 'string' && (TOKEN.test(item) || RECORDED_TOKEN.test(item)) ? '<token>' : item);
}

/** JSON without the number of redrives in a context object: some recordings are older than redrives. */
export function withoutRedrives(value) {
  return JSON.parse(JSON.stringify(value), (key, item) => key === 'RedriveCount' ? undefined : item);
}

/** The output, without what stands at the paths: `$["a"][0]["b"]`. */
export function masked(output, paths) {
  const copy = { root: withoutTokens(output) };
  for (const path of paths) {
    const keys = ['root', ...[...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index))];
    const last = keys.pop();
    const parent = keys.reduce((value, key) => value?.[key], copy);
    if (parent?.[last] !== undefined) parent[last] = '<masked>';
  }
  return copy.root;
}

/** Texts that stand for any value in a recording. */
const WORDS = ['date', 'timestamp', 'start-time', 'entered-time', 'RandomNumberGenerated', 'generated-uuid'];
const PLACEHOLDER = /<[^<>]+>(?::\d+>)?/g;

/** Whether a value is the recorded one. Placeholders in the recording, `<ArnPart_0idx>`, stand for anything. */
export function matches(here, recorded) {
  if (WORDS.includes(recorded) || (typeof recorded === 'string' && recorded !== '' && recorded.replace(PLACEHOLDER, '') === '')) return here !== undefined;
  if (here === recorded) return true;
  if (typeof recorded === 'string' && typeof here === 'string') {
    const parts = recorded.split(PLACEHOLDER).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const [hereJson, recordedJson] = [comparableJson(here), comparableJson(recorded)];
    if (typeof hereJson === 'object' && typeof recordedJson === 'object') return matches(hereJson, recordedJson);
    return new RegExp(`^${parts.join('.+')}$`, 's').test(here);
  }
  if (typeof recorded !== 'object' || recorded === null || typeof here !== 'object' || here === null) return false;
  const keys = Object.keys(recorded);
  return Array.isArray(here) === Array.isArray(recorded) && keys.length === Object.keys(here).length && keys.every((key) => matches(here[key], recorded[key]));
}

/** A text; where it is JSON, its value: the recordings have other spaces in it. */
export function comparableJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
