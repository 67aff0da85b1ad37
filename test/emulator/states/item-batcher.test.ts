import fc from 'fast-check';
import { batchesOf } from '../../../emulator/states/item-batcher';

const scope = { data: { most: '2', date: '2026-01-01' }, context: {}, random: () => 0 };

test('a batch has at most so many items', () => {
  expect(batchesOf({ MaxItemsPerBatch: 2 }, [1, 2, 3], scope)).toStrictEqual([{ input: { Items: [1, 2] }, items: 2 }, { input: { Items: [3] }, items: 1 }]);
  expect(batchesOf({ MaxItemsPerBatchPath: '$.most' }, [1, 2, 3], scope)).toHaveLength(2);
  expect(batchesOf({ MaxItemsPerBatch: 2 }, [], scope)).toEqual([]);
});

test('a batch has the input that all batches share', () => {
  expect(batchesOf({ MaxItemsPerBatch: 5, BatchInput: { 'date.$': '$.date' } }, [1], scope)).toEqual([{ input: { BatchInput: { date: '2026-01-01' }, Items: [1] }, items: 1 }]);
});

test('no item is lost or moved, and a batch of several items is within both limits', () => {
  const anyItems = fc.array(fc.string({ maxLength: 30 }));
  fc.assert(fc.property(anyItems, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 20, max: 120 }), (items, mostItems, mostBytes) => {
    const inputs = batchesOf({ MaxItemsPerBatch: mostItems, MaxInputBytesPerBatch: mostBytes }, items, scope);
    const batches = inputs.map(({ input }) => (input as { Items: string[] }).Items);
    expect(batches.flat()).toEqual(items);
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(mostItems);
      expect(batch.length === 1 || Buffer.byteLength(JSON.stringify({ Items: batch })) <= mostBytes).toBe(true);
    }
    // A batch ends only where the next item would break a limit.
    batches.slice(1).forEach((batch, index) => {
      const longer = [...batches[index], batch[0]];
      expect(longer.length > mostItems || Buffer.byteLength(JSON.stringify({ Items: longer })) > mostBytes).toBe(true);
    });
  }));
});

test.each<[object, string]>([
  [{ MaxItemsPerBatch: 0 }, 'MaxItemsPerBatch must be positive.'],
  [{ MaxInputBytesPerBatch: -1 }, 'MaxInputBytesPerBatch must be positive.'],
  [{ MaxItemsPerBatchPath: '$.half' }, 'The MaxItemsPerBatchPath field refers to value "0.5" which is not a valid integer: $.half'],
])('the limit %j is an error', (limit, cause) => {
  expect(() => batchesOf(limit, [1], { ...scope, data: { half: 0.5 } })).toThrow(`States.Runtime: ${cause}`);
});

test('a batch is never larger than the input of an execution may be', () => {
  const items = ['x'.repeat(131_063), 'x'.repeat(131_064)]; // 262,144 bytes with the JSON around them
  expect(batchesOf({ MaxItemsPerBatch: 9 }, items, scope)).toHaveLength(1);
  expect(batchesOf({ MaxInputBytesPerBatch: 1_000_000 }, ['x'.repeat(131_064), 'x'.repeat(131_064)], scope)).toHaveLength(2);
});
