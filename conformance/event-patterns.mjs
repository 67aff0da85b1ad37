// The patterns of all rules against documented events, by the matcher that AWS publishes of EventBridge, and by the local runner's own;
// then both against patterns that nobody wrote. https://github.com/aws/event-ruler
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { assemblies } from './assemblies.mjs';
import { hashOf, madeOnce, ROOT } from './cache.mjs';
import { Findings } from './findings.mjs';
import { load } from './modules.mjs';
import { EXECUTION_STATUSES, executionEvent, JOB_KINDS, JOB_STATUSES, jobEvent, unrelatedEvents } from './sample-events.mjs';
import { between, chance, oneOf, seeded } from './seeded.mjs';

const RANDOM_PATTERNS = 2_000;
const EVENTS_A_PATTERN = 6;
const SEED = Number(process.env.SEED ?? 1);

const findings = new Findings('event-patterns');
const { matchesPattern, readAssembly, readDeployment } = await load('emulator/services/events/event-pattern.ts', 'emulator/assembly/assembly.ts', 'emulator/assembly/read-deployment.ts');

const questions = [];
for (const { name, directory } of await assemblies()) {
  const deployment = readDeployment(readAssembly(directory));
  for (const rule of deployment.rules) questions.push({ name: `${name}: ${rule.path}`, pattern: rule.pattern, events: eventsFor(rule, deployment) });
}
const random = seeded(SEED);
for (let index = 0; index < RANDOM_PATTERNS; index++) {
  const events = Array.from({ length: EVENTS_A_PATTERN }, () => ({ event: randomEvent(random) }));
  questions.push({ name: `generated ${index} (SEED=${SEED})`, pattern: randomPattern(random), events });
}

const answers = await askEventRuler(questions);
let refused = 0;
questions.forEach(({ name, pattern, events }, index) => {
  const { error, matches } = answers[index];
  if (error && name.startsWith('generated')) {
    refused++;
    return;
  }
  if (error) {
    findings.failed(`${name}: EventBridge would refuse the pattern ${JSON.stringify(pattern)}: ${error}`);
    return;
  }
  events.forEach(({ what, event, expected = matches[at(events, event)] }, which) => {
    const told = `${name}: ${what ?? JSON.stringify(event)}`;
    findings.check(matches[which] === expected, `${told} ${expected ? 'is to match' : 'is not to match'} ${JSON.stringify(pattern)}, by AWS's matcher`);
    const own = matchesPattern(pattern, event);
    findings.check(own === matches[which], `${told} ${own ? 'matches' : 'does not match'} ${JSON.stringify(pattern)} on a laptop, unlike by AWS's matcher`);
  });
});
console.log(`${questions.length - RANDOM_PATTERNS} rules, ${RANDOM_PATTERNS - refused} generated patterns (${refused} more were refused)`);
findings.end();

function at(events, event) {
  return events.findIndex((one) => one.event === event);
}

/** Whether an event is to match follows from what the rule is for, not from its pattern. */
function eventsFor({ path: rulePath, pattern }, { jobQueues, stateMachines }) {
  const forJobs = pattern.source.includes('aws.batch');
  // A rule of jobs is beside its queues, in the same compute; one of runs is beside its state machine, `Run`. Queues that are brought along are nowhere in the app.
  const within = rulePath.slice(0, rulePath.lastIndexOf('/', forJobs ? rulePath.lastIndexOf('/') - 1 : undefined) + 1);
  const queues = jobQueues.filter((queue) => queue.path.startsWith(within)).map(({ arn }) => arn);
  const own = queues.length > 0 ? queues : forJobs ? pattern.detail.jobQueue : [];
  const machines = stateMachines.filter((machine) => machine.path === `${within}Run`).map(({ arn }) => arn);
  const others = stateMachines.filter((machine) => machine.path !== `${within}Run`).map(({ arn }) => arn);
  const someQueue = own[0] ?? 'arn:aws:batch:us-east-1:123456789012:job-queue/of-nobody';
  const someMachine = machines[0] ?? 'arn:aws:states:us-east-1:123456789012:stateMachine:of-nobody';
  if (forJobs ? own.length === 0 : machines.length !== 1) throw new Error(`${rulePath} is a rule of an unknown kind`);

  const foreign = (arn) => [`${arn}x`, arn.slice(0, -1), arn.replace(/\d{12}/, '999999999999'), arn.replace(/us-east-1|[a-z]{2}-[a-z]+-\d/, 'eu-west-3'), arn.toUpperCase(), 'arn:aws:batch:us-east-1:123456789012:job-queue/HighPriority'];
  const events = [];
  for (const status of JOB_STATUSES) {
    for (const [kind, { child }] of Object.entries(JOB_KINDS)) {
      for (const jobQueue of own) {
        events.push({ what: `${kind} that is ${status}`, event: jobEvent({ jobQueue, status, kind }), expected: forJobs && !child && ['SUCCEEDED', 'FAILED'].includes(status) });
      }
      for (const jobQueue of foreign(someQueue)) events.push({ what: `${kind} of ${jobQueue} that is ${status}`, event: jobEvent({ jobQueue, status, kind }), expected: false });
    }
  }
  for (const status of EXECUTION_STATUSES) {
    for (const stateMachineArn of machines) {
      events.push({ what: `an execution that is ${status}`, event: executionEvent({ stateMachineArn, status }), expected: !forJobs && ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(status) });
    }
    for (const stateMachineArn of [...others, ...foreign(someMachine)]) events.push({ what: `an execution of ${stateMachineArn} that is ${status}`, event: executionEvent({ stateMachineArn, status }), expected: false });
  }
  for (const [what, event] of Object.entries(unrelatedEvents(someQueue, someMachine))) events.push({ what, event, expected: false });
  return events;
}

async function askEventRuler(asked) {
  const source = path.join(ROOT, 'conformance', 'event-ruler');
  const directory = await madeOnce('event-ruler', hashOf(source), (aside) => {
    run('mvn', ['--batch-mode', '--quiet', '--file', path.join(source, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${path.join(aside, 'jars')}`]);
    run('javac', ['-nowarn', '-cp', path.join(aside, 'jars', '*'), '-d', path.join(aside, 'classes'), path.join(source, 'Matches.java')]);
  });
  const input = asked.map(({ pattern, events }) => `${JSON.stringify({ pattern, events: events.map(({ event }) => event) })}\n`).join('');
  const lines = run('java', ['-cp', [path.join(directory, 'jars', '*'), path.join(directory, 'classes')].join(path.delimiter), 'Matches'], { input }).trimEnd().split('\n');
  if (lines.length !== asked.length) throw new Error(`${asked.length} questions, ${lines.length} answers`);
  return lines.map((line) => JSON.parse(line));
}

function run(command, args, options) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr + stdout}`);
  return stdout;
}

// Few names and values, so that matches are common.

function randomValue(random) {
  return oneOf(random, ['a', 'b', 'ab', 'a:b', 'A', '', 'a*b', 0, 1, 2.5, -1, true, false, null]);
}

function randomEvent(random, depth = 0) {
  return Object.fromEntries(['v', 'w', 'x', 'y', 'z'].filter(() => chance(random, 0.75)).map((key) => [key, depth < 2 && chance(random, 0.25) ? randomEvent(random, depth + 1)
    : chance(random, 0.2) ? Array.from({ length: between(random, 0, 3) }, () => randomValue(random)) : randomValue(random)]));
}

/** event-ruler 1.8 loses matches, and finds some too many, where a key is compared both by wildcards or `anything-but` and without case: no pattern has both. */
function randomPattern(random, depth = 0, without = oneOf(random, ['anything-but', 'ignore-case'])) {
  const keys = ['x', 'y', 'z'].filter(() => chance(random, 0.4));
  if (keys.length === 0) keys.push('x');
  const rule = () => randomRule(random, without);
  const pattern = Object.fromEntries(keys.map((key) => [key, depth < 2 && chance(random, 0.2) ? randomPattern(random, depth + 1, without) : Array.from({ length: between(random, 1, 2) }, rule)]));
  // A key both in and beside an $or is documented nowhere.
  const alternative = (key) => ({ [key]: [rule()] });
  return depth === 0 && chance(random, 0.15) ? { ...pattern, $or: [alternative('v'), chance(random, 0.5) ? alternative('w') : { ...alternative('v'), ...alternative('w') }] } : pattern;
}

function randomRule(random, without) {
  const text = () => oneOf(random, ['a', 'b', 'ab', 'A', 'a:b']);
  const wildcard = () => oneOf(random, ['*', 'a*', '*b', 'a*b', '*:*', 'a\\*b', '*a', 'a?b']);
  const either = {
    'ignore-case': [
      () => ({ 'anything-but': oneOf(random, ['a', ['a', 'ab'], 1, [0, 2.5]]) }),
      () => ({ 'anything-but': { prefix: oneOf(random, ['a', ['a', 'b']]) } }),
      () => ({ 'anything-but': { suffix: 'b' } }),
      () => ({ wildcard: wildcard() }),
      () => ({ 'anything-but': { wildcard: oneOf(random, [wildcard(), ['*:*', '*b']]) } }),
    ],
    'anything-but': [
      () => ({ prefix: { 'equals-ignore-case': text() } }),
      () => ({ suffix: { 'equals-ignore-case': text() } }),
      () => ({ 'equals-ignore-case': text() }),
      () => ({ 'anything-but': { 'equals-ignore-case': oneOf(random, ['a', ['a', 'AB']]) } }),
    ],
  };
  return oneOf(random, [
    ...either[without],
    () => randomValue(random),
    () => ({ prefix: text() }),
    () => ({ suffix: text() }),
    () => ({ exists: chance(random, 0.5) }),
    () => ({ numeric: oneOf(random, [['=', 1], ['<', 2], ['>=', 0], ['>', 0, '<=', 2.5], ['<=', -1]]) }),
  ])();
}
