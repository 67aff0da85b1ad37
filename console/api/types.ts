// What the API answers, as far as the page reads it. A newer API may answer with more, and with statuses that are not known here.

export interface Progress {
  readonly percentage?: number;
  readonly done?: number;
  readonly total?: number;
  readonly message?: string;
  readonly at: string;
}

export interface TimelineEntry {
  readonly status: string;
  readonly at: string;
  readonly round?: number;
  readonly attempt?: number;
  readonly redrives?: number;
  readonly reason?: string;
}

/** One of both numbers is there. */
export interface QueuePosition {
  readonly position?: number;
  readonly positionAtLeast?: number;
  readonly at: string;
}

export interface Run {
  readonly id: string;
  readonly job: string;
  readonly status: string;
  readonly reason?: string;
  readonly explanation?: string;
  readonly queue?: QueuePosition;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly updatedAt: string;
  readonly elapsedSeconds: number;
  readonly round?: number;
  readonly attempt?: number;
  readonly redrives: number;
  readonly jobId?: string;
  readonly cancelRequestedAt?: string;
  readonly resources?: { readonly vcpus: number; readonly memoryMiB: number; readonly gpus?: number };
  readonly failure?: { readonly reason: string; readonly message?: string; readonly advice?: string };
  readonly progress?: Progress;
  readonly estimate?: { readonly runs: number; readonly medianSeconds: number; readonly p90Seconds: number };
  readonly timeline?: readonly TimelineEntry[];
  readonly timelineTruncated?: boolean;
  readonly result?: unknown;
  readonly resultUri?: string;
  readonly resultError?: string;
  readonly resultLink?: { readonly url: string; readonly expiresAt: string; readonly size: number };
  readonly logsUrl?: string;
}

export interface RunList {
  readonly runs: readonly Run[];
  readonly next?: string;
}

export interface LogPage {
  readonly lines: readonly { readonly at: string; readonly text: string }[];
  readonly next?: string;
  readonly reason?: string;
}

/** A schema of JSON Schema, as far as a form needs it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** The OpenAPI document of the API, as far as the page needs it. */
export interface ApiDocument {
  readonly info?: { readonly title?: string; readonly version?: string };
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const PARAMETERS = /^Parameters_(.+)$/;

/** The jobs of an API, by name: the document has a schema of the parameters of each. */
export function jobsIn({ components }: ApiDocument): string[] {
  return Object.keys(components?.schemas ?? {}).flatMap((name) => PARAMETERS.exec(name)?.[1] ?? []);
}
