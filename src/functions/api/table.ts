import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { TABLE_KEYS } from '../../contract/api-runs';

const { partition, sort, timeToLive } = TABLE_KEYS;

export interface Key {
  readonly partition: string;
  readonly sort: string;
}

/** A condition of a write. Its names and values are those of the expression. */
export interface Condition {
  readonly expression: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

export type Item = Readonly<Record<string, any>>;

/** The names of attributes that conditions use. Many words are reserved: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html */
const NAMES: Record<string, string> = {
  '#pk': partition,
  '#expires': timeToLive,
  '#status': 'status',
  '#step': 'step',
  '#job': 'job',
  '#count': 'count',
  '#holder': 'holder',
  '#started': 'isStarted',
  '#machine': 'stateMachineArn',
  '#updated': 'updatedAt',
  '#redrives': 'redrives',
  '#readAt': 'readAt',
  '#progressReadAt': 'progressReadAt',
};

/** The table of an API, with conditional writes as questions: a write says whether its condition held. */
export class Table {
  private readonly client: DynamoDBDocumentClient;

  constructor(client: DynamoDBClient, private readonly name: string) {
    this.client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  }

  async get(key: Key, { isConsistent = true } = {}): Promise<Item | undefined> {
    const { Item } = await this.client.send(new GetCommand({ TableName: this.name, Key: keyOf(key), ConsistentRead: isConsistent }));
    return Item;
  }

  async put(key: Key, item: Item, condition?: Condition): Promise<boolean> {
    return held(this.client.send(new PutCommand({ TableName: this.name, Item: { ...keyOf(key), ...item }, ...written(condition) })));
  }

  async delete(key: Key, condition: Condition): Promise<boolean> {
    return held(this.client.send(new DeleteCommand({ TableName: this.name, Key: keyOf(key), ...written(condition) })));
  }

  /**
   * Sets attributes, and removes those that are undefined.
   *
   * @param append adds a value to the list of an attribute
   */
  async update(key: Key, values: Item, condition?: Condition, append: Readonly<Record<string, unknown>> = {}): Promise<boolean> {
    const attributes = Object.entries(values).map(([attribute, value], index) => ({ attribute, value, name: `#a${index}`, placeholder: `:a${index}` }));
    const set = attributes.filter(({ value }) => value !== undefined);
    const removed = attributes.filter(({ value }) => value === undefined);
    const appended = Object.entries(append).filter(([, value]) => value !== undefined);
    const assignments = [
      ...set.map(({ name, placeholder }) => `${name} = ${placeholder}`),
      ...appended.map(([attribute]) => `${attribute} = list_append(if_not_exists(${attribute}, :none), :${attribute})`),
    ];
    const conditional = written(condition);
    return held(this.client.send(new UpdateCommand({
      TableName: this.name,
      Key: keyOf(key),
      UpdateExpression: `SET ${assignments.join(', ')}${removed.length > 0 ? ` REMOVE ${removed.map(({ name }) => name).join(', ')}` : ''}`,
      ...conditional,
      ExpressionAttributeNames: { ...Object.fromEntries(attributes.map(({ name, attribute }) => [name, attribute])), ...conditional.ExpressionAttributeNames },
      ExpressionAttributeValues: {
        ...Object.fromEntries(set.map(({ placeholder, value }) => [placeholder, value])),
        ...Object.fromEntries(appended.map(([attribute, value]) => [`:${attribute}`, [value]])),
        ...appended.length > 0 ? { ':none': [] } : {},
        ...conditional.ExpressionAttributeValues,
      },
    })));
  }

  /** Counts, and sets when the count expires, in seconds since the epoch. */
  async count(key: Key, expires: number, condition: Condition): Promise<boolean> {
    const { ExpressionAttributeNames, ExpressionAttributeValues, ...conditional } = written(condition);
    return held(this.client.send(new UpdateCommand({
      TableName: this.name,
      Key: keyOf(key),
      UpdateExpression: 'ADD #count :one SET #expires = :expires',
      ...conditional,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#count': 'count', '#expires': timeToLive },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':one': 1, ':expires': expires },
    })));
  }

  /** A page of the items of a partition, the last ones first. */
  async query({ index, filter, after, limit, isConsistent }: Query): Promise<{ items: Item[]; last?: Item }> {
    const { FilterExpression, ExpressionAttributeNames, ExpressionAttributeValues } = filtered(filter);
    const { Items = [], LastEvaluatedKey } = await this.client.send(new QueryCommand({
      TableName: this.name,
      IndexName: index.name,
      KeyConditionExpression: '#key = :key',
      FilterExpression,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#key': index.attribute },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':key': index.value },
      ConsistentRead: isConsistent,
      ScanIndexForward: false,
      ExclusiveStartKey: after,
      Limit: limit,
    }));
    return { items: Items, last: LastEvaluatedKey };
  }
}

export interface Query {
  /** Without a name, it is the table itself. */
  readonly index: { readonly name?: string; readonly attribute: string; readonly value: string };
  readonly filter: Condition;
  /** The keys of the item before the page. */
  readonly after?: Item;
  /** Items that are read, before the filter. */
  readonly limit: number;
  readonly isConsistent: boolean;
}

/** The names and values of an expression, as DynamoDB takes them. */
interface Written {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

export function keyOf(key: Key): Record<string, string> {
  return { [partition]: key.partition, [sort]: key.sort };
}

/** Seconds since the epoch, as the times of expiry are. */
export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

function written(condition: Condition | undefined): Written & { ConditionExpression?: string } {
  return condition ? { ConditionExpression: condition.expression, ...placeholders(condition) } : {};
}

function filtered(filter: Condition): Written & { FilterExpression: string } {
  return { FilterExpression: filter.expression, ...placeholders(filter) };
}

/** DynamoDB refuses names and values that no expression uses. */
function placeholders({ expression, values = {} }: Condition): Written {
  const names = new Set(expression.match(/#\w+/g));
  return {
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [name, NAMES[name]])),
    ...Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {},
  };
}

/** Whether the condition of a write held. */
async function held(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
