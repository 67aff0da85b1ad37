// A process that runs tests for one mutant after another. What it is sent and what it answers is in tasks/mutation/workers.mjs.
import { loadTypeScript, runTestFile } from './test-file.mjs';

/** A mutant that ends the process is a failure of its test. */
const exit = process.exit.bind(process);
process.exit = (code) => { throw new Error(`process.exit(${code}) was called`); };

/** The mutants' code reads this: https://github.com/stryker-mutator/stryker-js/blob/master/packages/api/src/core/instrument.ts */
const switches = { activeMutant: undefined, currentTestId: undefined, hitCount: undefined, hitLimit: undefined, mutantCoverage: { static: {}, perTest: {} } };
globalThis.__stryker__ = switches;

// A test of an earlier mutant may leave something behind that fails later: this is not a failure of the present one.
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => undefined);

const TASKS = {
  load: ({ sources }) => {
    loadTypeScript(sources);
    return {};
  },

  /** Runs a file without a mutant: the tests that there are, how much time of the processor each took, and which mutants each reached how often. */
  observe: async ({ file }) => {
    const { mutantCoverage } = switches; // the mutants' code keeps this object, so it is emptied and not replaced
    empty(mutantCoverage.static);
    empty(mutantCoverage.perTest);
    const tests = [];
    let before;
    const failed = await runTestFile(file, {
      bail: false,
      onStart: (number) => {
        switches.currentTestId = `${number}`;
        before = process.cpuUsage();
      },
      onDone: (number, test) => {
        switches.currentTestId = undefined;
        const { user, system } = process.cpuUsage(before);
        if (test.status !== 'skip') tests.push({ number, name: test.name, ms: Math.round((user + system) / 1000) });
      },
    });
    return { failed: failed?.text, tests, coverage: mutantCoverage };
  },

  /**
   * Runs the given tests of each file with a mutant, until one fails. `tests` is undefined for all. The test that failed must succeed
   * without the mutant: if it does not, something else made it fail, and the answer is an error.
   */
  mutant: async ({ id, hitLimit, plan }) => {
    for (const { file, without, tests } of plan) {
      Object.assign(switches, { activeMutant: id, hitCount: 0, hitLimit, currentTestId: undefined });
      const wanted = tests && new Set(tests);
      const failed = await runTestFile(file, { select: (number) => (wanted ? wanted.has(number) : !without.includes(number)) });
      const tooManyHits = switches.hitCount > hitLimit;
      switches.activeMutant = undefined;
      if (tooManyHits) return { status: 'timeout', by: 'it is reached again and again' };
      if (!failed) continue;
      if (failed.isLate) return { status: 'timeout', isLate: true, by: failed.text };
      const failedAgain = await runTestFile(file, { select: (number) => number === failed.number });
      return failedAgain ? { status: 'error', by: `without the mutant too: ${failedAgain.text}` } : { status: 'killed', by: failed.text };
    }
    return { status: 'survived' };
  },
};

function empty(object) {
  for (const key of Object.keys(object)) delete object[key];
}

process.on('disconnect', () => exit());
process.on('message', async ({ task, ...message }) => {
  try {
    process.send(await TASKS[task](message));
  } catch (error) {
    process.stderr.write(`${error.stack}\n`, () => exit(1));
  }
});
