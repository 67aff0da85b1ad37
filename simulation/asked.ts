import { COMPUTES, DEFAULTS, FixtureJob } from './jobs';

/** What the caller of a run asked for: the run's input, and what its job has where the input says nothing. */
export interface Asked {
  /** What the input itself has, as the texts that a container gets. */
  readonly given: { readonly parameters: Texts; readonly environment: Texts };
  readonly parameters: Texts;
  readonly environment: Texts;
  /** With the values of the parameters in the place of their references. */
  readonly command: readonly string[];
  readonly vcpus: number;
  /** MiB, of the first round. */
  readonly memory: number;
  /** 0 for none. */
  readonly gpus: number;
  readonly arraySize?: number;
  /** Undefined where the queue has no shares. */
  readonly shareIdentifier?: string;
  readonly schedulingPriority?: number;
}

export type Texts = Readonly<Record<string, string>>;

/** docs/guide/starting-runs.md says what an input may have. */
export function askedOf(input: unknown, job: FixtureJob): Asked {
  const [item] = [input].flat() as any[];
  const { body, containerOverrides: overrides = {}, arraySize, shareIdentifier, schedulingPriority } = item ?? {};
  const given = { parameters: textsOf(item?.parameters ?? valuesOf(body)), environment: textsOf(overrides.environment) };
  const parameters = { ...job.parameters, ...given.parameters };
  const hasShares = COMPUTES[job.compute].fairShare !== undefined;
  return {
    given,
    parameters,
    environment: { ...job.environment, ...given.environment },
    command: ((overrides.command ?? job.command) as string[]).map((word) => word.replace(/Ref::([\w-]+)/g, (_, name) => parameters[name])),
    vcpus: overrides.vcpus ?? job.vcpus ?? DEFAULTS.vcpus,
    memory: overrides.memory ?? job.memory,
    gpus: overrides.gpus ?? job.gpus ?? 0,
    arraySize,
    shareIdentifier: hasShares ? shareIdentifier ?? job.shareIdentifier ?? DEFAULTS.shareIdentifier : undefined,
    schedulingPriority: hasShares ? schedulingPriority ?? job.schedulingPriority ?? DEFAULTS.schedulingPriority : undefined,
  };
}

/** The values of an event's body. A number in JSON is the text of its digits, as they are written. */
function valuesOf(body: unknown): unknown {
  return typeof body === 'string' && body !== '' ? JSON.parse(body.replace(/(:\s*)(-?\d[\d.eE+-]*)/g, '$1"$2"')) : body;
}

function textsOf(values: unknown): Texts {
  return Object.fromEntries(Object.entries((values ?? {}) as object).map(([name, value]) => [name, String(value)]));
}
