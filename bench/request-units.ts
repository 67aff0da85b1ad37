/// <reference path="../emulator/services/dynamodb/dynalite.d.ts" />
import { capacityUnits } from 'dynalite/db';
import type { CallRecord } from '../emulator/http';
import { TABLE_KEYS } from '../src/contract/api-runs';

type Item = Record<string, { readonly S?: string }>;

/** What calls of DynamoDB use, by the sizes of their items: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
export interface Units {
  readonly reads: number;
  readonly writes: number;
  /** The partition key of the item, or of the index that is queried. */
  readonly partition: string;
}

/** Counts the request units of the table of an API. It has to be told each item that is written. */
export class RequestUnits {
  /** The items as they are, and as they were before the last write. */
  private readonly items = new Map<string, { readonly item?: Item; readonly before?: Item }>();

  written(item: Item): void {
    const key = keyOf(item);
    this.items.set(key, { item, before: this.items.get(key)?.item });
  }

  /** Undefined for a call of another service. */
  of({ service, call: { action, input }, answer, error }: CallRecord): Units | undefined {
    if (service !== 'dynamodb') return undefined;
    const key = input.Key ?? input.Item;
    if (!key) {
      const found = Object.values<Item>((answer as { Items?: Item[] } | undefined)?.Items ?? []);
      const reads = found.reduce((sum, item) => sum + capacityUnits(item, true, input.ConsistentRead), 0);
      return { reads: Math.max(0.5, Math.ceil(reads)), writes: 0, partition: String(Object.values(input.ExpressionAttributeValues ?? {})[0]) };
    }
    const partition = key[TABLE_KEYS.partition].S!;
    const { item, before } = this.items.get(keyOf(key)) ?? {};
    if (action === 'GetItem') return { reads: capacityUnits(item, true, input.ConsistentRead), writes: 0, partition };
    // A write whose condition does not hold costs as much as one of the item that is there.
    const ofTable = Math.max(capacityUnits(item, false, true), error ? 0 : capacityUnits(before, false, true));
    return { reads: 0, writes: ofTable + (error ? 0 : ofIndex(item, before)), partition };
  }
}

/** The index has a copy of each item with its key. One with another key is deleted and put: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes */
function ofIndex(item: Item | undefined, before: Item | undefined): number {
  const place = (each: Item | undefined) => each?.[TABLE_KEYS.statusPartition]?.S;
  const [now, then] = [place(item), place(before)];
  if (now === then) return now === undefined ? 0 : Math.max(capacityUnits(item, false, true), capacityUnits(before, false, true));
  return (now === undefined ? 0 : capacityUnits(item, false, true)) + (then === undefined ? 0 : capacityUnits(before, false, true));
}

function keyOf({ [TABLE_KEYS.partition]: partition, [TABLE_KEYS.sort]: sort }: Item): string {
  return JSON.stringify([partition?.S, sort?.S]);
}
