// How a judge says what it found.

/** Counts what was checked, and tells what failed while it goes. */
export class Findings {
  #checked = 0;
  #failed = 0;

  constructor(judge) {
    this.judge = judge;
  }

  passed(count = 1) {
    this.#checked += count;
  }

  failed(message) {
    this.#checked++;
    this.#failed++;
    console.log(`FAILED ${message}`);
  }

  /** One check, which says the message where it fails. Answers whether it holds. */
  check(ok, message) {
    if (ok) this.passed();
    else this.failed(message);
    return ok;
  }

  /** What is left out has its reason in one place; a reason that explains nothing any more is a failure of its own. */
  explained(reasons, used) {
    for (const [what, why] of Object.entries(reasons)) {
      if (used.has(what)) console.log(`explained ${what}: ${why}`);
      else this.failed(`${what} is explained, and does not occur: remove the explanation`);
    }
  }

  /** The last line, and the exit code. */
  end() {
    console.log(`${this.judge}: ${this.#checked} checked, ${this.#failed} failed`);
    process.exitCode = this.#failed > 0 || this.#checked === 0 ? 1 : 0;
  }
}
