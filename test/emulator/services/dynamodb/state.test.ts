import { DeployedTable } from '../../../../emulator/assembly/deployment';
import { DynamoDb, StoredItem } from '../../../../emulator/services/dynamodb/dynamodb';

const table = {
  name: 'runs',
  arn: 'arn:aws:dynamodb:us-east-1:1:table/runs',
  timeToLiveAttribute: 'expiresAt',
  description: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: ['id', 'owner'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [{ IndexName: 'byOwner', KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  },
} as unknown as DeployedTable;

const item = (id: string, more: object = {}) => ({ id: { S: id }, owner: { S: 'me' }, ...more });

function database(tables: DeployedTable[] = [table]) {
  const told = new Map<string, object | undefined>();
  const service = new DynamoDb({ account: '1', region: 'us-east-1', tables }, (name, key, written) => told.set(`${name}/${key}`, written));
  const ask = (action: string, input: object): Promise<any> => service.handle({ action, input: { TableName: 'runs', ...input } });
  return { service, told, ask, put: (Item: object) => ask('PutItem', { Item }) };
}

const byOwner = { IndexName: 'byOwner', KeyConditionExpression: '#o = :o', ExpressionAttributeNames: { '#o': 'owner' }, ExpressionAttributeValues: { ':o': { S: 'me' } } };

test('what is written, changed and deleted is told, whatever the action', async () => {
  const { told, ask, put, service } = database();
  await put(item('a'));
  await ask('UpdateItem', { Key: { id: { S: 'a' } }, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '1' } } });
  await ask('BatchWriteItem', { TableName: undefined, RequestItems: { runs: [{ PutRequest: { Item: item('b') } }, { PutRequest: { Item: item('c') } }] } });
  await ask('DeleteItem', { Key: { id: { S: 'b' } } });
  await ask('Query', byOwner);
  const state = await service.state();
  expect([...told.values()]).toEqual([item('a', { n: { N: '1' } }), undefined, item('c')]);
  expect(new Set(state.map(({ table: name, key }) => `${name}/${key}`))).toEqual(new Set([...told].filter(([, written]) => written).map(([key]) => key)));
});

test('the items of before are read and found by their indexes, and are not told again', async () => {
  const former = database();
  await Promise.all(['a', 'b'].map((id) => former.put(item(id))));
  const { service, ask, told } = database();
  void service.restore(await former.service.state(), 0); // calls wait for it
  expect((await ask('GetItem', { Key: { id: { S: 'a' } } })).Item).toEqual(item('a'));
  expect((await ask('Query', byOwner)).Items).toHaveLength(2);
  expect(await service.state()).toEqual(await former.service.state());
  expect(told.size).toBe(0);
});

test('an item that has expired is gone', async () => {
  const { service, told } = database();
  const stored = (id: string, key: string, expires: string): StoredItem => ({ table: 'runs', key, item: item(id, { expiresAt: { N: expires } }) });
  await service.restore([stored('old', 'old', '10'), stored('new', '3830d0/6e6577/', '11')], 10_500);
  expect((await service.state()).map(({ item: { id } }: any) => id.S)).toEqual(['new']);
  expect([...told]).toEqual([['runs/old', undefined]]);
});

test('items that no table can have are told, and are there again when one can', async () => {
  const { service } = database([]);
  const stored: StoredItem[] = [{ table: 'runs', key: 'a', item: item('a') }, { table: 'runs', key: 'b', item: { other: { S: 'b' } } }];
  expect(await service.restore(stored, 0)).toEqual(stored);
  expect(await service.state()).toEqual(stored);
  const next = database();
  expect(await next.service.restore(await service.state(), 0)).toEqual(stored.slice(1));
  expect((await next.ask('Scan', {})).Items).toEqual([item('a')]);
});

test('items that another key schema knows by other texts are told by both', async () => {
  const former = database();
  await former.put({ id: { S: 'a' }, owner: { S: 'b' } });
  await former.put({ id: { S: 'b' }, owner: { S: 'a' } });
  const before = await former.service.state();
  const byOwnerOnly = { ...table, description: { ...table.description, KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }], GlobalSecondaryIndexes: undefined } } as DeployedTable;
  const { service, told } = database([byOwnerOnly]);
  await service.restore(before, 0);
  const keysOf = (items: StoredItem[]) => new Map(items.map(({ table: name, key, item: written }) => [`${name}/${key}`, written]));
  expect(told).toEqual(keysOf(await service.state())); // the text of each is that of the other one before
  await former.put({ id: { S: 'c' }, owner: { S: 'd' } });
  const next = database([byOwnerOnly]);
  await next.service.restore(await former.service.state(), 0);
  const now = keysOf(await next.service.state());
  expect(now.size).toBe(3);
  for (const [key, written] of next.told) expect(written).toEqual(now.get(key));
  expect([...next.told.values()].filter((written) => written === undefined)).toHaveLength(1);
});
