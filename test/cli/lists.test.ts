import * as fs from 'fs';
import * as path from 'path';
import { UsageError } from '../../cli/errors';
import { itemIndexOf, itemResultsOf, putList } from '../../cli/lists';
import { S3 } from '../../emulator/services/s3/s3';
import { temporary } from '../emulator/apps';

const emulator = () => ({ s3: new S3({} as never) }) as never as { s3: S3 } & Parameters<typeof putList>[0];
const job = (key?: string) => ({ path: 'App/Each', list: { bucket: 'lists', key } }) as never;

function listFile(): string {
  const file = path.join(temporary(), 'list.jsonl');
  fs.writeFileSync(file, '{"a":1}\n');
  return file;
}

test.each<[string, string | undefined, object, string, object]>([
  ['the key of the map, and the input stays as it is', 'lists/today.jsonl', { a: 1, key: 'mine' }, 'lists/today.jsonl', { a: 1, key: 'mine' }],
  ['the key of the input', undefined, { a: 1, key: 'mine' }, 'mine', { a: 1, key: 'mine' }],
  ['the name of the file, which the input then names', undefined, { a: 1 }, 'list.jsonl', { a: 1, key: 'list.jsonl' }],
  ['the name of the file, when the key of the input is not text', undefined, { key: 3 }, 'list.jsonl', { key: 'list.jsonl' }],
])('a list is put under %s', (_, key, input, expectedKey, expectedInput) => {
  const local = emulator();
  expect(putList(local, job(key), listFile(), input)).toEqual(expectedInput);
  expect(local.s3.get('lists', expectedKey)!.toString()).toBe('{"a":1}\n');
});

test.each([null, 'text', 3, [[]]])('the input %j cannot name a list', (input) => {
  expect(() => putList(emulator(), job(), listFile(), input)).toThrow(new UsageError('--input is not an object; give the fields of the map, or leave --input out'));
});

test.each<[string, Buffer, string]>([
  ['begins with a byte order mark', Buffer.from('\ufeffa,b\n1,2\n'), 'begins with a byte order mark, which Step Functions may take for a part of the first value; save it as UTF-8 without BOM'],
  ['is in UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'is not text in UTF-8; save it as UTF-8'],
  ['is in Latin-1', Buffer.from('caf\u00e9\n', 'latin1'), 'is not text in UTF-8; save it as UTF-8'],
])('a list that %s is refused', (_, bytes, message) => {
  const file = listFile();
  fs.writeFileSync(file, bytes);
  expect(() => putList(emulator(), job(), file, {})).toThrow(new UsageError(`--list ${file} ${message}`));
});

test('a list that cannot be read is refused', () => {
  const directory = temporary();
  expect(() => putList(emulator(), job(), directory, {})).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(/^--list .+ cannot be read: EISDIR/) }));
});

describe('the outcomes of the items', () => {
  const results = { Bucket: 'results', Key: 'manifest.json' };
  const verdict = { status: 'FAILED', reason: 'ExitCode', message: 'the container exited with 1', exitCode: 1 };
  const input = (index: number) => JSON.stringify({ index, parameters: { a: `${index}` } });
  const run = (Error: string, Cause: string) => JSON.stringify({ Status: 'FAILED', Error, Cause, ExecutionArn: 'arn' });
  const records: Record<string, object[]> = {
    a: [{ index: 0, parameters: { a: '0' }, run: { output: { status: 'SUCCEEDED' } } }, { index: 5, parameters: {}, run: {} }],
    b: [{ index: 2, parameters: {}, run: {} }],
    c: [
      { Input: input(1), Status: 'FAILED', Error: 'States.TaskFailed', Cause: run('ExitCode', JSON.stringify(verdict)) },
      { Input: input(3), Status: 'FAILED', Error: 'States.TaskFailed', Cause: run('SubmitRefused', 'there is no queue') },
      { Input: input(4), Status: 'FAILED', Error: 'States.DataLimitExceeded', Cause: 'the input is too large' },
      { Input: input(6), Status: 'ABORTED' },
      { Input: input(7), Status: 'FAILED', Error: 'Custom', Cause: '{"some":"object"}' },
    ],
  };
  const local = emulator();
  local.s3.put('results', 'manifest.json', JSON.stringify({ ResultFiles: { SUCCEEDED: [{ Key: 'a' }, { Key: 'b' }], FAILED: [{ Key: 'c' }] } }));
  for (const [key, lines] of Object.entries(records)) local.s3.put('results', key, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

  test.each<[string, object]>([
    ['the output of a run that succeeded', { output: { results } }],
    ['the cause of a run that failed', { cause: JSON.stringify({ results }) }],
  ])('are found by %s, in the order of the list and with their reasons', (_, execution) => {
    expect(itemResultsOf(local, execution as never)).toEqual([
      { index: 0, parameters: { a: '0' }, status: 'SUCCEEDED', run: { output: { status: 'SUCCEEDED' } } },
      { index: 1, parameters: { a: '1' }, status: 'FAILED', error: 'ExitCode', message: 'the container exited with 1', run: { output: verdict } },
      { index: 2, parameters: {}, status: 'SUCCEEDED', run: {} },
      { index: 3, parameters: { a: '3' }, status: 'FAILED', error: 'SubmitRefused', message: 'there is no queue' },
      { index: 4, parameters: { a: '4' }, status: 'FAILED', error: 'States.DataLimitExceeded', message: 'the input is too large' },
      { index: 5, parameters: {}, status: 'SUCCEEDED', run: {} },
      { index: 6, parameters: { a: '6' }, status: 'ABORTED' },
      { index: 7, parameters: { a: '7' }, status: 'FAILED', error: 'Custom', message: '{"some":"object"}', run: { output: { some: 'object' } } },
    ]);
  });

  test.each<[string, object]>([
    ['failed before its first item', { cause: 'the list cannot be read' }],
    ['has no cause', {}],
    ['names no results', { output: {} }],
    ['wrote no results', { output: { results: { ...results, Key: 'other' } } }],
  ])('are none when the run %s', (_, execution) => {
    expect(itemResultsOf(local, execution as never)).toEqual([]);
  });
});

test.each<[string | undefined, number | undefined]>([
  ['list-00012-0', 12],
  ['list-00000-3', 0],
  ['00007-1-00012-0', 12],
  ['list-0012-0', undefined],
  ['list-00012-0-x', undefined],
  ['list-00012', undefined],
  [undefined, undefined],
])('the run %s is of item %s', (runId, index) => {
  expect(itemIndexOf({ plan: { environment: runId === undefined ? {} : { HEAVY_BATCH_RUN_ID: runId } } } as never)).toBe(index);
});
