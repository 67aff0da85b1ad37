import { SharedLimits } from '../../../src/functions/api/shared-limits';
import type { Condition, Item, Key, Table } from '../../../src/functions/api/table';

let now: number;
beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});

/** A table with what the limits do: counts up to a number, and places. */
function fakeTable() {
  const items = new Map<string, Item>();
  let writes = 0;
  const keyOf = ({ partition, sort }: Key) => `${partition} ${sort}`;
  const table = {
    count: async (key: Key, _expires: number, { values }: Condition) => {
      writes++;
      const { count = 0 } = items.get(keyOf(key)) ?? {};
      if (count >= (values![':most'] as number)) return false;
      items.set(keyOf(key), { count: count + 1 });
      return true;
    },
    put: async (key: Key, item: Item) => {
      writes++;
      if (items.has(keyOf(key))) return false;
      items.set(keyOf(key), item);
      return true;
    },
    delete: async (key: Key) => items.delete(keyOf(key)),
  } as unknown as Table;
  return { table, writes: () => writes };
}

const BUDGET = { calls: 5, period: 2 };

test('all instances share the calls of a period, and each asks once when they are used up', async () => {
  const { table, writes } = fakeTable();
  const instances = [new SharedLimits(table, 0), new SharedLimits(table, 0)];
  const taken: boolean[] = [];
  for (let request = 0; request < 100; request++) taken.push(await instances[request % 2].takeCall('GetLogEvents', BUDGET));
  expect(taken.filter(Boolean)).toHaveLength(5);
  expect(writes()).toBe(7);
  expect(await instances[0].takeCall('DescribeExecution', BUDGET)).toBe(true);
  now += 1_999;
  expect(await instances[0].takeCall('GetLogEvents', BUDGET)).toBe(false);
  now += 1;
  expect(await instances[0].takeCall('GetLogEvents', BUDGET)).toBe(true);
});

test('an instance that found no place looks for one again after a second or two', async () => {
  const { table, writes } = fakeTable();
  const [full, other] = [new SharedLimits(table, 1), new SharedLimits(table, 1)];
  const giveBack = await full.takePlace();
  for (let request = 0; request < 100; request++) expect(await other.takePlace()).toBeUndefined();
  expect(writes()).toBe(2);
  await giveBack!();
  expect(await other.takePlace()).toBeUndefined();
  now += 2_000;
  expect(await other.takePlace()).toBeDefined();
});

test('an instance whose request gives its place back looks for one at once', async () => {
  const limits = new SharedLimits(fakeTable().table, 1);
  const giveBack = await limits.takePlace();
  expect(await limits.takePlace()).toBeUndefined();
  await giveBack!();
  expect(await limits.takePlace()).toBeDefined();
});
