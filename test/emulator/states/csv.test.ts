import { parseCsv } from '../../../emulator/states/csv';

test.each<[string, string, string[][]]>([
  ['rows', 'a,b\n1,2\n', [['a', 'b'], ['1', '2']]],
  ['a last row without a line break', 'a,b\r\n1,2', [['a', 'b'], ['1', '2']]],
  ['values in quotes, with commas, quotes and line breaks in them', 'a,b\n"1,2","say ""hi""\nthere"\n', [['a', 'b'], ['1,2', 'say "hi"\nthere']]],
  ['empty values', 'a,b,c\n,2,\n', [['a', 'b', 'c'], ['', '2', '']]],
  ['empty lines', 'a\n\n1\n\n', [['a'], ['1']]],
  ['an empty last value', 'a,b\n1,', [['a', 'b'], ['1', '']]],
  ['a value in quotes at its end', 'a\n"1"', [['a'], ['1']]],
  ['no text', '', []],
])('a CSV file with %s is parsed', (_, text, rows) => {
  expect(parseCsv(text)).toEqual(rows);
});
