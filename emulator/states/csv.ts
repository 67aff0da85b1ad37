/** The text is not CSV. The message says where. */
export class CsvError extends Error {}

/**
 * The rows of a CSV file, without its empty lines, as Step Functions reads them. A backslash escapes a backslash, a quote or a comma; before
 * any other character it is removed. Two quotes are a quote, also in a value that is not in quotes.
 * https://docs.aws.amazon.com/step-functions/latest/dg/example-csv-parse-dist-map.html
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let value = '';
  let isQuoted = false;
  let quotedFrom = 0;
  const endRow = () => {
    row.push(value);
    if (row.length > 1 || value !== '') rows.push(row);
    row = [];
    value = '';
  };

  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const next = text[at + 1];
    const isDoubled = character === '"' && next === '"';
    if (character === '\\') {
      if (next !== undefined && '\\",'.includes(next)) value += text[++at];
    } else if (isDoubled && (isQuoted || value !== '')) {
      value += text[++at];
    } else if (character === '"' && (isQuoted || value === '')) {
      isQuoted = !isQuoted;
      quotedFrom = at;
    } else if (isQuoted) {
      value += character;
    } else if (character === ',') {
      row.push(value);
      value = '';
    } else if (character === '\n' || character === '\r' && next === '\n') {
      if (character === '\r') at++;
      endRow();
    } else {
      value += character;
    }
  }
  if (isQuoted) throw new CsvError(`the quote in line ${text.slice(0, quotedFrom).split('\n').length} is not closed; close it, or write it twice`);
  endRow();
  return rows;
}
