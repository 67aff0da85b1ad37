/** Where a command prints: the standard streams of a process, or what a test reads. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Output {
  /** Whether a person reads it. Only such a person sees colours. */
  readonly isTTY?: boolean;
  /** The width of a terminal, in characters. */
  readonly columns?: number;
  /** False asks to write no more until the event `drain`. */
  write(text: string): unknown;
  once?(event: 'drain', listener: () => void): unknown;
}
