// Runs of every synthesized app in the emulator, on virtual time. fast-check draws their input and the faults in them.
import fc from 'fast-check';
import { between, chance, pick, weighted } from '../common/arbitraries.mjs';
import { assemblies } from '../common/assemblies.mjs';
import { SEED } from '../common/findings.mjs';
import { load } from '../common/modules.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const UNKNOWN_PARAMETERS = { parameters: { unknown: 'x' } };

const input = fc.oneof(
  fc.constant(() => ({})),
  fc.constant((parameters) => ({ parameters })),
  fc.constant((parameters) => ({ body: JSON.stringify(parameters), headers: { 'content-type': 'application/json' } })),
  fc.constant(() => UNKNOWN_PARAMETERS),
  between(1, 1_500).map((length) => () => ({ containerOverrides: { vcpus: 2, memory: 2_000, environment: { LONG: 'ä'.repeat(length) } } })),
  between(1, 5_000).map((length) => () => ({ containerOverrides: { command: ['echo', 'x'.repeat(length)] } })),
  between(2, 12).map((arraySize) => () => ({ arraySize })),
);

const parameter = pick('1', 'ü'.repeat(900), 'a b');

const error = pick({ status: 500, code: 'ServerException' }, { status: 503, code: 'ServiceUnavailable' }, { status: 429, code: 'TooManyRequestsException' });

const callFault = fc.oneof(
  error.map((fields) => ({ kind: 'refuse', ...fields })),
  error.map((fields) => ({ kind: 'accept-then-fail', ...fields })),
  fc.constant({ kind: 'accept-then-drop' }),
  between(1_000, MINUTE).map((delay) => ({ kind: 'accept-then-hang', delay })),
);

const deliveries = fc.oneof(fc.constant([0]), fc.constant([0]), fc.constant([500, 90_000]), fc.constant([]), between(0, HOUR).map((delay) => [delay]));

const visibility = fc.record({ listed: between(0, MINUTE), described: between(0, 20_000) });

const placement = fc.record({
  pending: fc.constant(100),
  runnable: weighted([97, between(0, 40 * MINUTE)], [3, fc.constant(Infinity)]),
  starting: fc.constant(500),
  stuckReason: pick(undefined, 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY'),
});

const startError = weighted([95, fc.constant(undefined)], [5, pick('CannotPullContainerError: pull access denied', 'ResourceInitializationError: unable to pull secrets')]);

const exit = pick(
  { exitCode: 0 }, { exitCode: 0 }, { exitCode: 0 }, { exitCode: 1 }, { exitCode: 137 },
  { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
  { statusReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' },
);

const duration = between(1, 300).map((minutes) => minutes * MINUTE);

const ENOUGH_MEMORY = 4_000;

/** The apps let no run set its command or environment. Here every run may, as if the author of the app had said so. */
function allowOverrides(spec) {
  if (spec) Object.assign(spec.allowedOverrides, { command: true, environment: ['LONG'] });
}

/** Plays this many runs, spread over all apps. `onCall` receives every API call. */
export async function play(count, onCall) {
  const { Emulator, VirtualClock, NO_FAULTS, ContainerStartError, jobSpecOf, jobsOf, readAssembly, readDeployment } = await load(
    'emulator/emulator.ts', 'emulator/clock.ts', 'emulator/faults.ts', 'emulator/services/batch/containers.ts', 'cli/jobs.ts', 'emulator/assembly/assembly.ts',
    'emulator/assembly/read-deployment.ts', 'src/contract/job-spec.ts');
  const generators = fc.sample(fc.gen(), { seed: SEED, numRuns: count });
  const apps = await assemblies();
  for (const [index, app] of apps.entries()) {
    const deployment = readDeployment(readAssembly(app.directory));
    const jobs = jobsOf(deployment);
    jobs.forEach(({ stateMachine }) => allowOverrides(jobSpecOf(stateMachine.definition)));
    if (jobs.length === 0) continue;
    const clock = new VirtualClock();
    const emulator = new Emulator(deployment, clock);
    await emulator.start({ containers: { start: () => Promise.reject(new Error('not used')) }, faults: NO_FAULTS });
    try {
      for (let run = index; run < count; run += apps.length) await playRun(generators[run], emulator, clock, jobs);
    } finally {
      await emulator.stop();
    }
  }

  async function playRun(generate, emulator, clock, jobs) {
    const draw = (arbitrary) => generate(same, arbitrary);
    const percentOfCalls = generate(between, 0, 15);
    const isFault = () => generate(chance, percentOfCalls);
    emulator.begin({
      random: () => generate(fc.double, RANDOM),
      onCall,
      submitPerSecond: generate(chance, 20) ? 1 : undefined,
      containers: { start: async (request) => container(draw, generate, clock, request) },
      faults: {
        call: () => isFault() ? draw(callFault) : undefined,
        invocation: () => isFault() && generate(chance, 50) ? { kind: generate(pick, 'crash-before', 'crash-after') } : undefined,
        event: (event) => draw(deliveries).map((delay) => ({ delay, event })),
        visibility: () => draw(visibility),
        placement: () => draw(placement),
      },
    });
    const job = jobs[generate(between, 0, jobs.length - 1)];
    const parameters = Object.fromEntries((jobSpecOf(job.stateMachine.definition)?.parameters ?? []).map((name) => [name, draw(parameter)]));
    const execution = emulator.stepFunctions.start(job.stateMachine.arn, draw(input)(parameters));
    if (generate(chance, 10)) clock.after(generate(between, 0, 60) * MINUTE, () => execution.stop('Stopped', 'by the suite'));
    clock.after(generate(between, 0, 10) * MINUTE, () => readQueue(emulator));
    await emulator.settle(() => execution.status !== 'RUNNING');
    // The jobs of a run that was stopped end, too.
    await emulator.settle(() => emulator.batch.containerJobs().every(({ isOver }) => isOver));
    for (const call of listCalls(execution)) onCall({ service: 'sfn', call, answer: await emulator.stepFunctions.handle(call) });
    await readLog(emulator);
  }

  /** As the function of an API does while a run waits. */
  async function readQueue({ batch }) {
    const call = { action: 'GetJobQueueSnapshot', input: { jobQueue: batch.jobs()[0]?.plan.queue.arn } };
    if (call.input.jobQueue) onCall({ service: 'batch', call, answer: await batch.handle(call) });
  }

  /** As `aws logs tail` does. */
  async function readLog({ logs }) {
    const [stream] = logs.state();
    if (!stream) return;
    const call = { action: 'FilterLogEvents', input: { logGroupName: stream.group, startTime: 0, interleaved: true, limit: 2 } };
    const answer = await logs.handle(call);
    onCall({ service: 'cloudwatch_logs', call, answer });
    const { nextToken } = answer;
    if (nextToken) onCall({ service: 'cloudwatch_logs', call: { ...call, input: { ...call.input, nextToken } }, answer: await logs.handle({ ...call, input: { ...call.input, nextToken } }) });
  }

  function container(draw, generate, clock, { memory }) {
    const message = draw(startError);
    if (message) throw new ContainerStartError(message);
    const outcome = memory >= ENOUGH_MEMORY ? { exitCode: 0 } : draw(exit);
    let end;
    const exited = new Promise((resolve) => { end = resolve; });
    clock.after(draw(duration), () => end(outcome));
    return {
      exited,
      stop: (grace) => {
        if (generate(chance, 50)) end({ exitCode: 143 });
        clock.after(grace, () => end({ exitCode: 137 }));
      },
    };
  }
}

/** Calls that no function makes, but an app may. */
const listCalls = ({ arn, stateMachineArn }) => [
  { action: 'ListStateMachines', input: {} },
  { action: 'ListExecutions', input: { stateMachineArn, maxResults: 3 } },
  { action: 'GetExecutionHistory', input: { executionArn: arn, reverseOrder: true } },
  { action: 'GetExecutionHistory', input: { executionArn: arn, includeExecutionData: false } },
];

const RANDOM = { min: 0, max: 1, maxExcluded: true, noNaN: true };

/** fast-check keeps an arbitrary for each function and its arguments. */
const same = (arbitrary) => arbitrary;
