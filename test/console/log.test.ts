import { plainLine } from '../../console/log/ansi';
import { EMPTY_LOG, kindOf, withPage } from '../../console/log/buffer';

test.each([
  ['\u001b[32mgreen\u001b[0m', 'green'],
  ['\u001b[38;5;208mcolour\u001b[K', 'colour'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;https://example.com\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['10 %\r20 %\r30 %', '30 %'],
  ['a line\r\n', 'a line'],
  ['a\u0000b\u0007c\td', 'abc\td'],
  ['\u001b(Bset\u001b7\u001b8', 'set'],
  ['<b>bold</b> ünïcode 日本', '<b>bold</b> ünïcode 日本'],
])('%j is shown as %j', (text, plain) => {
  expect(plainLine(text)).toBe(plain);
});

test('the newest lines stay, and each keeps its number', () => {
  const page = (from: number, length: number) => Array.from({ length }, (_, index) => ({ at: '', text: String(from + index) }));
  const once = withPage(EMPTY_LOG, page(0, 3), 5);
  const twice = withPage(once, page(3, 4), 5);
  expect(once).toMatchObject({ dropped: 0, lines: [{ number: 0 }, { number: 1 }, { number: 2 }] });
  expect(twice.dropped).toBe(2);
  expect(twice.lines.map(({ number, text }) => [number, text])).toEqual([[2, '2'], [3, '3'], [4, '4'], [5, '5'], [6, '6']]);
  expect(withPage(twice, page(7, 9), 5)).toMatchObject({ dropped: 11, lines: [{ number: 11, text: '11' }, {}, {}, {}, { number: 15 }] });
  expect(withPage(twice, [], 5)).toEqual(twice);
});

test('what a job says to this library is told from what it says to people', () => {
  expect(['::progress 5', '::result {}', 'text'].map(kindOf)).toEqual(['progress', 'result', 'text']);
});
