// Runs of every synthesized app on the local runner's emulator, on virtual time, with what goes wrong in them drawn by lot.
import { assemblies } from './assemblies.mjs';
import { load } from './modules.mjs';
import { between, chance, oneOf, seeded } from './seeded.mjs';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const INPUTS = (parameters, random) => oneOf(random, [
  {},
  { parameters },
  { body: JSON.stringify(parameters), headers: { 'content-type': 'application/json' } },
  { containerOverrides: { vcpus: 2, memory: 2000, environment: { LONG: 'ä'.repeat(between(random, 1, 1500)) } } },
  { containerOverrides: { command: ['echo', 'x'.repeat(between(random, 1, 5000))] } },
  { arraySize: between(random, 2, 12) },
  { parameters: { nobody: 'knows' } },
]);

const EXITS = [
  { exitCode: 0 }, { exitCode: 0 }, { exitCode: 0 }, { exitCode: 1 }, { exitCode: 137 },
  { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
  { statusReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' },
];

const START_ERRORS = ['CannotPullContainerError: pull access denied', 'ResourceInitializationError: unable to pull secrets'];

/** Plays `count` runs, spread over all apps, and tells of every API call of them. */
export async function play(count, onCall) {
  const { Emulator, VirtualClock, NO_FAULTS, ContainerStartError, jobsOf, readAssembly, readDeployment } = await load(
    'emulator/emulator.ts', 'emulator/clock.ts', 'emulator/faults.ts', 'emulator/services/batch/containers.ts', 'cli/jobs.ts', 'emulator/assembly/assembly.ts',
    'emulator/assembly/read-deployment.ts');
  const apps = await assemblies();
  for (const [index, app] of apps.entries()) {
    const deployment = readDeployment(readAssembly(app.directory));
    const jobs = jobsOf(deployment);
    if (jobs.length === 0) continue;
    const clock = new VirtualClock();
    const emulator = new Emulator(deployment, clock);
    await emulator.start({ containers: { start: () => Promise.reject(new Error('none')) }, faults: NO_FAULTS });
    try {
      for (let run = index; run < count; run += apps.length) await playOne(run, emulator, clock, oneOf(seeded(run), jobs));
    } finally {
      await emulator.stop();
    }
  }

  async function playOne(seed, emulator, clock, job) {
    const random = seeded(seed);
    const wrong = random() * 0.15;
    emulator.begin({
      random,
      onCall,
      submitPerSecond: chance(random, 0.2) ? 1 : undefined,
      containers: { start: async (request) => container(random, clock, request) },
      faults: {
        call: () => chance(random, wrong) ? callFault(random) : undefined,
        invocation: () => chance(random, wrong / 2) ? oneOf(random, [{ kind: 'crash-before' }, { kind: 'crash-after' }]) : undefined,
        event: () => oneOf(random, [[0], [0], [500, 90_000], [], [between(random, 0, DAY / 24)]]),
        visibility: () => ({ listed: between(random, 0, 60_000), described: between(random, 0, 20_000) }),
        placement: () => ({ pending: 100, runnable: chance(random, 0.03) ? Infinity : between(random, 0, 40 * MINUTE), starting: 500, stuckReason: chance(random, 0.5) ? 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' : undefined }),
      },
    });
    const parameters = Object.fromEntries(parametersOf(job).map((name) => [name, oneOf(random, ['1', 'ü'.repeat(900), 'a b'])]));
    const execution = emulator.stepFunctions.start(job.stateMachine.arn, INPUTS(parameters, random));
    if (chance(random, 0.1)) clock.after(between(random, 0, 60) * MINUTE, () => execution.stop('Enough', 'of it'));
    await emulator.settle(() => execution.status !== 'RUNNING');

    // What a stopped run leaves is ended too.
    await emulator.settle(() => emulator.batch.containerJobs().every((one) => one.isOver));
  }

  function container(random, clock, { memory }) {
    if (chance(random, 0.05)) throw new ContainerStartError(oneOf(random, START_ERRORS));
    const exit = memory >= 4_000 ? { exitCode: 0 } : oneOf(random, EXITS);
    let end;
    const exited = new Promise((resolve) => { end = resolve; });
    clock.after(between(random, 1, 300) * MINUTE, () => end(exit));
    return {
      exited,
      stop: (grace) => {
        if (chance(random, 0.5)) end({ exitCode: 143 });
        clock.after(grace, () => end({ exitCode: 137 }));
      },
    };
  }
}

function parametersOf({ stateMachine: { definition } }) {
  return Object.values(definition.States).map((state) => state.Parameters?.Payload?.job?.parameters).find(Boolean) ?? [];
}

function callFault(random) {
  const error = oneOf(random, [{ status: 500, code: 'ServerException' }, { status: 503, code: 'ServiceUnavailable' }, { status: 429, code: 'TooManyRequestsException' }]);
  return oneOf(random, [
    { kind: 'refuse', ...error },
    { kind: 'accept-then-fail', ...error },
    { kind: 'accept-then-drop' },
    { kind: 'accept-then-hang', delay: between(random, 1_000, 60_000) },
  ]);
}
