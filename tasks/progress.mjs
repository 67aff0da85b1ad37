// Shows on standard error which steps are running, and for how long. No packages are imported: tasks/prepare.mjs uses this module before
// anything is installed.

/** What takes longer is shown: nobody should wonder whether anything happens. */
const SHOWN_AFTER_MS = 2_000;

/** In a log, a step that is still running has a line as often as this. On a terminal, one line is written again each second. */
const LOGGED_EVERY_MS = 10_000;

const TICK_MS = 500;
const CLEAR_LINE = '\r\u001b[K';

export class Progress {
  #running = new Set();
  #line = '';
  #timer;

  constructor({ stream = process.stderr, now = Date.now } = {}) {
    this.stream = stream;
    this.now = now;
  }

  /** A step begins. Returns the function that ends it. */
  begin(title) {
    const step = { title, started: this.now(), loggedAt: undefined };
    this.#running.add(step);
    this.#timer ??= setInterval(() => this.tick(), TICK_MS).unref();
    return () => {
      this.#running.delete(step);
      if (this.#running.size === 0) this.#timer = clearInterval(this.#timer);
      if (!this.#isShown(step)) return;
      if (this.stream.isTTY) this.#draw('');
      this.stream.write(`${step.title}: ${(this.#elapsed(step) / 1000).toFixed(1)} s\n`);
      if (this.stream.isTTY) this.tick();
    };
  }

  tick() {
    const shown = [...this.#running].filter((step) => this.#isShown(step));
    if (this.stream.isTTY) {
      this.#draw(shown.map((step) => this.#lineOf(step)).join(', '));
      return;
    }
    for (const step of shown) {
      if (this.now() - (step.loggedAt ?? 0) < LOGGED_EVERY_MS) continue;
      step.loggedAt = this.now();
      this.stream.write(`${this.#lineOf(step)}\n`);
    }
  }

  #isShown(step) {
    return this.#elapsed(step) >= SHOWN_AFTER_MS;
  }

  #elapsed(step) {
    return this.now() - step.started;
  }

  #lineOf(step) {
    return `${step.title} ... ${Math.floor(this.#elapsed(step) / 1000)} s`;
  }

  /** A line that is longer than the terminal is wide could not be cleared. Some terminals say that they have 0 columns. */
  #draw(text) {
    const line = text.slice(0, (this.stream.columns || 80) - 1);
    if (line === this.#line) return;
    this.#line = line;
    this.stream.write(`${CLEAR_LINE}${line}`);
  }
}
