import { CANARY } from './jobs';

/** Replaces each `{long: n}` by a text of n characters, and each `{own: word}` by a text that no other run has. */
export function withTexts(input: unknown, runId: string): unknown {
  if (typeof input !== 'object' || input === null) return input;
  if ('long' in input) return `${CANARY} `.repeat(Number(input.long)).slice(0, Number(input.long));
  if ('own' in input) return `${CANARY} ${input.own} of ${runId}`;
  if (Array.isArray(input)) return input.map((item) => withTexts(item, runId));
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, withTexts(value, runId)]));
}
