/** The synthesized app cannot be read. The message says what to do. */
export class AssemblyError extends Error {
  readonly name = 'AssemblyError';
}
