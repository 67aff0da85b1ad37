// event-ruler, the matcher of EventBridge that AWS publishes, matches the patterns of all rules with documented events. The matcher of the
// emulator must agree, for these patterns and for generated ones. https://github.com/aws/event-ruler
import path from 'node:path';
import { assemblies } from './common/assemblies.mjs';
import { cached, hashOf } from './common/cache.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { LineProcess } from './common/line-process.mjs';
import { load, loadBroken } from './common/modules.mjs';
import { question as anyQuestion } from './event-patterns/arbitrary.mjs';
import { EXECUTION_STATUSES, executionEvent, JOB_KINDS, JOB_STATUSES, jobEvent, unrelatedEvents } from './event-patterns/sample-events.mjs';
import { at } from '../tasks/project.mjs';
import { step } from '../tasks/step.mjs';

const GENERATED = 2_000;

const MODULES = ['emulator/services/events/event-pattern.ts', 'emulator/assembly/assembly.ts', 'emulator/assembly/read-deployment.ts'];
const CONDITIONS = 'emulator/services/events/pattern-conditions.ts';

/** In a self-test: breaks of the emulator's matcher, which generated patterns must find. */
const BROKEN_MATCHERS = {
  '<= is <': { file: CONDITIONS, from: '=> value <= bound', to: '=> value < bound' },
  '< is <=': { file: CONDITIONS, from: '=> value < bound', to: '=> value <= bound' },
  'anything-but excludes null': { file: CONDITIONS, from: 'return (value) => !isExcluded(value);', to: 'return (value) => value !== null && !isExcluded(value);' },
  'a suffix is found everywhere': { file: CONDITIONS, from: '(value, suffix) => value.endsWith(suffix)', to: '(value, suffix) => value.includes(suffix)' },
  'an alternative of $or is forgotten': { file: MODULES[0], from: 'return alternativesOf(expected).flatMap(', to: 'return alternativesOf(expected).slice(1).flatMap(' },
};

/** In a self-test: breaks of a rule, which the events of jobs and runs must find. */
const BROKEN_RULES = {
  'a rule without the status of failed jobs': { type: 'aws.batch', change: ({ detail }) => { detail.status = ['SUCCEEDED']; } },
  'a rule for the children of an array, too': { type: 'aws.batch', change: ({ detail }) => { delete detail.jobId; } },
  'a rule for the runs of all state machines': { type: 'aws.states', change: ({ detail }) => { delete detail.stateMachineArn; } },
  'a rule whose pattern EventBridge refuses': { type: 'aws.states', change: ({ detail }) => { detail.status = []; } },
};

const findings = new Findings('event-patterns');
const { matchesPattern, readAssembly, readDeployment } = await load(...MODULES);
const eventRuler = await startEventRuler();
let rules = 0;
let refused = 0;

const apps = await assemblies();
for (const { name, directory } of SELF_TEST ? [] : apps) {
  const deployment = readDeployment(readAssembly(directory));
  for (const rule of deployment.rules) {
    rules++;
    await checkRule(`${name}: ${rule.path}`, rule, eventsFor(rule, deployment));
  }
}
await checkGenerated('the generated pattern', matchesPattern);
if (SELF_TEST) await playBreaks();
await eventRuler.stop();
console.log(`${rules} rules, ${GENERATED} generated patterns, ${refused} of them refused by event-ruler`);
findings.end();

/** Both matchers refuse the same patterns, and find the same events. */
async function checkGenerated(name, matcher) {
  await findings.property(name, anyQuestion, async ({ pattern, events }) => {
    const { error, matches } = await eventRuler.ask({ pattern, events });
    if (error) refused++;
    const different = events.filter((event, index) => matchesOrRefuses(matcher, pattern, event) !== (error ? 'refused' : matches[index]));
    return different.length > 0 ? `the emulator and event-ruler differ for ${JSON.stringify(different[0])}${error ? `, because event-ruler refuses: ${error}` : ''}` : undefined;
  }, GENERATED);
}

function matchesOrRefuses(matcher, pattern, event) {
  try {
    return matcher(pattern, event);
  } catch (error) {
    if (error.code !== 'InvalidEventPatternException') throw error;
    return 'refused';
  }
}

async function playBreaks() {
  for (const [title, change] of Object.entries(BROKEN_MATCHERS)) {
    findings.broken(title, /^, pattern /);
    const broken = await loadBroken(change, ...MODULES);
    await checkGenerated(`${title}, pattern`, broken.matchesPattern);
  }
  const deployment = readDeployment(readAssembly(apps.find(({ name }) => name.includes('article')).directory));
  for (const [title, { type, change }] of Object.entries(BROKEN_RULES)) {
    findings.broken(title, / (match|do not match|would refuse) /);
    const rule = deployment.rules.find(({ pattern }) => pattern.source.includes(type));
    const events = eventsFor(rule, deployment);
    const broken = structuredClone(rule.pattern);
    change(broken);
    await checkRule(`${title}: ${rule.path}`, { pattern: broken }, events);
  }
}

async function checkRule(name, { pattern }, events) {
  const { error, matches } = await eventRuler.ask({ pattern, events: events.map(({ event }) => event) });
  if (!findings.check(!error, `${name}: EventBridge would refuse the pattern ${JSON.stringify(pattern)}: ${error}`)) return;
  events.forEach(({ what, event, expected }, index) => {
    const text = `${name}: ${what} and ${JSON.stringify(pattern)}`;
    findings.check(matches[index] === expected, `${text} ${expected ? 'do not match' : 'match'} in event-ruler`);
    findings.check(matchesPattern(pattern, event) === expected, `${text} ${expected ? 'do not match' : 'match'} in the emulator`);
  });
}

/** Whether an event must match follows from the purpose of the rule, not from its pattern. */
function eventsFor({ path: rulePath, pattern }, { jobQueues, stateMachines }) {
  if (/\/Api\/(RunRule|JobRule)/.test(rulePath)) return eventsForApi(pattern.source.includes('aws.batch'), stateMachines);
  const forJobs = pattern.source.includes('aws.batch');
  // A rule for jobs and its queues are in the same compute. A rule for runs is next to its state machine, `Run`. An imported queue is not in the app.
  const scope = rulePath.slice(0, rulePath.lastIndexOf('/', forJobs ? rulePath.lastIndexOf('/') - 1 : undefined) + 1);
  const queuesOfScope = jobQueues.filter((queue) => queue.path.startsWith(scope)).map(({ arn }) => arn);
  const queues = queuesOfScope.length > 0 || !forJobs ? queuesOfScope : pattern.detail.jobQueue;
  const machines = stateMachines.filter((machine) => machine.path === `${scope}Run`).map(({ arn }) => arn);
  const otherMachines = stateMachines.filter((machine) => machine.path !== `${scope}Run`).map(({ arn }) => arn);
  const [queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/other'] = queues;
  const [machine = 'arn:aws:states:us-east-1:123456789012:stateMachine:other'] = machines;
  if (forJobs ? queues.length === 0 : machines.length !== 1) throw new Error(`${rulePath} is a rule of an unknown kind`);

  const jobEvents = JOB_STATUSES.flatMap((status) => Object.entries(JOB_KINDS).flatMap(([kind, { isChild }]) => [
    ...queues.map((jobQueue) => ({
      what: `${kind} that is ${status}`, event: jobEvent({ jobQueue, status, kind }), expected: forJobs && !isChild && ['SUCCEEDED', 'FAILED'].includes(status),
    })),
    ...similarTo(queue).map((jobQueue) => ({ what: `${kind} of ${jobQueue} that is ${status}`, event: jobEvent({ jobQueue, status, kind }), expected: false })),
  ]));
  const executionEvents = EXECUTION_STATUSES.flatMap((status) => [
    ...machines.map((stateMachineArn) => ({
      what: `an execution that is ${status}`, event: executionEvent({ stateMachineArn, status }), expected: !forJobs && ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(status),
    })),
    ...[...otherMachines, ...similarTo(machine)].map((stateMachineArn) => ({
      what: `an execution of ${stateMachineArn} that is ${status}`, event: executionEvent({ stateMachineArn, status }), expected: false,
    })),
  ]);
  return [...jobEvents, ...executionEvents, ...Object.entries(unrelatedEvents(queue, machine)).map(([what, event]) => ({ what, event, expected: false }))];
}

/** The rules of an API, which is over all jobs of its app: each status of a run, and the states of its jobs until their end. */
function eventsForApi(forJobs, stateMachines) {
  const machines = stateMachines.filter(({ path: machine }) => machine.endsWith('/Run')).map(({ arn }) => arn);
  const all = machines.flatMap((arn) => [{ arn, isOwn: true }, ...similarTo(arn).map((similar) => ({ arn: similar, isOwn: false }))]);
  return all.flatMap(({ arn, isOwn }) => [
    ...EXECUTION_STATUSES.map((status) => ({
      what: `an execution of ${arn} that is ${status}`, event: executionEvent({ stateMachineArn: arn, status }), expected: isOwn && !forJobs,
    })),
    ...JOB_STATUSES.flatMap((status) => Object.entries(JOB_KINDS).map(([kind, { isChild }]) => {
      const event = jobEvent({ jobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/any', status, kind });
      const heavyBatchRun = JSON.stringify({ execution: `${arn.replace(':stateMachine:', ':execution:')}:run`, redrive: 0 });
      return {
        what: `${kind} of ${arn} that is ${status}`,
        event: { ...event, detail: { ...event.detail, parameters: { item: 'a', heavyBatchRun } } },
        expected: isOwn && forJobs && !isChild && ['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'].includes(status),
      };
    })),
  ]);
}

/** ARNs that are almost this one. */
function similarTo(arn) {
  return [
    `${arn}x`, arn.slice(0, -1), arn.replace(/\d{12}/, '999999999999'), arn.replace(/us-east-1|[a-z]{2}-[a-z]+-\d/, 'eu-west-3'), arn.toUpperCase(),
    'arn:aws:batch:us-east-1:123456789012:job-queue/HighPriority',
  ];
}

async function startEventRuler() {
  const source = at('conformance', 'event-patterns', 'event-ruler');
  const directory = await cached('event-ruler', hashOf(source), async (temporary) => {
    const copy = ['--batch-mode', '--quiet', '--file', path.join(source, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${path.join(temporary, 'jars')}`];
    await step('installing event-ruler', 'mvn', copy);
    await step('compiling', 'javac', ['-nowarn', '-cp', path.join(temporary, 'jars', '*'), '-d', path.join(temporary, 'classes'), path.join(source, 'Matches.java')]);
  });
  return new LineProcess('java', ['-cp', [path.join(directory, 'jars', '*'), path.join(directory, 'classes')].join(path.delimiter), 'Matches']);
}
