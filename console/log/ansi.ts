/**
 * Control sequences of terminals: colours and the like (CSI), titles and links (OSC, ended by BEL or ST), other strings, and two-character escapes.
 * https://ecma-international.org/publications-and-standards/standards/ecma-48/
 */
// eslint-disable-next-line no-control-regex
const ESCAPES = /\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b[ -/]*[0-~]/g;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** The text of a line as a terminal would show it in the end, without colours. A carriage return begins the line again. */
export function plainLine(text: string): string {
  const lines = text.replace(ESCAPES, '').replace(/[\r\n]+$/, '').split('\r');
  return lines.at(-1)!.replace(CONTROLS, '');
}
