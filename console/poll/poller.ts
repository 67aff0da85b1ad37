import type { Activity } from './activity';
import { backoff } from './backoff';
import { ApiError } from '../api/errors';

/** What is known of something that is asked for again and again. */
export interface Polled<T> {
  readonly data?: T;
  /** Asking again would not help. */
  readonly error?: Error;
  /** There is no answer for now. Times in milliseconds, of this machine. */
  readonly trouble?: { readonly since: number; readonly retryAt: number; readonly error: Error };
}

/** Milliseconds until the next question. Undefined where there is none. */
export interface Reply<T> {
  readonly data: T;
  readonly delay?: number;
}

/** Asks for one thing, one request at a time, until it is stopped. */
export class Poller<T> {
  private state: Polled<T> = {};
  private readonly controller = new AbortController();
  private timer?: ReturnType<typeof setTimeout>;
  private unsubscribe?: () => void;
  private failures = 0;
  private isAsking = false;
  private isDue = true;
  private isAgain = false;
  private wasRefused = false;

  constructor(
    private readonly ask: (signal: AbortSignal, before: T | undefined) => Promise<Reply<T>>,
    private readonly activity: Activity,
    private readonly onState: (state: Polled<T>) => void,
    /** Whether the caller may still use the API. */
    private readonly onRefused: () => Promise<boolean>,
  ) {}

  start(): void {
    this.unsubscribe = this.activity.subscribe(() => this.go());
    this.go();
  }

  stop(): void {
    this.unsubscribe?.();
    clearTimeout(this.timer);
    this.controller.abort();
  }

  /** Asks now, also when the page is paused. */
  refresh(): void {
    this.isAgain = true;
    clearTimeout(this.timer);
    this.go();
  }

  /** Pausing keeps what is shown, so a view that shows nothing yet asks once. */
  private go(): void {
    const { activity, state } = this;
    const isWanted = this.isAgain || this.isDue && (!activity.isPaused || state.data === undefined);
    if (isWanted && !this.isAsking && !activity.isHidden && !this.controller.signal.aborted) void this.round();
  }

  private async round(): Promise<void> {
    this.isAsking = true;
    [this.isDue, this.isAgain] = [false, false];
    let delay: number | undefined;
    try {
      const reply = await this.ask(this.controller.signal, this.state.data);
      [this.failures, this.wasRefused] = [0, false];
      delay = reply.delay;
      this.become({ data: reply.data });
    } catch (error) {
      delay = this.failed(error as Error);
    }
    this.isAsking = false;
    if (this.controller.signal.aborted) return;
    if (this.isAgain) this.go();
    else if (delay !== undefined) this.timer = setTimeout(() => { this.isDue = true; this.go(); }, delay);
  }

  private failed(error: Error): number | undefined {
    if (this.controller.signal.aborted) return undefined;
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 401 || status === 403) void this.refused();
    if (status >= 400 && status < 500 && status !== 429) {
      this.become({ data: this.state.data, error });
      return undefined;
    }
    const delay = backoff(this.failures++, error instanceof ApiError ? error.retryAfter : undefined);
    this.become({ data: this.state.data, trouble: { since: this.state.trouble?.since ?? Date.now(), retryAt: Date.now() + delay, error } });
    return delay;
  }

  /** A refusal may have been one of a moment. Asking once more tells. */
  private async refused(): Promise<void> {
    const isFirst = !this.wasRefused;
    this.wasRefused = true;
    if (await this.onRefused() && isFirst) this.refresh();
  }

  private become(state: Polled<T>): void {
    if (this.controller.signal.aborted) return;
    this.state = state;
    this.onState(state);
  }
}
