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

describe('the outcomes of the items', () => {
  const results = { Bucket: 'results', Key: 'manifest.json' };
  const local = emulator();
  local.s3.put('results', 'manifest.json', JSON.stringify({ ResultFiles: { SUCCEEDED: [{ Key: 'a' }, { Key: 'b' }], FAILED: [{ Key: 'c' }] } }));
  for (const [key, text] of [['a', '{"index":0}\n{"index":1}\n'], ['b', '{"index":2}'], ['c', '{"index":3}\n']]) local.s3.put('results', key, text);

  test.each<[string, object]>([
    ['the output of a run that succeeded', { output: { results } }],
    ['the cause of a run that failed', { cause: JSON.stringify({ results }) }],
  ])('are found by %s', (_, execution) => {
    expect(itemResultsOf(local, execution as never)).toEqual([0, 1, 2, 3].map((index) => ({ index })));
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
