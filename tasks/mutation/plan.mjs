// Decides which tests are run for which mutant: those that reach its code, the fastest first.

/** A test that takes more of the processor is left out: thousands of mutants would wait for it. */
const SLOW_TEST_MS = 1_000;

/** Runs each file of tests without a mutant. Throws when a test fails. */
export async function observe(worker, files) {
  const observed = [];
  for (const file of files) {
    const answer = await worker.ask({ task: 'observe', file });
    if (answer.noAnswer) throw new Error(`${file}: ${answer.noAnswer}`);
    if (answer.failed) throw new Error(`a test fails without a mutant: ${file}: ${answer.failed}`);
    const slow = answer.tests.filter(({ ms }) => ms > SLOW_TEST_MS);
    observed.push({ file, slow, ...answer });
  }
  return observed;
}

/**
 * What to run for a mutant. When its code ran while a file was loaded, it may change any test of the file.
 * Undefined when no test reaches it.
 */
export function planOf(mutant, observed) {
  let hits = 0;
  const plan = observed.flatMap(({ file, tests, slow, coverage }) => {
    const without = slow.map(({ number }) => number);
    const quick = tests.filter(({ number }) => !without.includes(number));
    const atLoad = coverage.static[mutant.id] ?? 0;
    const reached = quick.filter(({ number }) => coverage.perTest[number]?.[mutant.id]);
    hits += atLoad + reached.reduce((sum, { number }) => sum + coverage.perTest[number][mutant.id], 0);
    const run = atLoad > 0 ? quick : reached;
    if (run.length === 0) return [];
    return [{ file, without, tests: atLoad > 0 ? undefined : run.map(({ number }) => number), ms: run.reduce((sum, { ms }) => sum + ms, 0) }];
  }).sort((a, b) => a.ms - b.ms);
  return plan.length === 0 ? undefined : { mutant, plan, hits, ms: plan.reduce((sum, { ms }) => sum + ms, 0) };
}
