import * as fs from 'node:fs';
import * as path from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { ENDING_NAMES, readEnding } from './endings';
import { inPresentWords } from './former-keywords';
import { RESULT_NAMES } from './results';
import type { Range } from './seeded';
import { FAILURE_REASONS, INVALID_INPUT, JOB_NOT_FOUND, ORCHESTRATION_FAILED } from '../src/contract/errors';

/** A scenario file is wrong. The message says what is wrong. */
export class ScenarioError extends Error {
  readonly name = 'ScenarioError';
}

/** In `expects`: the run has to end with the actual outcome of its last job. */
export const ACTUAL_OUTCOME = 'actual outcome';
/** In `expects`: the run may reach its `runTimeout`. */
export const TIMED_OUT = 'TIMED_OUT';

/** The input of a run in a scenario without `inputs`. Each value is the run's own. */
const USUAL_INPUT = { parameters: { size: { own: 'parameter' } }, containerOverrides: { environment: { TOPIC: { own: 'variable' } } } };

/** In `expects`, `Infrastructure` stands for these as well. */
const FINER_THAN_INFRASTRUCTURE = ['HostLost', 'SecretUnavailable', 'FileSystemUnavailable', 'RoleUnavailable'] as const;

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `1h`, `0s..25s` or `for ever`, as milliseconds. */
const time = v.pipe(v.string(), v.rawTransform(({ dataset, addIssue, NEVER }): Range => {
  if (dataset.value === 'for ever') return [Infinity, Infinity];
  const limits = dataset.value.split('..').map((limit) => /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(limit.trim()));
  if (limits.length > 2 || limits.some((limit) => limit === null)) {
    addIssue({ message: 'is not a time such as 90s, 5m, 1h..2d or for ever' });
    return NEVER;
  }
  const [from, to = from] = limits.map((limit) => Number(limit![1]) * UNITS[limit![2]]);
  return [from, to];
}));

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const oneOrMore = <T extends v.GenericSchema>(item: T) => v.pipe(v.union([item, v.array(item)]), v.transform((given) => [given].flat() as v.InferOutput<T>[]));
const list = <T extends v.GenericSchema>(item: T) => v.optional(v.array(item), []);

/** Whether the ECS agent of the instance is gone. */
const agent = v.optional(v.picklist(['gone']));

/** How often a fault occurs. By default it occurs each time. */
const occurrence = {
  /** The most times for each run. */
  atMost: v.optional(count),
  chance: v.optional(probability, 1),
  /** The time after the start of the world at which the fault ends. */
  until: v.optional(time),
};

/** Which attempts a rule applies to. By default it applies to all. */
const attemptFilter = {
  round: v.optional(count),
  attempt: v.optional(count),
  /** Children of an array job, by index. */
  child: v.optional(oneOrMore(v.pipe(v.number(), v.integer()))),
  /** Nodes of a multi-node job, by index. */
  node: v.optional(oneOrMore(v.pipe(v.number(), v.integer()))),
  /** A part of the queue's name. */
  queue: v.optional(v.string()),
  /** MiB. Only attempts with less memory. */
  memoryBelow: v.optional(v.number()),
  chance: v.optional(probability, 1),
};

const endings = v.pipe(
  oneOrMore(v.string()),
  v.check((given) => given.every((ending) => readEnding(ending)), `is not an ending; use one of ${ENDING_NAMES.join('; ')}, each with ", exit N" where it has an exit code`),
);

const container = v.strictObject({
  ...attemptFilter,
  takes: v.optional(time, '10s..10m'),
  ends: v.optional(endings, 'exit 0'),
  /** How the container ends when it is stopped before its end. By default with the exit code 143, or 137 when it ignores SIGTERM. */
  endsWhenStopped: v.optional(endings),
  ignoresSigterm: v.optional(v.boolean(), false),
  /** The ECS agent of the instance is gone: neither the end of the container nor a stop is ever reported. */
  agent,
  /** What the container writes as its result before it exits with 0: one of the list. A number is a JSON text of so many characters. */
  writes: v.optional(oneOrMore(v.union([v.number(), v.picklist(RESULT_NAMES)]))),
});

const placement = v.strictObject({
  ...attemptFilter,
  pending: v.optional(time, '50ms..2s'),
  runnable: v.optional(time, '100ms..2m'),
  starting: v.optional(time, '500ms..1m'),
  /** The ECS agent of the instance is gone while the attempt is starting: TerminateJob has no effect. */
  agent,
  /** The reason that AWS Batch reports while it cannot place the job. */
  statusReason: v.optional(v.string()),
});

const call = v.strictObject({
  of: oneOrMore(v.string()),
  /** Whose calls. By default those of all functions. */
  by: v.optional(v.picklist(['api'])),
  /** `500 ServerException`, `connection dropped` or `no response`. */
  fails: v.pipe(v.string(), v.regex(/^(\d{3} \w+|connection dropped|no response)$/, 'is not a failure such as "500 ServerException", "connection dropped" or "no response"')),
  /** Whether the service does the work before it returns the error. It always does when the connection is dropped or there is no response. */
  applied: v.optional(v.boolean(), false),
  ...occurrence,
});

const alteration = v.strictObject({
  /** An API call, or `events`. */
  of: v.string(),
  /** The fields that are set in each job of the response, or in the event. */
  set: v.record(v.string(), v.unknown()),
  ...occurrence,
});

const event = v.strictObject({
  of: v.optional(v.picklist(['jobs', 'runs']), undefined),
  lost: v.optional(probability, 0),
  copies: v.optional(count, 1),
  late: v.optional(time, '0s'),
});

const invocation = v.strictObject({
  of: v.picklist(['submit', 'check', 'api']),
  fails: v.picklist(['before its work', 'after its work', 'times out']),
  ...occurrence,
});

const MOMENTS = ['run started', 'run ended', 'job SUBMITTED', 'job RUNNABLE', 'job STARTING', 'job RUNNING', 'job ended'] as const;

/** What people do who may submit jobs, end jobs, describe jobs or send messages, and who want a run that is not theirs. */
export const ATTACKS = ['forge a job', 'forge a job of another round', 'forge messages', 'replay messages', 'name another job as the original'] as const;
export type Attack = typeof ATTACKS[number];

/** What clients of the API do besides starting runs and asking for them. */
export const REQUEST_ACTIONS = ['cancel by request', 'redrive by request', 'send the request again', 'send another body', 'ask for runs of others'] as const;
export type RequestAction = typeof REQUEST_ACTIONS[number];

/** The runs are started by requests to the API of the app, and their callers ask for them. */
const requests = v.strictObject({
  /** How many callers there are. The runs are theirs in turn. */
  owners: v.optional(count, 1),
  /** The idempotency key of the request for a run: one of its own, one that all callers use, or none. */
  key: v.optional(v.picklist(['own', 'the same', 'none']), 'own'),
  /** How many equal requests for a run are sent at once. */
  atOnce: v.optional(count, 1),
  /** How often a request that failed is sent again, and how long after that. */
  repeats: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 10),
  repeatsAfter: v.optional(time, '1s..30s'),
  /** The time between two requests of a caller for the state of a run. */
  asks: v.optional(time, '10s..5m'),
  /** The statuses of failures that a request may have. */
  mayFail: list(v.number()),
});

const action = v.strictObject({
  action: v.picklist(['stop the run', 'redrive the run', 'terminate the job', 'cancel the job', 'deliver messages again', 'send foreign tokens', 'send noise', 'clone the job', ...ATTACKS, ...REQUEST_ACTIONS]),
  /** One of these moments. */
  when: oneOrMore(v.picklist(MOMENTS)),
  after: v.optional(time, '0s'),
  chance: v.optional(probability, 1),
  /** How often for each run. */
  times: v.optional(count, 1),
});

const scenario = v.strictObject({
  /** What goes wrong, for readers. */
  description: v.pipe(v.string(), v.minLength(10)),
  /** A job of the app, by its construct id. */
  job: v.optional(v.string(), 'OnDemand'),
  /** The runs are started by requests to the API. */
  requests: v.optional(requests),
  /** How many runs a world starts. */
  runs: v.optional(count, 1),
  /** The time in which the runs start. */
  startWithin: v.optional(time, '0s'),
  /** How many seeds a world of many runs counts for. */
  seedsPerWorld: v.optional(count, 1),
  /** The world starts the job's map instead of runs, each time with a list of so many items, of which one is chosen. */
  lists: v.optional(v.array(count)),
  /** Each run has one of these inputs. `{long: n}` is a text of n characters, and `{own: word}` one that no other run has. Both must not be in a log. */
  inputs: v.optional(v.array(v.unknown()), [USUAL_INPUT]),
  container: v.optional(v.array(container), [{ ends: 'exit 0' }]),
  placement: list(placement),
  calls: list(call),
  alterations: list(alteration),
  events: list(event),
  functions: list(invocation),
  actions: list(action),
  /** How long a submitted job is not visible to a call. */
  visibleAfter: v.optional(v.strictObject({ ListJobs: v.optional(time, '0s'), DescribeJobs: v.optional(time, '0s') }), {}),
  /** How late CloudWatch Logs shows a line. */
  logsAfter: v.optional(time),
  /** How long after its end a job is still visible. By default, for ever. */
  forgottenAfter: v.optional(time),
  /** How Step Functions responds to a token that is closed. */
  closedTokens: v.optional(v.picklist(['error', 'silent', 'either']), 'error'),
  submitsPerSecond: v.optional(count),
  /** Each seed takes another action away from a role. */
  revokes: v.optional(v.picklist(['each action of each role'])),
  /** The outcomes that a run may have. */
  expects: v.optional(v.pipe(
    v.array(v.picklist([ACTUAL_OUTCOME, 'SUCCEEDED', ...FAILURE_REASONS, INVALID_INPUT, JOB_NOT_FOUND, ORCHESTRATION_FAILED, TIMED_OUT])),
    v.transform((outcomes) => outcomes.includes('Infrastructure') ? [...outcomes, ...FINER_THAN_INFRASTRUCTURE] : outcomes),
  ), [ACTUAL_OUTCOME]),
  bounds: v.optional(v.strictObject({
    /** From the end of a job to the submission of the next round's job, or to the end of the run. */
    delay: v.optional(time, '20s'),
    transitions: v.optional(count, 4),
    historyEvents: v.optional(count, 12),
    /** From the start of a run to its end. */
    run: v.optional(time, '6h'),
    /** From the end of a run to the end of its last job. */
    orphans: v.optional(time, '3m'),
    /** From the start of a run to the submission of its first job. */
    submission: v.optional(time, '5s'),
    /** From the end of a limit (`queueTimeout`, `startTimeout`, `attemptTimeout` and half an hour) to the order that ends the job. */
    limits: v.optional(time, '16m'),
    /** Calls of each API in any hour, for each job of the world. A message that is sent in a batch counts as a call. */
    callsAnHour: v.optional(count, 18),
    /** The same of a job that is older than two hours and has not ended. The jobs of the world have to be old at the same time. */
    laterCallsAnHour: v.optional(count),
    /** From the start, the end or the redrive of a run to the first request of which the API must say so. */
    record: v.optional(time, '5s'),
    /** How often a message is received. More than once says that a function failed. */
    receives: v.optional(count, 1),
    /** Messages in the dead-letter queues. */
    deadLetters: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  }), {}),
});

export type Scenario = v.InferOutput<typeof scenario> & { readonly name: string };
export type Occurrence = { readonly atMost?: number; readonly chance: number; readonly until?: Range };
export type AttemptFilter = Pick<Scenario['container'][number], keyof typeof attemptFilter>;
export type ScenarioAction = Scenario['actions'][number];
export type Requests = NonNullable<Scenario['requests']>;
export type Moment = typeof MOMENTS[number];

/** Reads a scenario, and adds the defaults. */
export function readScenario(name: string, yaml: string): Scenario {
  let json: unknown;
  try {
    json = parse(yaml);
  } catch (error) {
    throw new ScenarioError(`scenario ${name} is not YAML: ${(error as Error).message}`);
  }
  const result = v.safeParse(scenario, inPresentWords(json), { abortEarly: true });
  if (result.success) return { name, ...result.output };
  const [issue] = result.issues;
  const inner = issue.issues?.[0] ?? issue;
  const field = v.getDotPath(inner) ?? v.getDotPath(issue);
  throw new ScenarioError(`scenario ${name}${field === null ? '' : `: '${field}'`} ${/^is /.test(inner.message) ? inner.message : `is invalid: ${inner.message}`}`);
}

/** Reads all scenarios of a directory, by name. */
export function readScenarios(directory: string): Scenario[] {
  return fs.readdirSync(directory).filter((file) => file.endsWith('.yaml')).sort()
    .map((file) => readScenario(path.basename(file, '.yaml'), fs.readFileSync(path.join(directory, file), 'utf8')));
}
