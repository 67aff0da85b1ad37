/** The parts of dynalite that the emulator uses. It has no types of its own. https://github.com/architect/dynalite */
declare module 'dynalite/db' {
  type Callback = (...values: unknown[]) => void;

  /** The items of a table or an index, by the texts that dynalite makes of their keys. */
  export interface Items {
    get(key: string, done: Callback): void;
    put(key: string, item: object, done: Callback): void;
    del(key: string, done: Callback): void;
    createValueStream(range: object): AsyncIterable<object>;
    /** Calls an action with what makes a callback that opens the lock again. */
    lock(key: string, action: (release: (done: Callback) => Callback) => void): void;
  }

  export interface Store {
    readonly tableDb: Items;
    getTable(name: string, done: Callback): void;
    getItemDb(table: string): Items;
    getIndexDb(kind: string, table: string, index: string): Items;
  }
  /** The text that an item is found by. */
  export function createKey(item: object, table: object): string;
  /** The units that an access to an item uses. */
  export function capacityUnits(item: object | undefined, isRead: boolean, isConsistent?: boolean): number;
  /** The items are in memory when `path` is undefined. */
  export function create(options: { readonly path?: string; readonly createTableMs?: number }): Store;
}

declare module 'dynalite/actions/*' {
  import type { Store } from 'dynalite/db';

  const action: (store: Store, input: object, done: (error: unknown, answer: unknown) => void) => void;
  export = action;
}

declare module 'dynalite/validations' {
  import type { Store } from 'dynalite/db';
  import type { Validation } from 'dynalite/validations/*';

  export function checkTypes(input: object, types: Validation['types']): object;
  export function checkValidations(input: object, types: Validation['types'], custom: Validation['custom'], store: Store): void;
}

declare module 'dynalite/validations/*' {
  export interface Validation {
    readonly types: object;
    readonly custom: unknown;
  }
  const validation: Validation;
  export const types: Validation['types'];
  export const custom: Validation['custom'];
}
