/** What of a document is used here. */
interface Page {
  readonly hidden: boolean;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
}

/** Whether the page asks the API by itself: not while it is hidden, and not while the user has paused it. */
export class Activity {
  private paused = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly page: Page) {
    page.addEventListener('visibilitychange', () => this.tell());
  }

  get isPaused(): boolean {
    return this.paused;
  }

  get isHidden(): boolean {
    return this.page.hidden;
  }

  pause(paused: boolean): void {
    this.paused = paused;
    this.tell();
  }

  /** Returns what ends the subscription. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  private tell(): void {
    this.listeners.forEach((listener) => listener());
  }
}
