import * as fc from 'fast-check';
import { CONTEXT_PARAMETER } from '../src/contract/run-parameters';

/** Names and values that real messages and events contain, and some that break careless code. */
const WORDS = [
  'checkJob', 'checkRun', 'cleanUp', 'jobId', 'token', 'since', 'early', 'execution', 'redrive', 'source', 'aws.batch', 'aws.states', 'detail', 'detail-type',
  'Batch Job State Change', 'Step Functions Execution Status Change', 'executionArn', 'status', 'SUCCEEDED', CONTEXT_PARAMETER,
  '__proto__', 'constructor', '', ' ', '\u0000', '💥',
];

const word = fc.constantFrom(...WORDS);

/** JSON values whose keys are often the ones that the check function reads. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: false }, word, fc.constant(null), fc.integer(), fc.double(), fc.boolean(), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.oneof({ weight: 9, arbitrary: word }, { weight: 1, arbitrary: fc.string() }), tie('value'), { minKeys: 1, maxKeys: 3 }),
}));

/** Messages that are not of this library: random JSON, a part of JSON, and text. Equal seeds give equal messages. */
export function noise(seed: number): string[] {
  return [...fc.sample(value, { seed, numRuns: 20 }).map((json) => JSON.stringify(json)), '{', 'not JSON'];
}
