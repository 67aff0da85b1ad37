import { RequestUnits } from './request-units';
import { World } from './world';
import type { CallRecord } from '../emulator/http';
import type { HttpAnswer } from '../emulator/services/api-gateway/http-apis';
import type { BatchJob } from '../emulator/services/batch/batch';

const CLIENTS = 1_000;
/** Milliseconds between two requests of a client. */
const ASKS_EVERY = 2_000;
/** Milliseconds for which requests are counted. What clients ask for is the same in each second, while runs go on. */
const COUNTED = 20_000;
/** Milliseconds before they are counted, in which clients ask seldom: after them, the age of progress is like that of later. */
const BEFORE = { first: 300_000, next: 20_000, fewer: 150_000, asksEvery: 20_000 };
/** Seconds that containers run. */
const RUNS_FOR = 3_600;
/** Milliseconds between two lines of progress of a container. */
const PROGRESS_EVERY = 10_000;
/** Milliseconds between the requests that start runs: `throttle` of an API lets 100 a second in. */
const STARTS_EVERY = 10;

/** US dollars, us-east-1, November 2026. */
const PRICES = {
  /** https://aws.amazon.com/api-gateway/pricing/, HTTP APIs, the first 300 million */
  request: 1 / 1e6,
  /** https://aws.amazon.com/lambda/pricing/, ARM */
  invocation: 0.2 / 1e6,
  gbSecond: 0.0000133334,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
};
/** The assumed duration of an invocation besides its wait: some calls of DynamoDB, in a function with 256 MiB. */
const SECONDS_AN_INVOCATION = 0.03;
const GIBIBYTES = 0.25;

/** What accounts, and partitions of tables, have in a second. */
const QUOTAS = {
  /** What is added to a bucket of 300 each second. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
  describeExecution: 15,
  /** 10 in some Regions. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
  getLogEvents: 25,
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
  partitionWrites: 1_000,
};

const WAYS = {
  'GET': {},
  'GET, If-None-Match': { usesTag: true },
  'GET, wait=25': { wait: '?wait=25' },
  'GET of 100 runs': { clients: 100, before: BEFORE.fewer },
  'GET of 10 runs': { clients: 10, before: BEFORE.fewer },
} as const satisfies Record<string, Way>;

interface Way {
  readonly clients?: number;
  readonly before?: number;
  readonly usesTag?: boolean;
  readonly wait?: string;
}

/** What many clients cost that ask for runs that go on. Peaks are of a second. */
export async function api(): Promise<object[]> {
  const world = new World('api');
  const meter = new Meter();
  await world.begin(() => RUNS_FOR, undefined, {
    onCall: (record) => meter.call(record),
    journal: { onExecution: () => undefined, onObject: () => undefined, onLogStream: () => undefined, onItem: (_table, _key, item) => meter.written(item) },
    onJob: (job) => { if (job.status === 'RUNNING') writeProgress(world, job); },
  });
  const ids = await startRuns(world);
  const rows: object[] = [];
  await crowd(world, ids, {}, BEFORE.asksEvery, BEFORE.first);
  for (const [request, way] of Object.entries<Way>(WAYS)) {
    const { clients = CLIENTS, before = BEFORE.next } = way;
    const some = ids.slice(0, clients);
    await crowd(world, some, {}, clients < CLIENTS ? ASKS_EVERY : BEFORE.asksEvery, before);
    meter.reset();
    rows.push({ request, clients, ...rowOf(await crowd(world, some, way), meter) });
  }
  await world.end();
  return rows;
}

/** Starts a run for each client, and returns their ids when the containers of all of them run. */
async function startRuns(world: World): Promise<string[]> {
  const { emulator, clock } = world;
  const ids: string[] = [];
  for (let client = 0; client < CLIENTS; client++) {
    clock.after(client * STARTS_EVERY, () => void send(world, 'POST', '/runs').then(({ body }) => ids.push(JSON.parse(String(body)).id)));
  }
  const areRunning = () => ids.length === CLIENTS && emulator.batch.jobs().filter(({ status }) => status === 'RUNNING').length === CLIENTS;
  if (!await emulator.settle(areRunning)) throw new Error('the runs have not begun');
  return ids;
}

function writeProgress({ emulator, clock }: World, job: BatchJob): void {
  if (job.status !== 'RUNNING') return;
  clock.after(PROGRESS_EVERY, () => writeProgress({ emulator, clock } as World, job));
  clock.after(0, () => emulator.logs.write(job.plan.logGroup!, job.current!.logStreamName, '::progress 42 sort'));
}

function send({ emulator }: World, method: string, path: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  const [httpApi] = emulator.deployment.httpApis;
  return emulator.httpApis.request(httpApi.path, { method, path, headers });
}

/** What clients asked and were answered. */
interface Polls {
  polls: number;
  notModified: number;
  /** Milliseconds that requests waited, of all of them. */
  waited: number;
  /** Seconds since the container wrote the progress that was shown, for each answer. */
  readonly ages: number[];
}

async function crowd(world: World, ids: readonly string[], { usesTag = false, wait = '' }: Way, asksEvery = ASKS_EVERY, lasts = COUNTED): Promise<Polls> {
  const { clock } = world;
  const until = clock.now() + lasts;
  const found: Polls = { polls: 0, notModified: 0, waited: 0, ages: [] };
  /** When the progress was written that a client knows. */
  const known = new Map<string, number>();
  /** When the requests came that are not answered yet. */
  const open = new Map<string, number>();
  const ask = async (id: string, tag?: string): Promise<void> => {
    const at = clock.now();
    if (at >= until) return;
    found.polls++;
    open.set(id, at);
    const { status, headers, body } = await send(world, 'GET', `/runs/${id}${wait}`, tag === undefined ? {} : { 'if-none-match': tag });
    if (status !== 200 && status !== 304) throw new Error(`a client was answered with ${status}`);
    if (clock.now() >= until) return;
    open.delete(id);
    found.waited += clock.now() - at;
    if (status === 304) found.notModified++;
    else known.set(id, Date.parse(JSON.parse(String(body)).progress?.at));
    found.ages.push((clock.now() - known.get(id)!) / 1000);
    clock.after(Math.max(0, at + asksEvery - clock.now()), () => void ask(id, usesTag ? String(headers.etag) : undefined));
  };
  ids.forEach((id, client) => clock.after(client * asksEvery / ids.length, () => void ask(id)));
  await settleUntil(world, until);
  for (const at of open.values()) found.waited += until - at;
  return found;
}

async function settleUntil({ emulator, clock }: World, time: number): Promise<void> {
  let isTime = false;
  clock.after(time - clock.now(), () => { isTime = true; });
  await emulator.settle(() => isTime);
}

function rowOf({ polls, notModified, waited, ages }: Polls, { peaks, reads, writes }: Meter): object {
  const seconds = COUNTED / 1000;
  const busy = waited / 1000 + polls * SECONDS_AN_INVOCATION;
  const dollars = polls * (PRICES.request + PRICES.invocation) + busy * GIBIBYTES * PRICES.gbSecond + reads * PRICES.readUnit + writes * PRICES.writeUnit;
  return {
    pollsASecond: polls / seconds,
    progressAgeMedian: percentile(ages, 0.5),
    progressAgeP95: percentile(ages, 0.95),
    notModified: `${Math.round(100 * notModified / polls)} %`,
    describeExecution: share(peaks.most('DescribeExecution'), QUOTAS.describeExecution),
    getLogEvents: share(peaks.most('GetLogEvents'), QUOTAS.getLogEvents),
    readUnitsASecond: reads / seconds,
    writeUnitsASecond: writes / seconds,
    writesOfBusiestPartition: share(peaks.most(PARTITION), QUOTAS.partitionWrites),
    instances: Math.ceil(busy / seconds),
    dollarsAnHour: dollars * 3_600 / seconds,
    dollarsAMillionPolls: dollars / polls * 1e6,
  };
}

const PARTITION = 'partition ';

/** Counts calls by second, and request units of the table. */
class Meter {
  peaks = new Peaks();
  reads = 0;
  writes = 0;
  private readonly units = new RequestUnits();

  written(item: object | undefined): void {
    if (item) this.units.written(item as never);
  }

  call(record: CallRecord): void {
    const { call: { action }, at } = record;
    const used = this.units.of(record);
    this.peaks.add(action, at, 1);
    if (!used) return;
    this.reads += used.reads;
    this.writes += used.writes;
    if (used.writes > 0) this.peaks.add(`${PARTITION}${used.partition}`, at, used.writes);
  }

  reset(): void {
    this.peaks = new Peaks();
    this.reads = this.writes = 0;
  }
}

/** What happened in each second, by name. */
class Peaks {
  private readonly seconds = new Map<string, Map<number, number>>();

  add(name: string, at: number, amount: number): void {
    const ofName = this.seconds.get(name) ?? new Map<number, number>();
    this.seconds.set(name, ofName);
    const second = Math.floor(at / 1000);
    ofName.set(second, (ofName.get(second) ?? 0) + amount);
  }

  /** The most in a second, of all names that begin so. */
  most(beginning: string): number {
    return Math.max(0, ...[...this.seconds].filter(([name]) => name.startsWith(beginning)).flatMap(([, ofName]) => [...ofName.values()]));
  }
}

/** In seconds. A run whose progress was never read has no age. */
function percentile(ages: readonly number[], part: number): string {
  const sorted = ages.map((age) => Number.isNaN(age) ? Infinity : age).sort((a, b) => a - b);
  const age = sorted[Math.floor(part * (sorted.length - 1))];
  return age === Infinity ? 'never read' : `${Math.round(age)} s`;
}

function share(most: number, quota: number): string {
  return `${most.toLocaleString('en')} of ${quota.toLocaleString('en')} (${Math.round(100 * most / quota)} %)`;
}
