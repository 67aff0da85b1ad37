// Jobs of each kind, as the state machine tells the submit function about them, and what a run of them may say.
import fc from 'fast-check';
import { between, pick, weighted } from '../common/arbitraries.mjs';

const ARN = 'arn:aws:batch:us-east-1:123456789012';
const STORE = { bucket: 'hb-payloads', folder: 'Sort' };

const JOB = {
  definition: `${ARN}:job-definition/Sort:1`,
  vcpus: 1,
  memory: 2048,
  maxMemory: 65_536,
  queueTimeout: 3600,
  startTimeout: 900,
  attemptTimeout: 7200,
  logGroup: '/aws/batch/Sort',
  parameters: ['a', 'b', '__proto__', 'constructor'],
  command: ['work', 'Ref::a', '--to=Ref::b'],
  defaults: { a: '-', b: '' },
  store: STORE,
};

const EVERYTHING = { command: true, environment: ['A', 'LONG', '__proto__', 'toString'], resources: true, arraySize: true, share: true };

/** By kind. `names`: of the variables that a run may set. */
export const JOBS = {
  'from before there was a choice': { ...JOB, allowedOverrides: undefined, store: undefined, sizes: undefined },
  'by default': { ...JOB, allowedOverrides: {}, maxvCpus: 16, sizes: [{ vcpus: 16, memory: 30_000 }, { vcpus: 8, memory: 60_000 }] },
  'that allows everything': { ...JOB, allowedOverrides: EVERYTHING, tags: { team: 'sort' } },
  'that allows nothing': { ...JOB, allowedOverrides: { resources: false, arraySize: false, share: false }, shareIdentifier: 'team' },
  'on Fargate': { ...JOB, fargate: true, memory: 2048, maxMemory: 8192, allowedOverrides: EVERYTHING },
  'of nodes': { ...JOB, nodes: 3, allowedOverrides: EVERYTHING },
  'with shares': { ...JOB, shareIdentifier: 'team', spot: true, allowedOverrides: EVERYTHING, store: undefined },
  'with GPUs': { ...JOB, gpus: 1, sizes: [{ vcpus: 8, memory: 60_000, gpus: 4 }], allowedOverrides: EVERYTHING },
  'without parameters': { ...JOB, parameters: [], command: undefined, defaults: undefined, allowedOverrides: EVERYTHING },
};

export const TOKEN = 'TheTokenOfARun';

const earlier = (reason) => ({ jobId: '11111111-2222-3333-4444-555555555555', reason, memory: 2048, queue: `${ARN}:job-queue/spot`, attempts: 1 });

const nextRound = fc.tuple(between(2, 9), pick('OutOfMemory', 'SpotReclaimed')).map(([round, reason]) => (
  { round, memory: 4096, queue: `${ARN}:job-queue/spot`, earlier: Array.from({ length: round - 1 }, () => earlier(reason)) }));

/** What the submit function gets besides the input: a name of `JOBS`, and the state of the run. */
export const requests = fc.record({
  kind: pick(...Object.keys(JOBS)),
  // A token has at most 2,048 characters: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
  token: between(0, 700).map((length) => TOKEN + 't'.repeat(length)),
  redrive: weighted([9, fc.constant(0)], [1, between(1, 1000)]),
  nextRound: weighted([3, fc.constant(undefined)], [1, nextRound]),
});

export const QUEUES = { jobQueues: [`${ARN}:job-queue/spot`, `${ARN}:job-queue/on-demand`], watchQueue: 'https://sqs.us-east-1.amazonaws.com/123456789012/watch' };
export const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';
