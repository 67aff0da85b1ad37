/** A string or a number of a JSON text. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** The numbers of a JSON text, as they are written. */
export function numbersIn(json: string): string[] {
  return (json.match(TOKEN) ?? []).filter((token) => !token.startsWith('"'));
}

/** A JSON text with each of its strings and numbers replaced. */
export function replaceTokens(json: string, replacement: (token: string) => string): string {
  return json.replace(TOKEN, replacement);
}

/** Whether a value of JSON is an object. A list is none, although it has keys. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
