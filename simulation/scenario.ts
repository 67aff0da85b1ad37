import * as fs from 'node:fs';
import * as path from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { ENDING_NAMES, readEnding } from './endings';
import type { Range } from './seeded';

/** A scenario file cannot be read: what is wrong with it is in the message. */
export class ScenarioError extends Error {
  readonly name = 'ScenarioError';
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `1h`, `0s..25s`, `for ever`: milliseconds. */
const time = v.pipe(v.string(), v.rawTransform(({ dataset, addIssue, NEVER }): Range => {
  if (dataset.value === 'for ever') return [Infinity, Infinity];
  const ends = dataset.value.split('..').map((one) => /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(one.trim()));
  if (ends.length > 2 || ends.some((end) => end === null)) {
    addIssue({ message: 'is not a time such as 90s, 5m, 1h..2d or for ever' });
    return NEVER;
  }
  const [from, to = from] = ends.map((end) => Number(end![1]) * UNITS[end![2]]);
  return [from, to];
}));

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const oneOrMore = <T extends v.GenericSchema>(one: T) => v.pipe(v.union([one, v.array(one)]), v.transform((given) => [given].flat() as v.InferOutput<T>[]));
const many = <T extends v.GenericSchema>(one: T) => v.optional(v.array(one), []);

/** How often something goes wrong; left out: each time. */
const often = {
  /** Only so many times for each run. */
  first: v.optional(count),
  chance: v.optional(probability, 1),
  /** Only so long after the run began. */
  until: v.optional(time),
};

/** Which attempts, or jobs, a rule is for; left out: all. */
const which = {
  round: v.optional(count),
  attempt: v.optional(count),
  /** Children of an array job, by index. */
  child: v.optional(oneOrMore(v.pipe(v.number(), v.integer()))),
  /** Only where the queue's name has this in it. */
  queue: v.optional(v.string()),
  /** Only jobs with less memory, in MiB. */
  memoryBelow: v.optional(v.number()),
  chance: v.optional(probability, 1),
};

const container = v.strictObject({
  ...which,
  takes: v.optional(time, '10s..10m'),
  ends: v.pipe(
    oneOrMore(v.string()),
    v.check((endings) => endings.every((ending) => readEnding(ending)), `is not an ending; there are ${ENDING_NAMES.join('; ')}, each with ", exit N" where it has an exit code`),
  ),
  ignoresSigterm: v.optional(v.boolean(), false),
  /** Characters that it writes to `HEAVY_BATCH_RESULT` before it exits with 0: one of these. */
  writes: v.optional(oneOrMore(v.number())),
});

const placement = v.strictObject({
  ...which,
  pending: v.optional(time, '50ms..2s'),
  runnable: v.optional(time, '100ms..2m'),
  starting: v.optional(time, '500ms..1m'),
  /** What Batch says of a job that it cannot place. */
  says: v.optional(v.string()),
});

const call = v.strictObject({
  of: oneOrMore(v.string()),
  /** `500 ServerException`, `connection dropped` or `no answer`. */
  fails: v.pipe(v.string(), v.regex(/^(\d{3} \w+|connection dropped|no answer)$/, 'is neither such as "500 ServerException" nor "connection dropped" nor "no answer"')),
  /** Whether it had been done. What is dropped or not answered was. */
  done: v.optional(v.boolean(), false),
  ...often,
});

const alteration = v.strictObject({
  /** A call, or `events`. */
  of: v.string(),
  /** What is put over each job that is told of. */
  puts: v.record(v.string(), v.unknown()),
  ...often,
});

const event = v.strictObject({
  of: v.optional(v.picklist(['jobs', 'runs']), undefined),
  lost: v.optional(probability, 0),
  copies: v.optional(count, 1),
  late: v.optional(time, '0s'),
});

const invocation = v.strictObject({
  of: v.picklist(['submit', 'watch']),
  fails: v.picklist(['before', 'after', 'times out']),
  ...often,
});

const MOMENTS = ['run started', 'run ended', 'job SUBMITTED', 'job RUNNABLE', 'job STARTING', 'job RUNNING', 'job ended'] as const;

const act = v.strictObject({
  does: v.picklist(['stop the run', 'redrive the run', 'terminate the job', 'cancel the job', 'send stale tokens', 'send foreign tokens', 'send noise', 'clone the job']),
  /** One of these moments. */
  when: oneOrMore(v.picklist(MOMENTS)),
  after: v.optional(time, '0s'),
  chance: v.optional(probability, 1),
  /** How often for a run. */
  times: v.optional(count, 1),
});

const scenario = v.strictObject({
  about: v.pipe(v.string(), v.minLength(10)),
  /** A job of the app: the last part of its construct path. */
  job: v.optional(v.string(), 'OnDemand'),
  /** Runs that a world starts, and within which time. */
  runs: v.optional(count, 1),
  within: v.optional(time, '0s'),
  /** How many seeds a world of many runs stands for. */
  seedsPerWorld: v.optional(count, 1),
  /** Inputs, of which a run has one. `{long: n}` is a text of n characters. */
  inputs: v.optional(v.array(v.unknown()), [{}]),
  container: v.optional(v.array(container), [{ ends: 'exit 0' }]),
  placement: v.optional(v.array(placement), []),
  calls: many(call),
  answers: many(alteration),
  events: many(event),
  functions: many(invocation),
  people: many(act),
  visible: v.optional(v.strictObject({ ListJobs: v.optional(time, '0s'), DescribeJobs: v.optional(time, '0s') }), {}),
  closedTokens: v.optional(v.picklist(['error', 'silent', 'either']), 'error'),
  submitsPerSecond: v.optional(count),
  /** Takes one action away from one role, seed after seed another. */
  revokes: v.optional(v.picklist(['each action of each role'])),
  /** How a run may end. `the truth` is what its last job came to. */
  expects: v.optional(v.array(v.string()), ['the truth']),
  bounds: v.optional(v.strictObject({
    /** From the job's end to the next round's job, or the run's end. */
    delay: v.optional(time, '20s'),
    transitions: v.optional(count, 4),
    historyEvents: v.optional(count, 12),
    /** From the run's start to its end. */
    run: v.optional(time, '6h'),
    /** From the run's end to the end of the last container. */
    leftovers: v.optional(time, '3m'),
  }), {}),
});

export type Scenario = v.InferOutput<typeof scenario> & { readonly name: string };
export type Often = { readonly first?: number; readonly chance: number; readonly until?: Range };
export type Which = Pick<Scenario['container'][number], 'round' | 'attempt' | 'child' | 'queue' | 'memoryBelow' | 'chance'>;
export type Act = Scenario['people'][number];
export type Moment = typeof MOMENTS[number];

/** Reads one scenario. Defaults are filled in. */
export function readScenario(name: string, yaml: string): Scenario {
  let json: unknown;
  try {
    json = parse(yaml);
  } catch (error) {
    throw new ScenarioError(`scenario ${name} is not YAML: ${(error as Error).message}`);
  }
  const result = v.safeParse(scenario, json, { abortEarly: true });
  if (result.success) return { name, ...result.output };
  const [issue] = result.issues;
  const inner = issue.issues?.[0] ?? issue;
  throw new ScenarioError(`scenario ${name}: '${v.getDotPath(inner) ?? v.getDotPath(issue) ?? 'it'}' ${/^is /.test(inner.message) ? inner.message : `is wrong: ${inner.message}`}`);
}

/** All scenarios of a folder, by name. A file is a scenario: there is nothing else to register. */
export function readScenarios(directory: string): Scenario[] {
  return fs.readdirSync(directory).filter((file) => file.endsWith('.yaml')).sort()
    .map((file) => readScenario(path.basename(file, '.yaml'), fs.readFileSync(path.join(directory, file), 'utf8')));
}
