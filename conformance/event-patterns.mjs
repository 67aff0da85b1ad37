// event-ruler, the matcher of EventBridge that AWS publishes, matches the patterns of all rules with documented events. The matcher of the
// emulator must agree, for these patterns and for generated ones. https://github.com/aws/event-ruler
import path from 'node:path';
import { assemblies } from './common/assemblies.mjs';
import { cached, hashOf } from './common/cache.mjs';
import { Findings } from './common/findings.mjs';
import { LineProcess } from './common/line-process.mjs';
import { load } from './common/modules.mjs';
import { question as anyQuestion } from './event-patterns/arbitrary.mjs';
import { EXECUTION_STATUSES, executionEvent, JOB_KINDS, JOB_STATUSES, jobEvent, unrelatedEvents } from './event-patterns/sample-events.mjs';
import { at } from '../tasks/project.mjs';
import { step } from '../tasks/step.mjs';

const GENERATED = 2_000;

const findings = new Findings('event-patterns');
const { matchesPattern, readAssembly, readDeployment } = await load('emulator/services/events/event-pattern.ts', 'emulator/assembly/assembly.ts', 'emulator/assembly/read-deployment.ts');
const eventRuler = await startEventRuler();
let rules = 0;
let refused = 0;

for (const { name, directory } of await assemblies()) {
  const deployment = readDeployment(readAssembly(directory));
  for (const rule of deployment.rules) {
    rules++;
    await checkRule(`${name}: ${rule.path}`, rule, eventsFor(rule, deployment));
  }
}
await findings.property('the generated pattern', anyQuestion, async ({ pattern, events }) => {
  const { error, matches } = await eventRuler.ask({ pattern, events });
  if (error) refused++;
  const different = error ? [] : events.filter((event, index) => matchesPattern(pattern, event) !== matches[index]);
  return different.length > 0 ? `the emulator and event-ruler differ for ${JSON.stringify(different[0])}` : undefined;
}, GENERATED);
await eventRuler.stop();
console.log(`${rules} rules, ${GENERATED} generated patterns, ${refused} of them refused by event-ruler`);
findings.end();

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
