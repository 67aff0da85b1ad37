import * as fc from 'fast-check';
import { progressIn, resultIn } from '../../src/contract/output-lines';

test.each([
  ['::progress 42', { percentage: 42 }],
  ['::progress 42 rendering tiles', { percentage: 42, message: 'rendering tiles' }],
  ['::progress 42% rendering tiles', { percentage: 42, message: 'rendering tiles' }],
  ['::progress 99.99 almost', { percentage: 99.9, message: 'almost' }],
  ['::progress 201/300 sort', { percentage: 67, done: 201, total: 300, message: 'sort' }],
  ['::progress {"done":40,"total":100,"message":"sort"}', { percentage: 40, done: 40, total: 100, message: 'sort' }],
  ['::progress {"percentage":7}', { percentage: 7 }],
  ['::progress 0', { percentage: 0 }],
  ['::progress 100 done', { percentage: 100, message: 'done' }],
])('%s is progress', (line, progress) => {
  expect(progressIn(line)).toEqual(progress);
});

test.each([
  '::progress', '::progress ', '::progress fast', '::progress 101', '::progress -1', '::progress 5/4', '::progress 0/0', '::progress 1e2', '::progress NaN', '::progress {"done":1}',
  '::progress {"done":1', '::progress {}', '::progress {"percentage":"7"}', '::progress 1/2/3', '::progress 42percent', ' ::progress 42', 'x ::progress 42', '::Progress 42',
  `::progress 42 ${'x'.repeat(1024)}`,
])('%j is output like any other', (line) => {
  expect(progressIn(line)).toBeUndefined();
});

test('the last progress counts, and lines that are none do not hide it', () => {
  expect(progressIn('::progress 1\n::progress 2 two\n::progress many\nend')).toEqual({ percentage: 2, message: 'two' });
});

test('a long message is cut', () => {
  expect(progressIn(`::progress 1 ${'x'.repeat(900)}`)!.message).toHaveLength(200);
});

test('progress may overwrite a line, and may have colours', () => {
  expect(progressIn(' 10 %\r\u001b[2K::progress 10\r')).toEqual({ percentage: 10 });
  expect(progressIn('\u001b[32m::progress 10 a\u001b[0m\r 20 %\r\nend')).toEqual({ percentage: 10, message: 'a' });
});

test('the last result counts', () => {
  expect(resultIn('::result 1\n::result {"a":2}\n::progress 100')).toBe('{"a":2}');
  expect(resultIn('no ::result 1')).toBeUndefined();
});

test('a result may have colours around it, and words behind a carriage return are none', () => {
  expect(JSON.parse(resultIn('\u001b[32m::result {"a":2}\u001b[0m\r\nthe name is x\r::result {"a":3}')!)).toEqual({ a: 2 });
});

test('any JSON on one line is the result that was printed', () => {
  expect(JSON.parse(resultIn('::result "\u009bnieg"')!)).toBe('\u009bnieg');
  fc.assert(fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
    expect(resultIn(`begin\n::result ${JSON.stringify(value)}\nend`)).toBe(JSON.stringify(value));
  }));
});

test('any output gives a progress that can be shown, or none', () => {
  const line = fc.oneof(fc.string({ unit: 'binary' }), fc.string().map((text) => `::progress ${text}`), fc.json().map((json) => `::progress ${json}`), fc.tuple(fc.float(), fc.float()).map(([a, b]) => `::progress ${a}/${b}`));
  fc.assert(fc.property(fc.array(line), (lines) => {
    const progress = progressIn(lines.join('\n'));
    expect(progress === undefined || (progress.percentage! >= 0 && progress.percentage! <= 100)).toBe(true);
  }));
});
