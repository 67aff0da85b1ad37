import { createHash, randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { Problem } from './problem';
import { ownerOfRun } from './run-id';
import type { RunChange, StoredRun } from './stored-run';
import { isOver, RunStatus, TABLE_KEYS } from '../../contract/api-runs';

const { partition, sort, timeToLive, byStatus, statusPartition } = TABLE_KEYS;
const DAY = 24 * 3600;
/** Seconds that the record of a run is kept that is not over: an execution lasts a year at most. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LONGEST_RUN = 366 * DAY;
/** Pages of the table that one request reads at most: 1 MB each. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html */
const PAGES = 4;
/** Seconds that a place of a request that waits is taken, if the request does not give it back. */
const PLACE_KEPT = 40;
/** How many places a request tries. */
const TRIES = 3;

/** A condition of an update, with the names and values in it. */
type Condition = Pick<UpdateCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;

const WHILE_NOT_STARTED: Condition = {
  ConditionExpression: '#started = :no', ExpressionAttributeNames: { '#started': 'isStarted' }, ExpressionAttributeValues: { ':no': false },
};

/** What an idempotency key stands for. */
interface KeyRecord {
  readonly id: string;
  readonly fingerprint: string;
}

export interface ListFilter {
  readonly job?: string;
  readonly status?: RunStatus;
}

export interface Page {
  readonly runs: StoredRun[];
  /** The id of the run before the next page. */
  readonly next?: string;
}

interface Settings {
  readonly tableName: string;
  /** Seconds */
  readonly retention: number;
}

/**
 * The records of runs. The owner is in the key of each record, so that a caller can read only his own. AWS deletes expired items within days, so each
 * reader compares the time: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
 */
export class RunStore {
  private readonly table: DynamoDBDocumentClient;

  constructor(client: DynamoDBClient, private readonly settings: Settings) {
    this.table = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  }

  /** Takes a key for a run. Returns what the key stands for: the run of an earlier request, if there was one. */
  async takeKey(owner: string, job: string, key: string, taken: KeyRecord): Promise<KeyRecord> {
    const { tableName, retention } = this.settings;
    const hash = createHash('sha256').update(key).digest('hex');
    const Key = { [partition]: `KEYS#${owner}`, [sort]: `${job}#${hash}` };
    const isNew = await this.succeeds(this.table.send(new PutCommand({
      TableName: tableName,
      Item: { ...Key, ...taken, [timeToLive]: seconds() + retention },
      ConditionExpression: '#expires < :now OR attribute_not_exists(#expires)',
      ExpressionAttributeNames: { '#expires': timeToLive },
      ExpressionAttributeValues: { ':now': seconds() },
    })));
    if (isNew) return taken;
    const { Item } = await this.table.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }));
    return Item as KeyRecord;
  }

  /** Writes the record of a new run. Returns the one that exists, if there is one. */
  async create(record: Omit<StoredRun, 'expiresAt'>): Promise<StoredRun> {
    const { tableName, retention } = this.settings;
    const expiresAt = seconds() + LONGEST_RUN + retention;
    const isNew = await this.succeeds(this.table.send(new PutCommand({
      TableName: tableName,
      Item: { ...keyOf(record.id), ...record, [statusPartition]: statusKey(record.id, record.status), [timeToLive]: expiresAt },
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': partition },
    })));
    return isNew ? { ...record, expiresAt } : (await this.get(record.id))!;
  }

  /** Undefined when there is none. The id must be one of the caller's. */
  async get(id: string): Promise<StoredRun | undefined> {
    const { Item } = await this.table.send(new GetCommand({ TableName: this.settings.tableName, Key: keyOf(id), ConsistentRead: true }));
    return Item && Item[timeToLive] >= seconds() ? Item as StoredRun : undefined;
  }

  /** The runs of an owner, the newest first. */
  async list(owner: string, { job, status }: ListFilter, limit: number, after?: string): Promise<Page> {
    const index = status === undefined ? {} : { IndexName: byStatus };
    const [key, value] = status === undefined ? [partition, `RUNS#${owner}`] : [statusPartition, `RUNS#${owner}#${status}`];
    const runs: StoredRun[] = [];
    let last = after === undefined ? undefined : { ...keyOf(after), ...status && { [statusPartition]: value } } as Record<string, unknown>;
    for (let page = 0; page < PAGES; page++) {
      const { Items = [], LastEvaluatedKey } = await this.table.send(new QueryCommand({
        TableName: this.settings.tableName,
        ...index,
        KeyConditionExpression: '#key = :key',
        FilterExpression: `#expires >= :now${job === undefined ? '' : ' AND #job = :job'}`,
        ExpressionAttributeNames: { '#key': key, '#expires': timeToLive, ...job !== undefined && { '#job': 'job' } },
        ExpressionAttributeValues: { ':key': value, ':now': seconds(), ':job': job },
        ConsistentRead: status === undefined, // an index is always a little late
        ScanIndexForward: false,
        ExclusiveStartKey: last,
        Limit: job === undefined ? limit - runs.length : undefined,
      }));
      runs.push(...Items as StoredRun[]);
      if (runs.length > limit) return { runs: runs.slice(0, limit), next: runs[limit - 1].id };
      last = LastEvaluatedKey;
      if (last === undefined || runs.length === limit) break;
    }
    return { runs, next: last?.[sort] as string | undefined };
  }

  /**
   * Brings a record forward. Changes nothing where it has come as far already, and where there is none: not every execution was started by the API.
   *
   * @returns whether it did
   */
  async apply(change: RunChange, job: string): Promise<boolean> {
    const { id, status, step, at, details, output } = change;
    const ended = isOver(status);
    const isOfJob = !ended && details.round !== undefined;
    if (output !== undefined) await this.putOutput(id, details.redrives, output);
    return this.update(id, {
      status,
      step,
      [statusPartition]: statusKey(id, status),
      updatedAt: at,
      isStarted: true,
      reason: undefined,
      // The end of a run says less of its jobs than their events did. It is kept.
      ...ended ? {} : { jobId: undefined, round: undefined, attempt: undefined, startedAt: undefined, endedAt: undefined, failure: undefined },
      ...ended || isOfJob ? {} : { cancelRequestedAt: undefined },
      ...known(details),
      [timeToLive]: seconds() + (ended ? 0 : LONGEST_RUN) + this.settings.retention,
    }, {
      // A reason comes in an event of its own, while the run waits. What a job says counts within the redrive that Step Functions has told: anyone who may
      // submit jobs could make one that names a later redrive, and a run must not hide its end.
      ConditionExpression: `#job = :job AND #step ${details.reason === undefined ? '<' : '<='} :step${isOfJob ? ' AND redrives = :redrives' : ''}`,
      ExpressionAttributeNames: { '#job': 'job', '#step': 'step' },
      ExpressionAttributeValues: { ':job': job, ':step': step, ...isOfJob && { ':redrives': details.redrives } },
    });
  }

  /** Records that the execution was started. Changes nothing else. */
  async started(id: string): Promise<void> {
    await this.update(id, { isStarted: true }, { ConditionExpression: 'attribute_exists(#pk)', ExpressionAttributeNames: { '#pk': partition } });
  }

  /** Ends a run whose execution does not exist, unless it was started meanwhile. */
  async notStarted(id: string, change: Pick<StoredRun, 'status' | 'failure'>): Promise<void> {
    const times = { endedAt: Date.now(), updatedAt: Date.now(), [timeToLive]: seconds() + this.settings.retention };
    await this.update(id, { ...change, ...times, [statusPartition]: statusKey(id, change.status) }, WHILE_NOT_STARTED);
  }

  /** Prepares a run that was not started for a further try to start it. */
  async revived(id: string): Promise<void> {
    const status = 'SUBMITTED';
    const times = { endedAt: undefined, updatedAt: Date.now(), [timeToLive]: seconds() + LONGEST_RUN + this.settings.retention };
    await this.update(id, { status, failure: undefined, ...times, [statusPartition]: statusKey(id, status) }, WHILE_NOT_STARTED);
  }

  async cancelRequested(id: string, step: string): Promise<void> {
    await this.update(id, { cancelRequestedAt: Date.now() }, {
      ConditionExpression: '#step = :step AND attribute_not_exists(cancelRequestedAt)', ExpressionAttributeNames: { '#step': 'step' }, ExpressionAttributeValues: { ':step': step },
    });
  }

  /** Whether this request is the one that reads the execution now. Of many that see an old record at once, only one does. */
  async takeReading(id: string, notSince: number): Promise<boolean> {
    return this.update(id, { readAt: Date.now() }, {
      ConditionExpression: 'attribute_exists(#pk) AND (attribute_not_exists(readAt) OR readAt <= :since)',
      ExpressionAttributeNames: { '#pk': partition },
      ExpressionAttributeValues: { ':since': notSince },
    });
  }

  /** Whether a further call is within the budget of all requests. */
  async takeCall(name: string, { calls, period }: { calls: number; period: number }): Promise<boolean> {
    const window = Math.floor(seconds() / period);
    return this.succeeds(this.table.send(new UpdateCommand({
      TableName: this.settings.tableName,
      Key: { [partition]: `CALLS#${name}`, [sort]: String(window) },
      UpdateExpression: 'ADD #count :one SET #expires = :expires',
      ConditionExpression: 'attribute_not_exists(#count) OR #count < :most',
      ExpressionAttributeNames: { '#count': 'count', '#expires': timeToLive },
      ExpressionAttributeValues: { ':one': 1, ':most': calls, ':expires': (window + 2) * period },
    })));
  }

  /**
   * Takes one of the places of requests that wait. A request that ends without giving it back has it for some seconds only.
   *
   * @returns what gives the place back; undefined when there is no free one among those that were tried
   */
  async takePlace(places: number): Promise<(() => Promise<void>) | undefined> {
    const TableName = this.settings.tableName;
    const holder = randomBytes(8).toString('hex');
    const tried = new Set<number>();
    while (tried.size < Math.min(places, TRIES)) {
      const place = Math.floor(Math.random() * places);
      if (tried.has(place)) continue;
      tried.add(place);
      const Key = { [partition]: 'WAITING', [sort]: String(place) };
      const names = { '#expires': timeToLive };
      const isFree = await this.succeeds(this.table.send(new PutCommand({
        TableName,
        Item: { ...Key, holder, [timeToLive]: seconds() + PLACE_KEPT },
        ConditionExpression: 'attribute_not_exists(#expires) OR #expires < :now',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':now': seconds() },
      })));
      if (!isFree) continue;
      return async () => {
        await this.succeeds(this.table.send(new DeleteCommand({ TableName, Key, ConditionExpression: 'holder = :holder', ExpressionAttributeValues: { ':holder': holder } })));
      };
    }
    return undefined;
  }

  /** The output of a run that is over, as JSON. */
  async output({ id, redrives }: StoredRun): Promise<string | undefined> {
    const { Item } = await this.table.send(new GetCommand({ TableName: this.settings.tableName, Key: outputKey(id, redrives), ConsistentRead: true }));
    return Item?.output;
  }

  private async putOutput(id: string, redrives: number, output: string): Promise<void> {
    await this.table.send(new PutCommand({
      TableName: this.settings.tableName, Item: { ...outputKey(id, redrives), output, [timeToLive]: seconds() + this.settings.retention },
    }));
  }

  /** Sets attributes, and removes those that are undefined. Returns whether the condition held. */
  private async update(id: string, values: Record<string, unknown>, condition: Condition): Promise<boolean> {
    const entries = Object.entries(values).map(([attribute, value], index) => ({ attribute, value, name: `#a${index}`, placeholder: `:a${index}` }));
    const set = entries.filter(({ value }) => value !== undefined);
    const removed = entries.filter(({ value }) => value === undefined);
    return this.succeeds(this.table.send(new UpdateCommand({
      TableName: this.settings.tableName,
      Key: keyOf(id),
      UpdateExpression: [
        `SET ${set.map(({ name, placeholder }) => `${name} = ${placeholder}`).join(', ')}`,
        ...removed.length > 0 ? [`REMOVE ${removed.map(({ name }) => name).join(', ')}`] : [],
      ].join(' '),
      ConditionExpression: condition.ConditionExpression,
      ExpressionAttributeNames: { ...Object.fromEntries(entries.map(({ name, attribute }) => [name, attribute])), ...condition.ExpressionAttributeNames },
      ExpressionAttributeValues: { ...Object.fromEntries(set.map(({ placeholder, value }) => [placeholder, value])), ...condition.ExpressionAttributeValues },
    })));
  }

  /** Whether the condition of a write held. */
  private async succeeds(write: Promise<unknown>): Promise<boolean> {
    try {
      await write;
      return true;
    } catch (error) {
      if ((error as Error).name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** The keys of a run's record. An id that no API gave has no record. */
function keyOf(id: string): Record<string, string> {
  const owner = ownerOfRun(id);
  if (owner === undefined) throw new Problem(404, `there is no run ${id}`);
  return { [partition]: `RUNS#${owner}`, [sort]: id };
}

function statusKey(id: string, status: RunStatus): string {
  return `RUNS#${ownerOfRun(id)}#${status}`;
}

function outputKey(id: string, redrives: number): Record<string, string> {
  return { [partition]: `OUTPUT#${id}`, [sort]: String(redrives) };
}

function known(details: RunChange['details']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
