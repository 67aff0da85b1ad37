import { randomBytes } from 'node:crypto';
import { seconds, Table } from './table';
import { TABLE_KEYS } from '../../contract/api-runs';

/** Seconds that a place of a request that waits is taken, if the request does not give it back. */
const PLACE_KEPT = 40;
/** How many places a request tries. When half of the places are taken, few requests find none. */
const TRIES = 8;

/** A number of calls in each period of some seconds. */
export interface Budget {
  readonly calls: number;
  readonly period: number;
}

/** What all requests to an API share, in however many instances of the function they are: calls of services that answer few, and places for requests that wait. */
export class SharedLimits {
  /** @param places how many requests may wait at once */
  constructor(private readonly table: Table, private readonly places: number) {}

  /** Whether a further call is within the budget. */
  async takeCall(name: string, { calls, period }: Budget): Promise<boolean> {
    const window = Math.floor(seconds() / period);
    return this.table.count({ partition: `CALLS#${name}`, sort: String(window) }, (window + 2) * period, {
      expression: 'attribute_not_exists(#count) OR #count < :most', values: { ':most': calls },
    });
  }

  /**
   * Takes a place for a request that waits. A request that ends without giving it back has it for some seconds only.
   *
   * @returns what gives the place back; undefined when there is no free one among those that were tried
   */
  async takePlace(): Promise<(() => Promise<void>) | undefined> {
    const holder = randomBytes(8).toString('hex');
    const first = Math.floor(Math.random() * this.places);
    for (let tries = 0; tries < Math.min(this.places, TRIES); tries++) {
      const key = { partition: 'WAITING', sort: String((first + tries) % this.places) };
      const isFree = await this.table.put(key, { holder, [TABLE_KEYS.timeToLive]: seconds() + PLACE_KEPT }, {
        expression: 'attribute_not_exists(#expires) OR #expires < :now', values: { ':now': seconds() },
      });
      if (isFree) return async () => { await this.table.delete(key, { expression: '#holder = :holder', values: { ':holder': holder } }); };
    }
    return undefined;
  }
}
