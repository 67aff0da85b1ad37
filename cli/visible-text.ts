/**
 * A text of others for the terminal of a person: characters that would move its cursor, clear its lines or set its title become visible. Ends of lines
 * and tabs stay. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escaped);
}

/** A text of others on one line of a terminal: ends of lines become visible, too, so that it cannot look like another line. */
export function visibleLine(text: string): string {
  return visible(text).replace(/\n/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
