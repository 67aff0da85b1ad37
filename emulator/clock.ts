/**
 * The one clock that everything on the laptop shares: services, workflow, functions, containers' time-outs.
 *
 * `ScaledClock` follows the machine's clock, `scale` times as fast. `VirtualClock` stands still until it is told to go on to
 * the next timer, so that a day passes in milliseconds.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` once, `delay` milliseconds of this clock from now. */
  after(delay: number, action: () => void): Timer;
  /** Resolves `delay` milliseconds of this clock from now. */
  sleep(delay: number): Promise<void>;
}

export interface Timer {
  cancel(): void;
}

// Node's timers hold 31 bits of milliseconds; more would fire at once.
const LONGEST_NODE_TIMER = 2 ** 31 - 1;

/** Real time, or real time compressed: at a scale of 60 a minute of waiting takes a second. */
export class ScaledClock implements Clock {
  private readonly started = Date.now();
  private readonly armed = new Set<NodeJS.Timeout>();

  constructor(private readonly scale = 1) {
    if (!(scale > 0) || !Number.isFinite(scale)) throw new Error(`a time scale is a number above 0, not ${scale}`);
  }

  now(): number {
    return this.started + (Date.now() - this.started) * this.scale;
  }

  after(delay: number, action: () => void): Timer {
    const due = this.now() + Math.max(0, delay);
    let handle: NodeJS.Timeout;
    const disarm = () => {
      clearTimeout(handle);
      this.armed.delete(handle);
    };
    const arm = () => {
      const left = Math.max(0, Math.ceil((due - this.now()) / this.scale));
      handle = setTimeout(() => {
        disarm();
        if (left > LONGEST_NODE_TIMER) arm();
        else action();
      }, Math.min(left, LONGEST_NODE_TIMER));
      this.armed.add(handle);
    };
    arm();
    return { cancel: disarm };
  }

  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => this.after(delay, resolve));
  }

  /** No timer fires any more. */
  stop(): void {
    this.armed.forEach((handle) => clearTimeout(handle));
    this.armed.clear();
  }
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
  cancelled?: boolean;
}

/** Stands still until `advance()`; timers fire in the order of their time, ties in the order in which they were set. */
export class VirtualClock implements Clock {
  // A binary heap: a run of 30 days sets thousands of timers, and most are cancelled.
  private readonly heap: Due[] = [];
  private order = 0;

  private time: number;

  constructor(private readonly from = Date.UTC(2026, 0, 1)) {
    this.time = from;
  }

  now(): number {
    return this.time;
  }

  after(delay: number, action: () => void): Timer {
    const due: Due = { at: this.time + Math.max(0, delay), order: this.order++, action };
    this.push(due);
    return { cancel: () => { due.cancelled = true; } };
  }

  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => this.after(delay, resolve));
  }

  /** The time of the next timer, or undefined when none is set. */
  next(): number | undefined {
    this.dropCancelled();
    return this.heap[0]?.at;
  }

  /** Goes on to the next timer and fires it. False when there is none. */
  advance(): boolean {
    this.dropCancelled();
    const due = this.pop();
    if (!due) return false;
    this.time = due.at;
    due.action();
    return true;
  }

  /** Begins anew: what would have happened does not. */
  restart(): void {
    this.heap.length = 0;
    this.time = this.from;
  }

  private dropCancelled(): void {
    while (this.heap[0]?.cancelled) this.pop();
  }

  private push(due: Due): void {
    const heap = this.heap;
    let index = heap.push(due) - 1;
    while (index > 0) {
      const parent = (index - 1) >>> 1; // eslint-disable-line no-bitwise
      if (before(heap[parent], due)) break;
      heap[index] = heap[parent];
      index = parent;
    }
    heap[index] = due;
  }

  private pop(): Due | undefined {
    const heap = this.heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (before(last, heap[child])) break;
      heap[index] = heap[child];
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function before(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
