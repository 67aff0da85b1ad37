// Compares the output of a command with the output that a document shows.
import { stripVTControlCharacters } from 'node:util';

/** What differs from run to run: times since the start, and durations. */
const TIMES = [[/^\+\d+:\d\d:\d\d\.\d/, '\\+\\d+:\\d\\d:\\d\\d\\.\\d'], [/\d+\.\d s\b/, '\\d+\\.\\d s']];

/**
 * The first line of the document that the output lacks, or undefined. The lines must be in this order; between them may be others. `...` at the
 * end of a line stands for its rest.
 */
export function missingLine(shown, output) {
  const lines = stripVTControlCharacters(output).split('\n').map((line) => line.trimEnd());
  let at = 0;
  return shown.split('\n').filter((line) => line.trim() !== '').find((line) => {
    const found = lines.findIndex((candidate, index) => index >= at && patternOf(line).test(candidate));
    at = found + 1;
    return found < 0;
  });
}

function patternOf(line) {
  const pieces = line.trimEnd().replace(/\s*\.\.\.$/, '').split(/(^\+\d+:\d\d:\d\d\.\d|\d+\.\d s\b)/);
  const source = pieces.map((piece) => TIMES.find(([time]) => time.test(piece))?.[1] ?? piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('');
  return new RegExp(`^${source}${line.trimEnd().endsWith('...') ? '' : '$'}`);
}
