import { isDeepStrictEqual } from 'node:util';

/** Characters of a value that a finding shows. */
const SHOWN_CHARACTERS = 200;

/** What is found in another form than expected, field by field: `memory is 512, not 1024`. A field that is not expected is found too. */
export function differences(subject: string, found: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>>): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return names.flatMap((name) => {
    const [is, should] = [found, expected].map((values) => Object.hasOwn(values, name) ? values[name] : undefined);
    return isDeepStrictEqual(is, should) ? [] : [`${subject ? `${subject}.` : ''}${name} is ${shown(is)}, not ${shown(should)}`];
  });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)} ... (${text.length} characters)` : text;
}
