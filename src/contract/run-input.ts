/** A run's input after validation. */
export interface RunInput {
  readonly parameters: Record<string, string>;
  readonly vcpus?: number;
  /** MiB */
  readonly memory?: number;
  readonly gpus?: number;
  readonly environment: Record<string, string>;
  readonly command?: string[];
  readonly arraySize?: number;
  readonly shareIdentifier?: string;
  readonly schedulingPriority?: number;
}
