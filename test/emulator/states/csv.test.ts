import { CsvError, parseCsv } from '../../../emulator/states/csv';

test.each<[string, string, string[][]]>([
  ['rows', 'a,b\n1,2\n', [['a', 'b'], ['1', '2']]],
  ['a last row without a line break', 'a,b\r\n1,2', [['a', 'b'], ['1', '2']]],
  ['values in quotes, with commas, quotes and line breaks in them', 'a,b\n"1,2","say ""hi""\nthere"\n', [['a', 'b'], ['1,2', 'say "hi"\nthere']]],
  ['empty values', 'a,b,c\n,2,\n', [['a', 'b', 'c'], ['', '2', '']]],
  ['empty lines', 'a\n\n1\n\n', [['a'], ['1']]],
  ['an empty last value', 'a,b\n1,', [['a', 'b'], ['1', '']]],
  ['a value in quotes at its end', 'a\n"1"', [['a'], ['1']]],
  ['no text', '', []],
  ['escaped commas', 'a,b\nx\\,y,0\n', [['a', 'b'], ['x,y', '0']]],
  ['escaped backslashes', 'path,size\nC:\\\\Program Files\\\\MyApp.exe,6534512\n', [['path', 'size'], ['C:\\Program Files\\MyApp.exe', '6534512']]],
  ['escaped quotes', '\\"a\\",b\n"1\\"2",3\n', [['"a"', 'b'], ['1"2', '3']]],
  ['backslashes before other characters', '\\a,b\\n\nx\\\ny', [['a', 'bn'], ['x'], ['y']]],
  ['a backslash at its end', 'a\\', [['a']]],
  ['doubled quotes in values without quotes', 'abc,{""k"":""v""},"[1,2]"', [['abc', '{"k":"v"}', '[1,2]']]],
  ['a quote within a value', 'a"b,5"\n', [['a"b', '5"']]],
  ['empty values in quotes', 'a,""\n"",1', [['a', ''], ['', '1']]],
  ['carriage returns within its lines', 'a\rb\n"c\r\nd"', [['a\rb'], ['c\r\nd']]],
])('a CSV file with %s is parsed', (_, text, rows) => {
  expect(parseCsv(text)).toEqual(rows);
});

test('a quote that is not closed is an error that names its line', () => {
  expect(() => parseCsv('a,b\n"1\n2",3\n4,"5\n6\n')).toThrow(new CsvError('the quote in line 4 is not closed; close it, or write it twice'));
});
