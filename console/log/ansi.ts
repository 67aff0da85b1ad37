import { grouped } from '../format/text';

/**
 * Control sequences of terminals: colours and the like (CSI), titles and links (OSC, ended by BEL or ST), other strings, and two-character escapes.
 * https://ecma-international.org/publications-and-standards/standards/ecma-48/
 */
// eslint-disable-next-line no-control-regex
const ESCAPES = /\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b[ -/]*[0-~]/g;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** The most characters of a line that are shown. An event of CloudWatch Logs may have a million. */
const MOST_CHARACTERS = 20_000;

/** The text of a line as a terminal would show it in the end, without colours. A carriage return begins the line again. */
export function plainLine(text: string): string {
  const line = text.replace(ESCAPES, '');
  let end = line.length;
  while (end > 0 && '\r\n'.includes(line[end - 1])) end--;
  const plain = line.slice(line.lastIndexOf('\r', end - 1) + 1, end).replace(CONTROLS, '');
  return plain.length <= MOST_CHARACTERS ? plain : `${plain.slice(0, MOST_CHARACTERS)} … (${grouped(plain.length - MOST_CHARACTERS)} more characters are not shown)`;
}
