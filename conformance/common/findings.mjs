// Counts the checks of a suite, and prints what fails.
import fc from 'fast-check';

/** The seed of everything that is generated. Another seed generates other cases. */
export const SEED = Number(process.env.SEED ?? 1);

export class Findings {
  #checked = 0;
  #failed = 0;

  constructor(suite) {
    this.suite = suite;
  }

  passed(count = 1) {
    this.#checked += count;
  }

  failed(message) {
    this.#checked++;
    this.#failed++;
    console.log(`FAILED ${message}`);
  }

  /** One check; the message is printed if it fails. Returns whether it passed. */
  check(passed, message) {
    if (passed) this.passed();
    else this.failed(message);
    return passed;
  }

  /**
   * One check for each of `cases` generated values: `problemOf` returns what is wrong with a value, or undefined. Only the first
   * failure is reported, as the smallest value that fast-check finds for it.
   */
  async property(name, arbitrary, problemOf, cases) {
    let problem;
    const property = fc.asyncProperty(arbitrary, async (value) => {
      const found = await problemOf(value);
      problem = found ?? problem;
      return found === undefined;
    });
    const { failed, errorInstance, counterexample, numRuns, numShrinks } = await fc.check(property, { seed: SEED, numRuns: cases });
    if (errorInstance && problem === undefined) throw errorInstance;
    this.passed(failed ? numRuns - 1 : numRuns);
    if (failed) this.failed(`${name} ${numRuns} (SEED=${SEED}, shrunk ${numShrinks} times): ${problem}\n  ${JSON.stringify(counterexample[0])}`);
  }

  /** Prints the reasons for what is not checked. A reason that is not used fails: it must be removed. */
  explained(reasons, used) {
    for (const [name, reason] of Object.entries(reasons)) {
      if (used.has(name)) console.log(`explained ${name}: ${reason}`);
      else this.failed(`${name} is explained but does not occur: remove the explanation`);
    }
  }

  /** Prints the last line, and sets the exit status. */
  end() {
    console.log(`${this.suite}: ${this.#checked} checked, ${this.#failed} failed`);
    process.exitCode = this.#failed > 0 || this.#checked === 0 ? 1 : 0;
  }
}
