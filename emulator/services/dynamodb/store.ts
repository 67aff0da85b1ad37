import type { Items, Store } from 'dynalite/db';

type Callback = (...values: unknown[]) => void;

/** An item was written, or deleted where it is undefined. The key is the text that dynalite makes of it. */
export type OnItem = (table: string, key: string, item: object | undefined) => void;

/**
 * The store, as one call sees it. What dynalite throws when it goes on after an access, for example for a condition that it cannot evaluate, is an error
 * of the call, and does not end this process. The calls come one after the other, and so they need no locks, which such an error would leave closed.
 *
 * @param onItem is told what is written to the tables, and of what is deleted
 */
export function storeFor(store: Store, onError: (error: unknown) => void, onItem: OnItem): Store {
  const guarded = (done: Callback): Callback => (...values) => {
    try {
      done(...values);
    } catch (error) {
      onError(error);
    }
  };
  const itemsOf = (items: Items): Items => ({
    get: (key, done) => items.get(key, guarded(done)),
    put: (key, item, done) => items.put(key, item, guarded(done)),
    del: (key, done) => items.del(key, guarded(done)),
    createValueStream: (range) => items.createValueStream(range), // what its readers throw is an error of the stream
    lock: (_key, action) => action((done) => done),
  });
  return {
    ...store,
    getTable: (name, done) => store.getTable(name, guarded(done)),
    getItemDb: (table) => {
      const items = itemsOf(store.getItemDb(table));
      return {
        ...items,
        put: (key, item, done) => items.put(key, item, (...values) => {
          onItem(table, key, item);
          done(...values);
        }),
        del: (key, done) => items.del(key, (...values) => {
          onItem(table, key, undefined);
          done(...values);
        }),
      };
    },
    getIndexDb: (kind, table, index) => itemsOf(store.getIndexDb(kind, table, index)),
  };
}
