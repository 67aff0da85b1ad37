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

/** What a run's input is validated by, besides the job's own fields. Undefined in definitions from before it was here. */
export interface InputBounds {
  /** The default values of the job's parameters. */
  readonly defaults?: { readonly [name: string]: string };
  /** The most vCPUs of the compute. Also undefined where it is not known. */
  readonly maxvCpus?: number;
}
