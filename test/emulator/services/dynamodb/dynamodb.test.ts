import {
  AttributeValue, BatchGetItemCommand, BatchWriteItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand,
  QueryCommand, ScanCommand, TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { AttributeType, ProjectionType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { DeployedRole, PolicyStatement } from '../../../../emulator/assembly/deployment';
import { deploymentOf } from '../../apps';
import { scriptedEmulator, succeeds } from '../../scripted-emulator';

/** The emulated DynamoDB, by the client that functions use. */
const ROLE = 'arn:aws:iam::123456789012:role/program';
const statements: PolicyStatement[] = [];
const role = { path: 'App/Program', arn: ROLE, policies: [{ Statement: statements }] } as unknown as DeployedRole;
const base = deploymentOf((stack) => {
  const runs = new TableV2(stack, 'Runs', { partitionKey: { name: 'id', type: AttributeType.STRING }, timeToLiveAttribute: 'expiresAt' });
  runs.addGlobalSecondaryIndex({
    indexName: 'byOwner', partitionKey: { name: 'owner', type: AttributeType.STRING }, sortKey: { name: 'at', type: AttributeType.NUMBER }, projectionType: ProjectionType.KEYS_ONLY,
  });
  const events = new Table(stack, 'Events', { tableName: 'events', partitionKey: { name: 'run', type: AttributeType.STRING }, sortKey: { name: 'n', type: AttributeType.NUMBER } });
  events.addLocalSecondaryIndex({ indexName: 'byKind', sortKey: { name: 'kind', type: AttributeType.STRING } });
});
const deployment = { ...base, roles: [role] };
const { emulator, clock, calls, begin } = scriptedEmulator(deployment);
const { arn: TABLE_ARN, name: TableName } = deployment.tables.find(({ path }) => path === 'App/Runs')!;

const clients: DynamoDBClient[] = [];
function clientOf(credentials = emulator.keys.user): DynamoDBClient {
  const client = new DynamoDBClient({ endpoint: emulator.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}
let client: DynamoDBClient;

beforeEach(() => {
  begin(succeeds);
  client = clientOf();
});
afterEach(() => clients.splice(0).forEach((each) => each.destroy()));

const S = (text: string): AttributeValue => ({ S: text });
const N = (number: number): AttributeValue => ({ N: String(number) });
const run = (id: string, more: Record<string, AttributeValue> = {}) => ({ id: S(id), ...more });
const put = (Item: Record<string, AttributeValue>, more: object = {}) => client.send(new PutItemCommand({ TableName, Item, ...more }));
const get = async (id: string) => (await client.send(new GetItemCommand({ TableName, Key: { id: S(id) }, ConsistentRead: true }))).Item;
const failure = (name: string, message: unknown = expect.any(String)) => expect.objectContaining({ name, message });

test('an item is written, read, changed and deleted', async () => {
  const item = run('a', { list: { L: [N(1), { BOOL: true }, { NULL: true }] }, map: { M: { ü: S('"') } }, bytes: { B: new Uint8Array([0, 255]) }, set: { SS: ['x', 'y'] } });
  await put(item);
  expect(await get('a')).toEqual(item);
  const { Attributes } = await client.send(new UpdateItemCommand({
    TableName, Key: { id: S('a') }, UpdateExpression: 'SET #c = if_not_exists(#c, :zero) + :one REMOVE bytes', ExpressionAttributeNames: { '#c': 'count' }, ExpressionAttributeValues: { ':zero': N(0), ':one': N(1) }, ReturnValues: 'ALL_NEW',
  }));
  expect(Attributes).toEqual({ ...item, count: N(1), bytes: undefined });
  await client.send(new DeleteItemCommand({ TableName, Key: { id: S('a') } }));
  expect(await get('a')).toBeUndefined();
});

test('a condition that does not hold is an error, and changes nothing', async () => {
  const once = { ConditionExpression: 'attribute_not_exists(id)' };
  await put(run('a', { n: N(1) }), once);
  await expect(put(run('a', { n: N(2) }), once)).rejects.toEqual(failure('ConditionalCheckFailedException', 'The conditional request failed'));
  expect(await get('a')).toEqual(run('a', { n: N(1) }));
});

test('of many writers that exclude each other, one succeeds', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => put(run('a', { n: N(n) }), { ConditionExpression: 'attribute_not_exists(id)' })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

describe('a query', () => {
  const owned = (id: string, owner: string, at: number) => run(id, { owner: S(owner), at: N(at), more: S('x') });
  const query = async (input: object = {}) => {
    const { Items, LastEvaluatedKey } = await client.send(new QueryCommand({
      TableName, IndexName: 'byOwner', KeyConditionExpression: '#o = :o', ExpressionAttributeNames: { '#o': 'owner' }, ExpressionAttributeValues: { ':o': S('me') }, ...input,
    }));
    return { ids: Items!.map(({ id }) => id.S), Items, LastEvaluatedKey };
  };

  test('of an index has the items in the order of its sort key, page by page', async () => {
    for (const [id, owner, at] of [['a', 'me', 10], ['b', 'you', 1], ['c', 'me', 9], ['d', 'me', -1]] as const) await put(owned(id, owner, at));
    await put(run('without'));
    expect((await query()).ids).toEqual(['d', 'c', 'a']);
    const first = await query({ ScanIndexForward: false, Limit: 2 });
    expect([first.ids, first.Items![0]]).toEqual([['a', 'c'], { id: S('a'), owner: S('me'), at: N(10) }]);
    expect((await query({ ScanIndexForward: false, Limit: 2, ExclusiveStartKey: first.LastEvaluatedKey })).ids).toEqual(['d']);
    await client.send(new DeleteItemCommand({ TableName, Key: { id: S('c') } }));
    expect((await query()).ids).toEqual(['d', 'a']);
  });

  test('of a table filters, and a local index gets the whole items', async () => {
    const TableOfEvents = 'events';
    const RequestItems = { [TableOfEvents]: [3, 1, 2].map((n) => ({ PutRequest: { Item: { run: S('r'), n: N(n), kind: S(`k${3 - n}`), text: S('t') } } })) };
    expect((await client.send(new BatchWriteItemCommand({ RequestItems }))).UnprocessedItems).toEqual({});
    const byRun = { TableName: TableOfEvents, KeyConditionExpression: 'run = :r', ExpressionAttributeValues: { ':r': S('r') } };
    const numbers = async (input: object) => (await client.send(new QueryCommand({ ...byRun, ...input }))).Items!.map(({ n }) => n.N);
    expect(await numbers({})).toEqual(['1', '2', '3']);
    expect(await numbers({ IndexName: 'byKind', Select: 'ALL_ATTRIBUTES' })).toEqual(['3', '2', '1']);
    const values = { ExpressionAttributeValues: { ':r': S('r'), ':two': N(2) } };
    expect(await numbers({ KeyConditionExpression: 'run = :r AND n >= :two', ...values })).toEqual(['2', '3']);
    expect(await numbers({ FilterExpression: 'kind <> :k', ExpressionAttributeValues: { ':r': S('r'), ':k': S('k1') } })).toEqual(['1', '3']);
  });
});

test('a scan and a batch see all items', async () => {
  await Promise.all(['a', 'b', 'c'].map((id) => put(run(id))));
  expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(3);
  const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [{ id: S('a') }, { id: S('z') }] } } }));
  expect(Responses).toEqual({ [TableName]: [run('a')] });
});

test('an item stays after its time to live', async () => {
  await put(run('a', { expiresAt: N(clock.now() / 1000 - 60) }));
  clock.after(24 * 3_600_000, () => undefined);
  clock.advance();
  expect(await get('a')).toEqual(run('a', { expiresAt: expect.anything() }));
});

test('the tables are empty again when the emulator begins again', async () => {
  await put(run('a'));
  begin(succeeds);
  expect(await get('a')).toBeUndefined();
});

test('a value has as many levels as in AWS', async () => {
  const deep = Array.from({ length: 31 }).reduce<AttributeValue>((inner) => ({ M: { m: inner } }), { L: [] });
  const RequestItems = { [TableName]: [{ PutRequest: { Item: run('a', { deep }) } }] };
  await client.send(new BatchWriteItemCommand({ RequestItems }));
  expect(await get('a')).toEqual(run('a', { deep }));
});

test.each([
  ['a table that does not exist', () => new GetItemCommand({ TableName: 'other', Key: { id: S('a') } }), 'ResourceNotFoundException', 'Requested resource not found'],
  ['a key of another table', () => new GetItemCommand({ TableName, Key: { run: S('a') } }), 'ValidationException', 'The provided key element does not match the schema'],
  ['an expression that is wrong', () => new UpdateItemCommand({ TableName, Key: { id: S('a') }, UpdateExpression: 'SET a' }), 'ValidationException', expect.stringContaining('Invalid UpdateExpression: Syntax error')],
  ['a value of a wrong type', () => new PutItemCommand({ TableName, Item: run('a', { n: { N: 'one' } }) }), 'ValidationException', expect.stringContaining('numeric')],
  ['an action that the emulator does not have', () => new ListTablesCommand({}), 'UnknownOperationException', 'the emulator does not support ListTables of Amazon DynamoDB'],
  ['a transaction', () => new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: run('a') } }] }), 'UnknownOperationException', 'the emulator does not support TransactWriteItems of Amazon DynamoDB'],
])('%s is refused', async (_, command, name, message) => {
  await expect(client.send(command() as GetItemCommand)).rejects.toEqual(failure(name, message));
  expect(calls.at(-1)!.error).toMatchObject({ code: name });
});

describe('a role', () => {
  const as = (action: string, resource: string) => {
    statements.splice(0, statements.length, { Effect: 'Allow', Action: `dynamodb:${action}`, Resource: resource });
    return clientOf(emulator.keys.of(ROLE));
  };
  const key = { TableName, Key: { id: S('a') } };
  const byOwner = { TableName, IndexName: 'byOwner', KeyConditionExpression: '#o = :o', ExpressionAttributeNames: { '#o': 'owner' }, ExpressionAttributeValues: { ':o': S('me') } };
  const batch = { RequestItems: { [TableName]: [{ DeleteRequest: { Key: { id: S('a') } } }], events: [{ DeleteRequest: { Key: { run: S('r'), n: N(1) } } }] } };

  test.each([
    ['GetItem', TABLE_ARN, () => new GetItemCommand(key)],
    ['Query', `${TABLE_ARN}/index/byOwner`, () => new QueryCommand(byOwner)],
    ['Scan', `${TABLE_ARN}/index/*`, () => new ScanCommand({ TableName, IndexName: 'byOwner' })],
    ['BatchWriteItem', 'arn:aws:dynamodb:us-east-1:123456789012:table/*', () => new BatchWriteItemCommand(batch)],
  ])('with %s on %s may do so', async (action, resource, command) => {
    await expect(as(action, resource).send(command() as GetItemCommand)).resolves.toBeDefined();
  });

  test.each([
    ['PutItem', TABLE_ARN, 'GetItem', TABLE_ARN, () => new GetItemCommand(key)],
    ['Query', TABLE_ARN, 'Query', `${TABLE_ARN}/index/byOwner`, () => new QueryCommand(byOwner)],
    ['BatchWriteItem', TABLE_ARN, 'BatchWriteItem', 'arn:aws:dynamodb:us-east-1:123456789012:table/events', () => new BatchWriteItemCommand(batch)],
    ['*', TABLE_ARN, 'GetItem', 'arn:aws:dynamodb:us-east-1:123456789012:table/other', () => new GetItemCommand({ ...key, TableName: 'other' })],
  ])('with %s on %s may not %s on %s', async (allowed, resource, action, needed, command) => {
    await expect(as(allowed, resource).send(command() as GetItemCommand)).rejects.toEqual(failure('AccessDeniedException', expect.stringContaining(`not authorized to perform: dynamodb:${action} on resource: ${needed} `)));
  });
});
