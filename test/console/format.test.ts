import { curlLine, shellWord } from '../../console/format/curl';
import { progressShare, progressText, queueText, shortId } from '../../console/format/text';
import { ago, duration, estimateText, utc } from '../../console/format/time';

const AT = '2026-11-27T10:00:00.000Z';
const NOW = Date.parse(AT);

test.each([
  [0, '0 s'], [0.04, '0.0 s'], [7.46, '7.4 s'], [7, '7 s'], [42.9, '42 s'], [60, '1 min'], [185, '3 min 5 s'], [7_440, '2 h 4 min'], [266_400, '3 d 2 h'], [-3, '0 s'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([[-60, 'just now'], [4, 'just now'], [12, '12 s ago'], [200, '3 min ago'], [7_300, '2 h ago'], [500_000, '5 d ago']])('what was %d seconds before is %s', (seconds, text) => {
  expect(ago(NOW, NOW + seconds * 1000)).toBe(text);
});

test('a time that is none is shown as it is', () => {
  expect(utc(AT)).toBe('2026-11-27 10:00:00 UTC');
  expect(utc('yesterday')).toBe('yesterday');
});

test.each([
  [{ runs: 20, medianSeconds: 310, p90Seconds: 540 }, 'usually 5 to 9 min, from 20 runs'],
  [{ runs: 3, medianSeconds: 4, p90Seconds: 4 }, 'usually about 4 s, from 3 runs'],
  [{ runs: 7, medianSeconds: 10_800, p90Seconds: 18_000 }, 'usually 3 to 5 h, from 7 runs'],
])('an estimate is said in words', (estimate, text) => {
  expect(estimateText(estimate)).toBe(text);
});

test.each([
  [{ position: 1 }, 'It is the next job of its queue.'], [{ position: 2 }, '1 job of its queue is before it.'], [{ position: 100 }, '99 jobs of its queue are before it.'],
  [{ positionAtLeast: 101 }, 'At least 100 jobs of its queue are before it.'],
])('a place in the queue is said in words', (queue, text) => {
  expect(queueText({ ...queue, at: AT })).toBe(text);
});

test('a progress has a share where its end is known', () => {
  expect(progressShare({ at: AT, done: 201, total: 300 })).toBeCloseTo(0.67);
  expect(progressShare({ at: AT, percentage: 140 })).toBe(1);
  expect(progressShare({ at: AT, done: 5, total: 0 })).toBeUndefined();
  expect(progressShare({ at: AT, message: 'rendering' })).toBeUndefined();
  expect(progressText({ at: AT, percentage: 67.9 })).toBe('67 %');
  expect(progressText({ at: AT, done: 1201, total: 3000 })).toBe('1,201 of 3,000');
  expect(progressText({ at: AT })).toBeUndefined();
});

test('an id is shortened, and a short one is not', () => {
  expect(shortId('0mhz8k2p4a1b2c3d4e5f60718293a-9f86d081884c7d659a2f')).toBe('0mhz8k2p4a1b2c…');
  expect(shortId('short')).toBe('short');
});

test.each([
  ['report', 'report'], ['https://api.example.com/v1/runs', 'https://api.example.com/v1/runs'], ["O'Brien", "'O'\\''Brien'"], ['$(rm -rf /) `x` "y"\n', '\'$(rm -rf /) `x` "y"\n\''], ['', "''"], ['a?b=c&d', "'a?b=c&d'"],
])('a shell reads the word of %j as that text', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test('a command has variables in the place of credentials', () => {
  const request = { method: 'POST', url: 'https://api.example.com/runs', body: '{"a":"it\'s"}' };
  expect(curlLine(request, undefined, 'eu-west-1')).toBe("curl -X POST https://api.example.com/runs -H 'content-type: application/json' -d '{\"a\":\"it'\\''s\"}'");
  expect(curlLine({ ...request, method: 'GET', body: undefined }, 'token', 'eu-west-1')).toBe('curl https://api.example.com/runs -H "Authorization: $TOKEN"');
  expect(curlLine(request, 'keys', 'eu-west-1')).toContain('--aws-sigv4 aws:amz:eu-west-1:execute-api --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"');
});
