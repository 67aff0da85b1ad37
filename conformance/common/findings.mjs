// Counts the checks of a suite, and prints what fails.
import fc from 'fast-check';
import { dateSeed } from '../../tasks/seeds.mjs';

/** In a self-test, a suite makes small breaks, and must see each of them: `node conformance/<suite>.mjs --self-test`. */
export const SELF_TEST = process.argv.includes('--self-test');

/** In CI, a long suite plays a part of itself only, and another part each day. */
export const SAMPLED = Boolean(process.env.CI) && !SELF_TEST;

/** The seed of everything that is generated. Another seed generates other cases: each day has its own in CI. A self-test is the same on each day. */
export const SEED = Number(process.env.SEED ?? (SAMPLED ? dateSeed() : 1));

/** How much of an expected finding is printed. */
const SEEN_LENGTH = 400;

/** A message whose further lines do not begin at the margin: the output of a program may have lines that look like findings. */
function indented(message) {
  return message.replace(/\n(?=\S)/g, '\n  ');
}

/** In CI, so many of some cases, and other ones each day. By hand, all of them. */
export function sampleInCi(cases, size) {
  const length = SAMPLED ? Math.min(cases.length, size) : cases.length;
  return fc.sample(fc.shuffledSubarray(cases, { minLength: length, maxLength: length }), { seed: SEED, numRuns: 1 })[0];
}

export class Findings {
  #checked = 0;
  #failed = 0;
  #hasOtherFailure = false;
  #breaks = [];

  constructor(suite) {
    this.suite = suite;
  }

  /**
   * In a self-test: says what is broken from here on. Findings that begin with this name are about it, and one of them must match the
   * pattern. There must be no finding about anything else.
   */
  broken(name, pattern = /./) {
    console.log(`BREAK ${name}`);
    this.#breaks.push({ name, pattern, isSeen: false });
  }

  passed(count = 1) {
    this.#checked += count;
  }

  failed(message) {
    this.#checked++;
    this.#failed++;
    const broken = this.#breaks.find(({ name }) => message.startsWith(name));
    if (!broken) {
      this.#hasOtherFailure = true;
      console.log(`FAILED ${indented(message)}`);
    } else if (!broken.isSeen && broken.pattern.test(message.slice(broken.name.length))) {
      broken.isSeen = true;
      console.log(`SEEN ${indented(message.slice(0, SEEN_LENGTH))}`);
    }
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

  /** Prints the reasons for what is not checked: `{ name, reason, isUsed }`. A reason that is not used fails: it must be removed. */
  explained(reasons) {
    for (const { name, reason, isUsed } of reasons) {
      if (isUsed) console.log(`explained ${name}: ${reason}`);
      else this.failed(`${name} is explained but does not occur: remove the explanation`);
    }
  }

  /** Prints the last line, and sets the exit status: 0 if nothing failed, 1 if something did. A self-test whose breaks are not all seen, or that finds anything else, is 2. */
  end() {
    const missed = this.#breaks.filter(({ isSeen }) => !isSeen);
    for (const { name } of missed) console.log(`NOT SEEN ${name}`);
    console.log(`${this.suite}: ${this.#checked} checked, ${this.#failed} failed`);
    process.exitCode = this.#failed > 0 || this.#checked === 0 ? 1 : 0;
    if (SELF_TEST && (missed.length > 0 || this.#breaks.length === 0 || this.#hasOtherFailure)) process.exitCode = 2;
  }
}
