import { CANARY } from './jobs';

/** Results that a container may write besides JSON texts of some length, by their names in a scenario. */
const RESULTS = {
  'an object': '{"__proto__": {"a": 1}, "constructor": [true, null, 1.5e-7], "": "\\u0000 \\ud83d\\ude00"}',
  'a long number': '{"id": 616581622363398142}',
  'nothing': '',
  'text': `${CANARY}: the result is in the other file`,
  'half of a JSON text': '{"rows": [1, 2',
  'no text': Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
  'deeply nested JSON': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
} as const satisfies Record<string, string | Buffer>;

export type ResultName = keyof typeof RESULTS;
export const RESULT_NAMES = Object.keys(RESULTS) as ResultName[];

/** What a container writes: the result of this name, or a JSON text of so many characters. */
export function resultOf(written: ResultName | number): string | Buffer {
  if (typeof written === 'string') return RESULTS[written];
  return written < 2 ? '1'.repeat(written) : JSON.stringify('r'.repeat(written - 2));
}
