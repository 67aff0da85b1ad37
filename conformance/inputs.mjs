// Random inputs of runs and random messages, for the validator of the submit function and for the check function. What is refused is refused as InvalidInput;
// what is accepted makes a request that AWS's own model of the service accepts. INPUTS says how many: 20,000 by default, a million by hand.
import fc from 'fast-check';
import { between } from './common/arbitraries.mjs';
import { Findings, SEED, SELF_TEST } from './common/findings.mjs';
import { load, loadBroken } from './common/modules.mjs';
import { BREAKS } from './inputs/breaks.mjs';
import { CheckFunction } from './inputs/check-function.mjs';
import { FAMILIES, problemOfGrowth } from './inputs/growth.mjs';
import { JOBS, requests } from './inputs/jobs.mjs';
import { carriedRuns, foundJobs, messages } from './inputs/messages.mjs';
import { requestCheck } from './inputs/request-check.mjs';
import { runInputs } from './inputs/run-inputs.mjs';
import { Validator } from './inputs/validator.mjs';
import { validate } from './service-models/validate.mjs';

const INPUTS = Number(process.env.INPUTS ?? (SELF_TEST ? 4_000 : 20_000));
/** How many requests botocore's own classes check, too. */
const SAMPLE = 20_000;
const SUBJECT = 'conformance/inputs/subject.ts';
const MESSAGES_PER_CALL = 5;

const BATCHES = fc.record({
  bodies: fc.array(messages, { minLength: MESSAGES_PER_CALL, maxLength: MESSAGES_PER_CALL }), found: foundJobs, run: carriedRuns, redrive: between(0, 1),
});

const findings = new Findings('inputs');
const problemOfRequest = await requestCheck();

await tryAll('', await load(SUBJECT));
for (const [title, { pattern, tries = 'inputs', ...change }] of Object.entries(SELF_TEST ? BREAKS : {})) {
  findings.broken(title, pattern);
  await tryAll(`${title}: `, await loadBroken(change, SUBJECT), [tries]);
}
findings.end();

async function tryAll(prefix, subject, tries = ['inputs', 'messages', 'growth']) {
  const started = Date.now();
  const validator = new Validator(subject, problemOfRequest, Math.max(1, Math.floor(INPUTS / 4 / SAMPLE)));
  const checkFunction = new CheckFunction(subject, problemOfRequest);
  if (tries.includes('inputs')) {
    await findings.property(`${prefix}an input`, fc.record({ json: runInputs, request: requests }), ({ json, request }) => validator.problemOf(json, request), INPUTS);
  }
  if (tries.includes('messages')) await findings.property(`${prefix}messages`, BATCHES, (batch) => checkFunction.problemOf(batch), Math.ceil(INPUTS / MESSAGES_PER_CALL));
  for (const family of tries.includes('growth') ? Object.keys(FAMILIES) : []) {
    const problem = problemOfGrowth(family, (text) => validator.work(text));
    findings.check(problem === undefined, `${prefix}long ${family}: ${problem}`);
  }
  findings.check(Object.keys(Object.prototype).length === 0, `${prefix}an input has changed the prototype of all objects`);
  if (prefix === '') await report(validator, checkFunction, (Date.now() - started) / 1000);
}

/** What was tried, and whether botocore agrees. A sample that is refused as a whole would prove nothing. */
async function report(validator, checkFunction, seconds) {
  console.log(`${INPUTS} inputs (SEED=${SEED}): ${validator.accepted} accepted, ${validator.refused} refused with ${validator.messages.size} kinds of messages; longest ${validator.slowest.toFixed(0)} ms`);
  console.log(`accepted: ${[...validator.kinds].sort().map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
  console.log(`${checkFunction.count} messages: ${[...checkFunction.kinds].sort().map(([kind, count]) => `${kind} ${count}`).join(', ')}; ${[...checkFunction.calls].sort().map(([call, count]) => `${call} ${count}`).join(', ')}`);
  console.log(`${seconds.toFixed(0)} s`);
  if (!SELF_TEST) {
    for (const kind of [...Object.keys(JOBS).map((job) => `job ${job}`), ...Validator.KINDS]) findings.check(validator.kinds.has(kind), `no input with ${kind} was accepted (SEED=${SEED})`);
    for (const kind of CheckFunction.KINDS) findings.check(checkFunction.kinds.has(kind), `no message was read as ${kind} (SEED=${SEED})`);
  }
  const { checked, failures } = await validate([...validator.sample].map((json) => ({ service: 'batch', action: 'SubmitJob', input: JSON.parse(json), injected: true, error: 'none' })));
  console.log(`botocore checked ${checked.input} of the requests`);
  findings.passed(checked.input);
  for (const { failure, example } of failures) findings.failed(`botocore refuses what the check of this suite accepts: ${failure}\n  ${example}`);
}
