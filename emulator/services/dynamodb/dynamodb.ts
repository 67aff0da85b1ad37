import { create, createKey, Store } from 'dynalite/db';
import { isAction, perform } from './actions';
import type { OnItem } from './store';
import type { DeployedTable, Deployment } from '../../assembly/deployment';
import { ApiCall, Authorization, Service, ServiceError } from '../../service';

/** An item of a table, as plain data. */
export interface StoredItem {
  readonly table: string;
  /** The text that dynalite makes of its key. */
  readonly key: string;
  /** Its attributes, as the API writes them: `{ "id": { "S": "a" } }` */
  readonly item: object;
}

/**
 * DynamoDB: items of the tables of the app, as dynalite keeps them in memory.
 *
 * No item expires. DynamoDB deletes an item some days after its time, and until then it is read, queried and written as any other: a program has to
 * compare the time itself. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export class DynamoDb implements Service {
  readonly name = 'dynamodb';
  private readonly store = create({});
  /** What is done at last: making the tables, or a call. A call waits for the one before it. */
  private last: Promise<unknown>;

  /** Items of a former emulator that no table here can have. They are there again when a later app has their table. */
  private readonly others: StoredItem[] = [];

  /** @param onItem is told what is written, and of what is deleted */
  constructor(private readonly deployment: Pick<Deployment, 'account' | 'region' | 'tables'>, private readonly onItem: OnItem = () => undefined) {
    // Of several tables with one name it is the first, as for all resources.
    this.last = Promise.all([...deployment.tables].reverse().map((table) => createTable(this.store, table)));
  }

  /** A query of an index needs a permission on the index, and a batch one on each of its tables: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
  authorizations({ action, input }: ApiCall): Authorization[] {
    if (!isAction(action)) return [];
    const names: unknown[] = action.startsWith('Batch') ? Object.keys(input.RequestItems ?? {}) : [input.TableName];
    const index = (action === 'Query' || action === 'Scan') && input.IndexName !== undefined ? `/index/${input.IndexName}` : '';
    return names.map((name) => ({ action: `dynamodb:${action}`, resource: `${this.arnOf(name)}${index}` }));
  }

  async handle({ action, input }: ApiCall): Promise<unknown> {
    if (!isAction(action)) throw new ServiceError('UnknownOperationException', `the emulator does not support ${action} of Amazon DynamoDB`);
    return this.afterLast(() => perform(this.store, action, input, this.onItem));
  }

  /** The items of all tables, after the calls so far. */
  state(): Promise<StoredItem[]> {
    return this.afterLast(async () => {
      const items = [...this.others];
      for (const table of this.deployment.tables) {
        const stored = this.store.getItemDb(table.name).createValueStream({});
        for await (const item of stored) items.push({ table: table.name, key: createKey(item, table.description), item });
      }
      return items;
    });
  }

  /**
   * Takes the items of a former emulator, but for those that have expired. Calls wait for it. Says which of them no table here can have.
   * Where the table has other keys than before, the items are told: they are known by other texts.
   */
  restore(items: readonly StoredItem[], now: number): Promise<readonly StoredItem[]> {
    return this.afterLast(async () => {
      const placed: { readonly former: StoredItem; readonly key: string }[] = [];
      for (const stored of items) {
        const { table, key, item } = stored;
        const { timeToLiveAttribute } = this.deployment.tables.find(({ name }) => name === table) ?? {};
        if (timeToLiveAttribute !== undefined && Number((item as Attributes)[timeToLiveAttribute]?.N) < now / 1000) this.onItem(table, key, undefined);
        else await perform(this.store, 'PutItem', { TableName: table, Item: item }, (_, placedKey) => placed.push({ former: stored, key: placedKey })).catch(() => this.others.push(stored));
      }
      const moved = placed.filter(({ former, key }) => former.key !== key);
      for (const { former: { table, key } } of moved) this.onItem(table, key, undefined);
      // All of them, in this order: the text of one may be that of another one before, and of two with the same text the later one is left.
      if (moved.length > 0) for (const { former: { table, item }, key } of placed) this.onItem(table, key, item);
      return this.others;
    });
  }

  /** Calls come one after the other. */
  private afterLast<T>(work: () => Promise<T>): Promise<T> {
    const answer = this.last.then(work);
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private arnOf(name: unknown): string {
    const { account, region, tables } = this.deployment;
    return tables.find((table) => table.name === name)?.arn ?? `arn:aws:dynamodb:${region}:${account}:table/${name}`;
  }
}

type Attributes = Record<string, { readonly N?: string } | undefined>;

/** Without the action of dynalite, whose tables take time to be there. */
function createTable(store: Store, { name, arn, description }: DeployedTable): Promise<void> {
  const active = (index: object) => ({ ...index, IndexStatus: 'ACTIVE' });
  const table = {
    ...description,
    GlobalSecondaryIndexes: description.GlobalSecondaryIndexes?.map(active),
    TableName: name,
    TableArn: arn,
    TableStatus: 'ACTIVE',
  };
  return new Promise((resolve, reject) => store.tableDb.put(name, table, (error) => error ? reject(error as Error) : resolve()));
}
