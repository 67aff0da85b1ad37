import { create, Store } from 'dynalite/db';
import { isAction, perform } from './actions';
import type { DeployedTable, Deployment } from '../../assembly/deployment';
import { ApiCall, Authorization, Service, ServiceError } from '../../service';

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

  constructor(private readonly deployment: Pick<Deployment, 'account' | 'region' | 'tables'>) {
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
    const answer = this.last.then(() => perform(this.store, action, input));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private arnOf(name: unknown): string {
    const { account, region, tables } = this.deployment;
    return tables.find((table) => table.name === name)?.arn ?? `arn:aws:dynamodb:${region}:${account}:table/${name}`;
  }
}

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
