/** The app uses something of AWS that the emulator does not emulate. */
export class UnsupportedError extends Error {
  readonly name = 'UnsupportedError';
}
