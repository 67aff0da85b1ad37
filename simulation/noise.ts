import * as fc from 'fast-check';
import { CONTEXT_PARAMETER } from '../src/contract/parameters';

const [CHECK_JOB, CHECK_RUN, CLEAN_UP] = ['checkJob', 'checkRun', 'cleanUp'];

/** Names and values that real messages and events contain, and some that break careless code. */
const WORDS = [
  CHECK_JOB, CHECK_RUN, CLEAN_UP, 'jobId', 'token', 'since', 'early', 'execution', 'redrive', 'source', 'aws.batch', 'aws.states', 'detail', 'detail-type',
  'Batch Job State Change', 'Step Functions Execution Status Change', 'executionArn', 'status', 'SUCCEEDED', CONTEXT_PARAMETER,
  '__proto__', 'constructor', '', ' ', '\u0000', '💥',
];

const word = fc.constantFrom(...WORDS);
const scalar = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.double(), fc.string());

/** JSON values whose keys are often the ones that the check function reads. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, word, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('object'), tie('object')),
  object: fc.dictionary(fc.oneof({ weight: 9, arbitrary: word }, { weight: 1, arbitrary: fc.string() }), tie('value'), { minKeys: 1, maxKeys: 3 }),
}));

/** Messages and events whose outer fields are right. */
const malformed = fc.oneof(
  // With a number as `since`, this would be a check of a job that does not exist.
  fc.record({ [CHECK_JOB]: fc.record({ jobId: value, token: value, since: fc.oneof(word, fc.constant(null)) }, { requiredKeys: [] }) }),
  fc.record({ [CHECK_RUN]: value }),
  fc.record({ [CLEAN_UP]: value }),
  fc.record({ 'source': fc.constant('aws.batch'), 'detail-type': fc.constantFrom('Batch Job State Change', 'other'), 'detail': value }),
  fc.record({ 'source': fc.constant('aws.states'), 'detail-type': fc.constantFrom('Step Functions Execution Status Change', 'other'), 'detail': value }),
);

/** Messages that are not of this library: random JSON, a part of JSON, and text. Equal seeds give equal messages. */
export function noise(seed: number): string[] {
  return [...fc.sample(fc.oneof(value, malformed), { seed, numRuns: 20 }).map((json) => JSON.stringify(json)), '{', 'not JSON'];
}
