/**
 * The clock that all parts of the emulator share: the services, the state machines, the functions and the timeouts of containers.
 *
 * A `ScaledClock` follows the clock of this machine, `scale` times as fast. A `VirtualClock` stands still until it is advanced to
 * its next timer, so that a day passes in milliseconds.
 */
export interface Clock {
  /** How much faster than on this machine time passes. Undefined for a clock that does not follow this machine. */
  readonly scale?: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` once, after `delay` milliseconds of this clock. */
  after(delay: number, action: () => void): Timer;
  /** Resolves after `delay` milliseconds of this clock. */
  sleep(delay: number): Promise<void>;
}

export interface Timer {
  cancel(): void;
}

// The delay of a Node.js timer has 31 bits. A longer one would fire immediately. https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
const LONGEST_NODE_TIMER = 2 ** 31 - 1;

/** Real time, or accelerated time: with a scale of 60, a minute passes in a second. */
export class ScaledClock implements Clock {
  private readonly startedAt = Date.now();
  private readonly handles = new Set<NodeJS.Timeout>();
  private isStopped = false;

  /** @param from milliseconds since the epoch at which it begins. Another clock may have been faster than this machine. */
  constructor(readonly scale = 1, private readonly from = Date.now()) {
    if (!(scale > 0) || !Number.isFinite(scale)) throw new Error(`the time scale is ${scale}; it must be a number greater than 0`);
  }

  now(): number {
    return this.from + (Date.now() - this.startedAt) * this.scale;
  }

  after(delay: number, action: () => void): Timer {
    if (this.isStopped) return { cancel: () => undefined };
    const dueAt = this.now() + Math.max(0, delay);
    let handle: NodeJS.Timeout;
    const cancel = () => {
      clearTimeout(handle);
      this.handles.delete(handle);
    };
    const arm = () => {
      const remaining = Math.max(0, Math.ceil((dueAt - this.now()) / this.scale));
      handle = setTimeout(() => {
        cancel();
        if (remaining > LONGEST_NODE_TIMER) arm();
        else action();
      }, Math.min(remaining, LONGEST_NODE_TIMER));
      this.handles.add(handle);
    };
    arm();
    return { cancel };
  }

  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => this.after(delay, resolve));
  }

  /** Cancels all timers, and sets no others: what is under way would go on for ever, and keep this process alive. */
  stop(): void {
    this.isStopped = true;
    this.handles.forEach((handle) => clearTimeout(handle));
    this.handles.clear();
  }
}

interface ScheduledAction {
  readonly at: number;
  /** Actions of the same time are called in the order in which they were scheduled. */
  readonly order: number;
  readonly action: () => void;
  cancelled?: boolean;
}

/** Stands still until `advance()` is called. */
export class VirtualClock implements Clock {
  // A binary heap, since a run of 30 days sets thousands of timers.
  private readonly heap: ScheduledAction[] = [];
  private order = 0;

  private time: number;

  constructor(private readonly startTime = Date.UTC(2026, 0, 1)) {
    this.time = startTime;
  }

  now(): number {
    return this.time;
  }

  after(delay: number, action: () => void): Timer {
    const scheduled: ScheduledAction = { at: this.time + Math.max(0, delay), order: this.order++, action };
    this.push(scheduled);
    return { cancel: () => { scheduled.cancelled = true; } };
  }

  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => this.after(delay, resolve));
  }

  /** The time of the next timer; undefined when no timer is set. */
  next(): number | undefined {
    this.dropCancelled();
    return this.heap[0]?.at;
  }

  /** Moves on to the next timer and fires it. Returns false when no timer is set. */
  advance(): boolean {
    this.dropCancelled();
    const scheduled = this.pop();
    if (!scheduled) return false;
    this.time = scheduled.at;
    scheduled.action();
    return true;
  }

  /** Goes back to the start time and drops all timers. */
  restart(): void {
    this.stop();
    this.time = this.startTime;
  }

  /** Drops all timers. */
  stop(): void {
    this.heap.length = 0;
  }

  private dropCancelled(): void {
    while (this.heap[0]?.cancelled) this.pop();
  }

  private push(scheduled: ScheduledAction): void {
    const heap = this.heap;
    let index = heap.push(scheduled) - 1;
    while (index > 0) {
      const parent = (index - 1) >>> 1; // eslint-disable-line no-bitwise
      if (isBefore(heap[parent], scheduled)) break;
      heap[index] = heap[parent];
      index = parent;
    }
    heap[index] = scheduled;
  }

  private pop(): ScheduledAction | undefined {
    const heap = this.heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (isBefore(last, heap[child])) break;
      heap[index] = heap[child];
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: ScheduledAction, b: ScheduledAction): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** A time as EventBridge writes it: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export function inWholeSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
