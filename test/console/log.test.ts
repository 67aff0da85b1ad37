import { plainLine } from '../../console/log/ansi';
import { afterPage, EMPTY_LOG, kindOf, queryOf, UNREAD_LOG, withPage } from '../../console/log/buffer';

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

test('a long line is cut, and says so', () => {
  const lines = '\r\n'.repeat(200_000);
  expect(plainLine(`${lines}x`)).toBe('\nx');
  expect(plainLine(`x${lines}`)).toBe('x');
  expect(plainLine('\r\n')).toBe('');
  expect(plainLine('x'.repeat(21_000))).toBe(`${'x'.repeat(20_000)} … (1,000 more characters are not shown)`);
});

test('after three full pages in a row, the log goes on at its end', () => {
  const page = (from: number, length: number, next?: string) => (
    { lines: Array.from({ length }, (_, index) => ({ at: String(10_000 + from + index), text: String(from + index) })), next }
  );
  const newest = afterPage(UNREAD_LOG, page(0, 200, 'a'));
  expect([queryOf(UNREAD_LOG), queryOf(newest), newest.full]).toEqual([{ from: 'tail', limit: 200 }, { next: 'a', limit: 1_000 }, 0]);
  const behind = afterPage(afterPage(newest, page(200, 1_000, 'b')), page(1_200, 1_000, 'c'));
  expect([queryOf(behind), behind.full, afterPage(behind, page(2_200, 5, 'd')).full]).toEqual([{ next: 'c', limit: 1_000 }, 2, 0]);
  const given = afterPage(behind, page(2_200, 1_000, 'd'));
  expect(queryOf(given)).toEqual({ from: 'tail', limit: 200 });
  const again = afterPage(given, page(3_199, 3, 'e'));
  expect(again.buffer.lines.slice(-4).map(({ text }) => text)).toEqual(['3199', '… lines are left out here', '3200', '3201']);
  expect([queryOf(again), again.full]).toEqual([{ next: 'e', limit: 1_000 }, 0]);
});

test('without a place to go on from, the whole log is read again', () => {
  const line = { at: '1', text: 'x' };
  expect(afterPage(afterPage(UNREAD_LOG, { lines: [line] }), { lines: [line] }).buffer.lines).toHaveLength(1);
});

test('what a job says to this library is told from what it says to people', () => {
  expect(['::progress 5', '::result {}', 'text'].map(kindOf)).toEqual(['progress', 'result', 'text']);
});
