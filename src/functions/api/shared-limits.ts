import { randomBytes } from 'node:crypto';
import { seconds, Table } from './table';
import { TABLE_KEYS } from '../../contract/api-runs';

/** Seconds that a place of a request that waits is taken, if the request does not give it back. */
const PLACE_KEPT = 40;
/** How many places a request tries. When half of the places are taken, few requests find none. */
const TRIES = 8;
/** Milliseconds after which an instance that found no place looks for one again. Each time it is another one, so that instances do not look at once. */
const LOOKS_AGAIN = { from: 1_000, to: 2_000 };

/** A number of calls in each period of some seconds. A period is short, since services count calls by the second, and all of them may come at its begin. */
export interface Budget {
  readonly calls: number;
  readonly period: number;
}

/**
 * What all requests to an API share, in however many instances of the function they are: calls of services that answer few, and places for requests that wait.
 * An instance remembers what is used up. Otherwise each request would write to the same few items, which cost and have 1,000 writes a second:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export class SharedLimits {
  /** The period in which the calls of a name were found to be used up. */
  private readonly usedUp = new Map<string, number>();
  /** Milliseconds since the epoch. */
  private looksForPlaceAt = 0;

  /** @param places how many requests may wait at once */
  constructor(private readonly table: Table, private readonly places: number) {}

  /** Whether a further call is within the budget. */
  async takeCall(name: string, { calls, period }: Budget): Promise<boolean> {
    const current = Math.floor(seconds() / period);
    if (this.usedUp.get(name) === current) return false;
    const isFree = await this.table.count({ partition: `CALLS#${name}`, sort: String(current) }, (current + 2) * period, {
      expression: 'attribute_not_exists(#count) OR #count < :most', values: { ':most': calls },
    });
    if (!isFree) this.usedUp.set(name, current);
    return isFree;
  }

  /**
   * Takes a place for a request that waits. A request that ends without giving it back has it for some seconds only.
   *
   * @returns what gives the place back; undefined when there is no free one among those that were tried
   */
  async takePlace(): Promise<(() => Promise<void>) | undefined> {
    if (Date.now() < this.looksForPlaceAt) return undefined;
    const holder = randomBytes(8).toString('hex');
    const first = Math.floor(Math.random() * this.places);
    for (let tries = 0; tries < Math.min(this.places, TRIES); tries++) {
      const key = { partition: 'WAITING', sort: String((first + tries) % this.places) };
      const isFree = await this.table.put(key, { holder, [TABLE_KEYS.timeToLive]: seconds() + PLACE_KEPT }, {
        expression: 'attribute_not_exists(#expires) OR #expires < :now', values: { ':now': seconds() },
      });
      if (!isFree) continue;
      return async () => {
        await this.table.delete(key, { expression: '#holder = :holder', values: { ':holder': holder } });
        this.looksForPlaceAt = 0;
      };
    }
    const { from, to } = LOOKS_AGAIN;
    this.looksForPlaceAt = Date.now() + from + (to - from) * Math.random();
    return undefined;
  }
}
