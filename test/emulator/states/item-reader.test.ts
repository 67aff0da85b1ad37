import { itemLimit, readItems } from '../../../emulator/states/item-reader';
import { runtimeError, TaskError } from '../../../emulator/states/task-error';

const scope = { data: { key: 'k', most: '2' }, context: {}, random: () => 0 };
const readerOf = (config: object) => ({ Resource: 'arn:aws:states:::s3:getObject', Parameters: { 'Bucket': 'b', 'Key.$': '$.key' }, ReaderConfig: config });
const read = (config: object, body: unknown, limit = 0) => readItems(readerOf(config), limit, scope, async () => body);

test('the object that is read is named by the input', async () => {
  const calls: unknown[] = [];
  await readItems(readerOf({ InputType: 'JSON' }), 0, scope, async (...call) => {
    calls.push(call);
    return '[]';
  });
  expect(calls).toEqual([['arn:aws:states:::s3:getObject', { Bucket: 'b', Key: 'k' }]]);
});

test.each<[string, object, string, unknown[]]>([
  ['JSON', { InputType: 'JSON' }, '[1,{"a":2}]', [1, { a: 2 }]],
  ['JSON lines', { InputType: 'JSONL' }, '1\r\n\n{"a":2}\n', [1, { a: 2 }]],
  ['CSV', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }, 'a,b\n1,2,3\n4\n', [{ a: '1', b: '2' }, { a: '4', b: '' }]],
  ['CSV that is empty', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }, '', []],
  ['JSON lines with lines of spaces', { InputType: 'JSONL' }, ' \n1\n\t\r\n2', [1, 2]],
  ['CSV with its headers in the definition', { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['x'] }, '1\n2', [{ x: '1' }, { x: '2' }]],
])('a list in %s is read', async (_, config, body, items) => {
  expect(await read(config, body)).toEqual(items);
});

test('the objects in a bucket are the items', async () => {
  const objects = [{ Key: 'a' }, { Key: 'b' }];
  expect(await readItems({ Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'b' } }, 1, scope, async () => objects)).toEqual([{ Key: 'a' }]);
});

test.each([[0, [1, 2, 3]], [2, [1, 2]], [3, [1, 2, 3]], [4, [1, 2, 3]]])('with MaxItems %d, the items are %j', async (limit, items) => {
  expect(await read({ InputType: 'JSON' }, '[1,2,3]', limit)).toEqual(items);
});

test('the limit is in the definition or in the input', () => {
  expect(itemLimit(readerOf({ MaxItems: 7 }), scope)).toBe(7);
  expect(itemLimit(readerOf({ MaxItemsPath: '$.most' }), scope)).toBe(2);
  expect(itemLimit({}, scope)).toBe(0);
  expect(() => itemLimit(readerOf({ MaxItemsPath: '$.key' }), scope)).toThrow('The MaxItemsPath field refers to value "k" which is not a valid integer');
});

test.each<[string, object, string, number, string]>([
  ['a negative limit', { InputType: 'JSON' }, '[]', -1, 'field MaxItems must be positive'],
  ['a list that is no list', { InputType: 'JSON' }, '{"a":1}', 0, 'Attempting to map over non-iterable node.'],
  ['a list that is no JSON', { InputType: 'JSON' }, '[\n{oops}\n]', 0, 'The list cannot be read: line 2: Expected property name'],
  ['a list that ends too early', { InputType: 'JSON' }, '[1,\n2', 0, 'The list cannot be read: '],
  ['a list that is empty', { InputType: 'JSON' }, '', 0, 'The list cannot be read: line 1: Unexpected end of JSON input'],
  ['a line that is no JSON', { InputType: 'JSONL' }, '{}\n\n{oops}\n', 0, 'The list cannot be read: line 3: Expected property name'],
  ['a quote that is not closed', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }, 'a\n"b\n', 0, 'The list cannot be read: the quote in line 2 is not closed'],
  ['two headers with one name', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }, 'a,a\n', 0, 'CSV headers cannot contain duplicates.'],
])('%s is an error of the reader', async (_, config, body, limit, cause) => {
  await expect(read(config, body, limit)).rejects.toMatchObject({ error: 'States.ItemReaderFailed', cause: expect.stringContaining(cause) });
});

test('a read that S3 refuses is an error of the reader, and an error of Step Functions is not', async () => {
  const failing = (error: Error) => readItems(readerOf({ InputType: 'JSON' }), 0, scope, () => Promise.reject(error));
  await expect(failing(new TaskError('S3.NoSuchKeyException', 'gone'))).rejects.toMatchObject({ error: 'States.ItemReaderFailed', cause: 'gone' });
  await expect(failing(runtimeError('why'))).rejects.toMatchObject({ error: 'States.Runtime', cause: 'why' });
  await expect(failing(new TypeError('oops'))).rejects.toThrow(TypeError);
});
