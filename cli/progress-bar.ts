import type { Progress } from '../src/contract/output-lines';

const WIDTH = 12;

/** `[########----]  67 %  201/300  rendering tiles`: a bar of text, for readers of colours and of none. */
export function progressBar({ percentage = 0, done, total, message }: Progress): string {
  const filled = Math.floor(WIDTH * percentage / 100);
  return [
    `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${String(percentage).padStart(3)} %`,
    ...done === undefined ? [] : [`${done}/${total}`],
    ...message === undefined ? [] : [message],
  ].join('  ');
}
