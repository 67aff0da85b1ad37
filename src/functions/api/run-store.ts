import { createHash } from 'node:crypto';
import { ownerOfRun } from './run-id';
import { additionOf, RunChange, StoredRun, TimedProgress } from './stored-run';
import { Condition, Item, Key, keyOf, seconds, Table } from './table';
import { isOver, RunStatus, TABLE_KEYS } from '../../contract/api-runs';

const { partition, sort, timeToLive, byStatus, statusPartition } = TABLE_KEYS;
/** Seconds that the record of a run is kept that is not over: an execution lasts a year at most. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LONGEST_RUN = 366 * 24 * 3600;
/** How many items one request for a list reads at most, for each run of its page. */
const READ_PER_RUN = 4;
/** How many durations of runs are kept of a job. */
const DURATIONS = 20;

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

/** Of a record whose execution was not started, as far as it is known. */
const NOT_STARTED = '#started = :no';

/**
 * The records of runs. The owner is in the key of each record, so that a caller can read only his own. AWS deletes expired items within days, so each
 * reader compares the time: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
 */
export class RunStore {
  /** @param retention seconds */
  constructor(private readonly table: Table, private readonly retention: number) {}

  /** Takes a key for a run. Returns what the key stands for: the run of an earlier request, if there was one. */
  async takeKey(owner: string, job: string, key: string, taken: KeyRecord): Promise<KeyRecord> {
    const item = { partition: `KEYS#${owner}`, sort: `${job}#${createHash('sha256').update(key).digest('hex')}` };
    const isNew = await this.table.put(item, { ...taken, [timeToLive]: seconds() + this.retention }, {
      expression: '#expires < :now OR attribute_not_exists(#expires)', values: { ':now': seconds() },
    });
    return isNew ? taken : await this.table.get(item) as KeyRecord;
  }

  /** Writes the record of a new run. Returns the one that exists, if there is one. */
  async create(run: Omit<StoredRun, 'expiresAt'>): Promise<StoredRun> {
    const { expiresAt, ...status } = this.statusOf(run.id, run.status);
    const item = { ...run, ...status, expiresAt, timeline: [{ status: run.status, at: run.createdAt, redrives: run.redrives }] };
    const isNew = await this.table.put(keyOfRun(run.id), item, { expression: 'attribute_not_exists(#pk)' });
    return isNew ? item : (await this.get(run.id))!;
  }

  /** Undefined when there is none. */
  async get(id: string): Promise<StoredRun | undefined> {
    const item = await this.table.get(keyOfRun(id));
    return item && item[timeToLive] >= seconds() ? item as StoredRun : undefined;
  }

  /** The runs of an owner, the newest first. A page may have fewer than there are, where others have to be read to find them. */
  async list(owner: string, { job, status }: ListFilter, limit: number, after?: string): Promise<Page> {
    const index = status === undefined
      ? { attribute: partition, value: runsOf(owner) }
      : { name: byStatus, attribute: statusPartition, value: `${runsOf(owner)}#${status}` };
    const filter = job === undefined
      ? { expression: '#expires >= :now', values: { ':now': seconds() } }
      : { expression: '#expires >= :now AND #job = :job', values: { ':now': seconds(), ':job': job } };
    const { items, last } = await this.table.query({
      index,
      filter,
      after: after === undefined ? undefined : { ...keyOf({ partition: runsOf(owner), sort: after }), ...status && { [statusPartition]: index.value } },
      limit: job === undefined ? limit : limit * READ_PER_RUN,
      isConsistent: status === undefined && job === undefined, // an index is always a little late
    });
    const runs = items as StoredRun[];
    return runs.length > limit ? { runs: runs.slice(0, limit), next: runs[limit - 1].id } : { runs, next: last?.[sort] };
  }

  /**
   * Brings a record forward. Changes nothing where it has come as far already, and where there is none: not every execution was started by the API.
   *
   * @returns the run as it was before, if it was brought forward
   */
  async apply(change: RunChange): Promise<StoredRun | undefined> {
    const { id, status, step, at, details, output, logStream, stateMachineArn } = change;
    const before = await this.get(id);
    if (before?.stateMachineArn !== stateMachineArn) return undefined;
    // Before the record says that the run is over, so that it then has its output.
    if (output !== undefined) await this.putOutput(id, details.redrives, output);
    const news = { ...this.statusOf(id, status), step, updatedAt: Math.max(at, details.endedAt ?? 0, before.updatedAt), isStarted: true, reason: undefined };
    const { entry, isTruncated } = additionOf(change, before.timeline);
    const values = { ...news, ...formerOf(change), ...known(details), ...isTruncated && { isTimelineTruncated: true } };
    const appended = { logStreams: logStream, timeline: entry };
    return await this.table.update(keyOfRun(id), values, conditionOf(change), appended) ? before : undefined;
  }

  /** Records that the execution was started. Changes nothing else. */
  async started(id: string): Promise<void> {
    await this.table.update(keyOfRun(id), { isStarted: true }, { expression: 'attribute_exists(#pk)' });
  }

  /** Prepares a run that was not started for a further try to start it, so that it is not given up meanwhile. */
  async restarted({ id, timeline, redrives }: StoredRun): Promise<void> {
    const [status, now] = ['SUBMITTED', Date.now()] as const;
    const values = { ...this.statusOf(id, status), updatedAt: now, failure: undefined, endedAt: undefined };
    const again = timeline?.at(-1)?.status === status ? undefined : { status, at: now, redrives };
    await this.table.update(keyOfRun(id), values, { expression: NOT_STARTED, values: { ':no': false } }, { timeline: again });
  }

  /** Ends a run whose execution does not exist, unless something was heard of it meanwhile. */
  async gone({ id, isStarted, updatedAt, redrives }: StoredRun, failure: StoredRun['failure']): Promise<void> {
    const [status, now] = ['FAILED', Date.now()] as const;
    const values = { ...this.statusOf(id, status), failure, endedAt: now, updatedAt: now };
    const isUnchanged = { expression: '#started = :started AND #updated = :updated', values: { ':started': isStarted, ':updated': updatedAt } };
    await this.table.update(keyOfRun(id), values, isUnchanged, { timeline: { status, at: now, redrives } });
  }

  async cancelRequested({ id, redrives }: StoredRun): Promise<void> {
    await this.table.update(keyOfRun(id), { cancelRequestedAt: Date.now() }, { expression: '#redrives = :redrives', values: { ':redrives': redrives } });
  }

  /** Whether this request is the one that reads the execution, or the log, now. Of many that see an old record at once, only one does. */
  async takeReading(id: string, reading: 'readAt' | 'progressReadAt', notSince: number): Promise<boolean> {
    return this.table.update(keyOfRun(id), { [reading]: Date.now() }, {
      expression: `attribute_exists(#pk) AND (attribute_not_exists(#${reading}) OR #${reading} <= :since)`, values: { ':since': notSince },
    });
  }

  /** Writes what a container said of its progress, unless the run has gone on meanwhile. */
  async progressed({ id, step }: StoredRun, progress: TimedProgress): Promise<void> {
    await this.table.update(keyOfRun(id), { progress }, { expression: '#step = :step', values: { ':step': step } });
  }

  /** The output of a run that is over, as JSON. */
  async output({ id, redrives }: StoredRun): Promise<string | undefined> {
    return (await this.table.get(keyOfOutput(id, redrives)))?.output;
  }

  private async putOutput(id: string, redrives: number, output: string): Promise<void> {
    await this.table.put(keyOfOutput(id, redrives), { output, [timeToLive]: seconds() + this.retention });
  }

  /** Adds how long a run took, in seconds, to what is known of its job. It takes the place of another one, so that only some are kept. */
  async addDuration(job: string, duration: number): Promise<void> {
    const place = `d${Math.floor(Math.random() * DURATIONS)}`;
    await this.table.update(keyOfDurations(job), { [place]: duration, [timeToLive]: seconds() + this.retention });
  }

  /** How long some of the last runs of a job took, in seconds. */
  async durations(job: string): Promise<number[]> {
    const item = await this.table.get(keyOfDurations(job), { isConsistent: false }) ?? {};
    return Object.entries(item).filter(([name]) => /^d\d+$/.test(name)).map(([, duration]) => duration);
  }

  /** A status, and the attributes that follow from it. */
  private statusOf(id: string, status: RunStatus) {
    const expiresAt = seconds() + (isOver(status) ? 0 : LONGEST_RUN) + this.retention;
    return { status, [statusPartition]: statusKey(id, status), expiresAt };
  }
}

/** What is no longer true when a run goes on. The end of a run says less of its jobs than their events did, so that is kept. */
function formerOf(change: RunChange): Item {
  if (isOver(change.status)) return { failure: undefined };
  const ofJob = { jobId: undefined, jobQueue: undefined, round: undefined, attempt: undefined, vcpus: undefined, memory: undefined };
  const former = { ...ofJob, startedAt: undefined, endedAt: undefined, failure: undefined, progress: undefined };
  return isOfJob(change) ? former : { ...former, cancelRequestedAt: undefined };
}

/**
 * Of which records a change is news. A reason comes in an event of its own, while the run waits. What a job says counts within the redrive that Step Functions
 * has told: anyone who may submit jobs could make one that names a later redrive, and a run must not hide its end.
 */
function conditionOf(change: RunChange): Condition {
  const { stateMachineArn, step, details: { reason, redrives } } = change;
  const isNews = `#machine = :machine AND #step ${reason === undefined ? '<' : '<='} :step`;
  const values = { ':machine': stateMachineArn, ':step': step };
  return isOfJob(change) ? { expression: `${isNews} AND #redrives = :redrives`, values: { ...values, ':redrives': redrives } } : { expression: isNews, values };
}

function isOfJob({ status, details }: RunChange): boolean {
  return !isOver(status) && details.round !== undefined;
}

function known(details: RunChange['details']): Item {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}

const runsOf = (owner: string) => `RUNS#${owner}`;
const statusKey = (id: string, status: RunStatus) => `${runsOf(ownerOfRun(id)!)}#${status}`;
const keyOfRun = (id: string): Key => ({ partition: runsOf(ownerOfRun(id)!), sort: id });
const keyOfOutput = (id: string, redrives: number): Key => ({ partition: `OUTPUT#${id}`, sort: String(redrives) });
const keyOfDurations = (job: string): Key => ({ partition: 'DURATIONS', sort: job });
