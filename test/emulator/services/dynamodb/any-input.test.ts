import * as fc from 'fast-check';
import { ServiceError } from '../../../../emulator/service';
import { DynamoDb } from '../../../../emulator/services/dynamodb/dynamodb';

/** Random inputs. Each of them has an answer or an error, also one that dynalite cannot evaluate. So has the call that follows it. */
const table = {
  path: 'App/Table',
  stack: 'App',
  logicalId: 'Table',
  name: 'items',
  arn: 'arn:aws:dynamodb:us-east-1:1:table/items',
  description: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'n', KeyType: 'RANGE' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'n', AttributeType: 'N' }, { AttributeName: 'a', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [{ IndexName: 'index', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }, { AttributeName: 'n', KeyType: 'RANGE' }], Projection: { ProjectionType: 'KEYS_ONLY' } }],
  },
};

const scalar = fc.oneof(fc.constantFrom('', 'a', 'id', '1', 'items', 'index', ':a', '#a', 'SET a = :a', 'NaN', '1e200', 'AA==', 'constructor'), fc.integer(), fc.boolean(), fc.constant(null));
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('S', 'N', 'M', 'L', 'id', 'a', 'items', 'Keys'), tie('value'), { maxKeys: 3 })),
})).value;
const attribute = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', '').map((S) => ({ S })),
    fc.constantFrom('1', '-1.5', '1e100', '0', '99999999999999999999999999999999999999', 'x').map((N) => ({ N })),
    fc.constantFrom('AA==', '').map((B) => ({ B })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constant({ NULL: true }),
    fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }).map((SS) => ({ SS })),
    fc.array(fc.constantFrom('1', '2'), { maxLength: 2 }).map((NS) => ({ NS })),
    fc.array(tie('value'), { maxLength: 2 }).map((L) => ({ L })),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 2 }).map((M) => ({ M })),
  ),
})).value;
const id = fc.constantFrom('a', 'b').map((S) => ({ S }));
const n = fc.constantFrom('1', '2', '-3').map((N) => ({ N }));
const key = fc.oneof({ weight: 9, arbitrary: fc.record({ id, n }) }, { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('id', 'n', 'a'), attribute, { maxKeys: 3 }) });
const item = fc.tuple(key, fc.oneof(fc.record({ a: id }), fc.dictionary(fc.constantFrom('a', 'b', 'c'), attribute, { maxKeys: 3 }))).map(([keys, more]) => ({ ...more, ...keys }));
const path = fc.constantFrom('a', '#a', 'b', 'b[0]', 'b.a', 'c[1].#a', 'id', 'size(a)', 'n');
const operand = fc.oneof(path, fc.constantFrom(':a', ':b'));
const condition = fc.oneof(
  fc.tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), operand).map((parts) => parts.join(' ')),
  fc.tuple(fc.constantFrom('attribute_exists', 'attribute_not_exists'), path).map(([name, a]) => `${name}(${a})`),
  fc.tuple(fc.constantFrom('begins_with', 'contains', 'attribute_type'), path, operand).map(([name, a, b]) => `${name}(${a}, ${b})`),
  fc.tuple(operand, operand, operand).map(([a, b, c]) => `NOT (${a} BETWEEN ${b} AND ${c}) OR ${a} IN (${b}, ${c})`),
);
const update = fc.oneof(
  fc.tuple(path, operand, fc.constantFrom(' + ', ' - '), operand).map(([to, a, sign, b]) => `SET ${to} = ${a}${sign}${b}`),
  fc.tuple(path, path, operand).map(([to, a, b]) => `SET ${to} = list_append(if_not_exists(${a}, ${b}), ${b})`),
  fc.tuple(fc.constantFrom('ADD', 'DELETE'), path, operand).map((parts) => parts.join(' ')),
  path.map((to) => `REMOVE ${to}`),
);
/** The names and values that expressions use, and no others, which would be refused. */
const mostly = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 3, arbitrary: usual }, attribute);
const withValues = (expressions: object) => fc.tuple(mostly(id), mostly(n)).map(([a, b]) => {
  const text = Object.values(expressions).filter((value) => typeof value === 'string').join(' ');
  const used = (entries: object) => Object.fromEntries(Object.entries(entries).filter(([name]) => text.includes(name)));
  return {
    TableName: 'items',
    ...expressions,
    ...text.includes('#a') && { ExpressionAttributeNames: { '#a': 'a' } },
    ...text.includes(':') && { ExpressionAttributeValues: used({ ':a': a, ':b': b }) },
  };
});
const optional = { requiredKeys: [] };
const member = fc.constantFrom('TableName', 'Key', 'Item', 'RequestItems', 'ExpressionAttributeValues', 'FilterExpression', 'UpdateExpression', 'Limit', 'KeyConditions', 'Expected');
type Members = Record<string, fc.Arbitrary<unknown>>;
const expressions = (always: Members, sometimes: Members) => (
  fc.tuple(fc.record(always), fc.record(sometimes, optional)).chain(([a, b]) => withValues({ ...b, ...a }))
);
const returned = fc.constantFrom('NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW');
const page = {
  IndexName: fc.constant('index'),
  Limit: fc.integer({ min: 0, max: 3 }),
  ExclusiveStartKey: fc.oneof(item, fc.record({ a: id, id, n })),
  FilterExpression: condition,
  ProjectionExpression: path,
  Select: fc.constant('COUNT'),
};

const write = fc.oneof(item.map((Item) => ({ PutRequest: { Item } })), key.map((Key) => ({ DeleteRequest: { Key } })));
const INPUTS: Record<string, fc.Arbitrary<object>> = {
  GetItem: expressions({ Key: key }, { ProjectionExpression: path, ReturnConsumedCapacity: fc.constant('TOTAL') }),
  PutItem: expressions({ Item: item }, { ConditionExpression: condition, ReturnValues: returned }),
  UpdateItem: expressions({ Key: key, UpdateExpression: update }, { ConditionExpression: condition, ReturnValues: returned }),
  DeleteItem: expressions({ Key: key }, { ConditionExpression: condition, ReturnValues: returned }),
  Query: expressions({ KeyConditionExpression: fc.oneof(fc.constantFrom('id = :a', 'a = :a', 'id = :a AND n > :b', 'id = :a AND begins_with(n, :b)', '#a = :a AND n BETWEEN :b AND :b'), condition) }, { ...page, ScanIndexForward: fc.boolean() }),
  Scan: expressions({}, { ...page, Segment: fc.integer({ min: 0, max: 2 }), TotalSegments: fc.integer({ min: 0, max: 2 }) }),
  BatchGetItem: fc.array(key, { maxLength: 3 }).map((Keys) => ({ RequestItems: { items: { Keys } } })),
  BatchWriteItem: fc.array(write, { maxLength: 3 }).map((items) => ({ RequestItems: { items } })),
};

const service = new DynamoDb({ account: '1', region: 'us-east-1', tables: [table] });
const uncaught: unknown[] = [];
const onUncaught = (error: unknown) => uncaught.push(error);
beforeAll(() => process.on('uncaughtException', onUncaught));
afterAll(() => process.off('uncaughtException', onUncaught));

async function outcomeOf(action: string, input: object): Promise<string> {
  const given = JSON.parse(JSON.stringify(input));
  service.authorizations({ action, input: given });
  try {
    await service.handle({ action, input: given });
    return 'answer';
  } catch (error) {
    return error instanceof ServiceError ? error.code : String(error);
  }
}

test.each(Object.keys(INPUTS))('whatever %s gets, it has an outcome, and the process goes on', async (action) => {
  const outcomes = new Map<string, number>();
  const inputs = fc.oneof({ weight: 4, arbitrary: INPUTS[action] }, { weight: 1, arbitrary: fc.dictionary(member, anything) });
  await fc.assert(fc.asyncProperty(inputs, async (input) => {
    const code = await outcomeOf(action, input);
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
  }), { numRuns: 500 });
  expect(uncaught).toEqual([]);
  expect(outcomes.get('answer')).toBeGreaterThan(0);
});
