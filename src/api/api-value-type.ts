/**
 * What a caller of an API may give for a parameter of a job.
 */
export enum HeavyBatchApiValueType {
  /** A text. */
  TEXT = 'TEXT',
  /** A whole number. */
  INTEGER = 'INTEGER',
  /** A number. */
  NUMBER = 'NUMBER',
  /** True or false. */
  BOOLEAN = 'BOOLEAN',
}
