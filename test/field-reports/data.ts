import * as v from 'valibot';
import { FAILURE_REASONS } from '../../src/contract/errors';

/** The parts of replays that several kinds of replays share. */

/** Pieces of a text: each of them has to be in it. */
export const pieces = v.pipe(v.array(v.pipe(v.string(), v.minLength(3))), v.minLength(1));

/** An object with exactly one of some fields. */
export function oneOf<T extends v.ObjectEntries>(entries: T) {
  return v.pipe(
    v.partial(v.strictObject(entries)),
    v.check((given) => Object.keys(given).length === 1, `does not have exactly one of ${Object.keys(entries).join(', ')}`),
  );
}

export const failureReason = v.picklist(FAILURE_REASONS);

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A time such as `90s`, `20m`, `3h` or `2d`, in seconds. */
export const duration = v.pipe(
  v.string(),
  v.regex(/^\d+[smhd]$/, 'is not a time such as 90s, 20m, 3h or 2d'),
  v.transform((text) => parseInt(text, 10) * UNITS[text.at(-1) as keyof typeof UNITS]),
);

/** An error of a service. */
export const serviceErrorData = v.strictObject({ status: v.number(), error: v.string(), message: v.optional(v.string(), 'from the service') });

export const platform = v.optional(v.picklist(['instances', 'spot instances', 'fargate', 'fargate spot']), 'instances');
export type Platform = v.InferOutput<typeof platform>;

const container = {
  reason: v.optional(v.string()),
  exitCode: v.optional(v.number()),
  logStream: v.optional(v.string()),
};

const attempt = v.strictObject({
  statusReason: v.optional(v.string()),
  ...container,
  /** Whether the container started. */
  started: v.optional(v.boolean(), true),
});

/** A job in the answer of DescribeJobs. */
export const shownJob = v.strictObject({
  status: v.optional(v.picklist(['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED']), 'FAILED'),
  statusReason: v.optional(v.string()),
  ...container,
  isTerminated: v.optional(v.boolean()),
  isCancelled: v.optional(v.boolean()),
  /** By default a job that has ended has one attempt, which is what the job itself shows. */
  attempts: v.optional(v.array(attempt)),
  /** How many children of an array job are in each status. */
  children: v.optional(v.record(v.string(), v.number())),
  /** How many nodes a multi-node job has. */
  nodes: v.optional(v.number()),
  /** When the container started. Undefined for the nodes that decide by their order. */
  startedAfter: v.optional(duration),
  stoppedAfter: v.optional(duration),
});
export type ShownJob = v.InferOutput<typeof shownJob>;

/** A text in which `{{9000}}` stands for so many characters, and `{{9000:ab}}` for so many times `ab`. */
export function expand(text: string): string {
  return text.replace(/\{\{(\d+)(?::([^}]+))?\}\}/g, (_, count, part = 'x') => part.repeat(Number(count)));
}

/** Fails a replay unless all pieces are in the text. */
export function expectPieces(text: string | null | undefined, expected: readonly string[] | undefined): void {
  expected?.forEach((piece) => expect(text ?? '').toContain(piece));
}

/** What matches data: an object may have more fields and a list more items. A text that ends with `*` is a piece of a text. */
export function like(data: unknown): any {
  return JSON.parse(JSON.stringify(data), (_, part) => {
    if (Array.isArray(part)) return expect.arrayContaining(part);
    if (typeof part === 'string' && part.endsWith('*')) return expect.stringContaining(part.slice(0, -1));
    return typeof part === 'object' && part !== null ? expect.objectContaining(part) : part;
  });
}
