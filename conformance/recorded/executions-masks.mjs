// Takes from recorded and from emulated data what is another in each execution.

const TOKEN = /^AQC[A-Za-z0-9+/=]{40,}$/;
const RECORDED_TOKEN = /^<+task_token>?:\d+>$/;

/** JSON in which each task token is the same. */
export function withoutTokens(value) {
  if (value === undefined) return undefined;
  return JSON.parse(JSON.stringify(value), (_, item) => typeof item === 'string' && (TOKEN.test(item) || RECORDED_TOKEN.test(item)) ? '<token>' : item);
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

/** A text; where it is JSON, its value: the recordings have other spaces in it. */
export function comparableJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
