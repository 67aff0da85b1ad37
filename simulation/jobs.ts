/**
 * The jobs of the simulation, as their author asks for them: test/fixtures/simulation/app.ts makes them of this data, and the oracle expects
 * what is written here. Times are seconds, and memory is MiB.
 */
export interface FixtureJob {
  readonly compute: FixtureComputeName;
  readonly command: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** What the input of a run may set besides parameters and sizes. */
  readonly allowedOverrides: { readonly command: boolean; readonly environment: readonly string[] };
  /** The names of the secrets in Secrets Manager, by the names of the variables that have their values. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly volumes?: readonly FixtureVolume[];
  readonly tags: Readonly<Record<string, string>>;
  readonly vcpus?: number;
  readonly memory: number;
  readonly maxMemory?: number;
  readonly gpus?: number;
  readonly nodes?: number;
  readonly attempts?: number;
  readonly retryApplicationErrors?: boolean;
  readonly attemptTimeout: number;
  readonly queueTimeout: number;
  readonly startTimeout?: number;
  readonly runTimeout?: number;
  readonly shareIdentifier?: string;
  readonly schedulingPriority?: number;
  /** Where the results of runs come from. By default from the bucket. */
  readonly resultSource?: 'LOG';
  /** The map of the job, whose construct id is `Each`. */
  readonly map?: FixtureMap;
}

/** Runs of a job for the items of a list. */
export interface FixtureMap {
  readonly format: 'jsonLines' | 'json' | 'csv';
  /** The key of the list. Without it, the input of each execution names the key. */
  readonly key?: string;
  readonly maxConcurrency: number;
  readonly toleratedFailurePercentage?: number;
  readonly shareIdentifier?: string;
}

export interface FixtureVolume {
  readonly containerPath: string;
  readonly readOnly: boolean;
}

/** What a job has where its author asks for nothing, as the documentation of the props says. */
export const DEFAULTS = { vcpus: 1, attempts: 3, startTimeout: 3 * 3600, shareIdentifier: 'default', schedulingPriority: 0, maxvCpus: 256, payloadRetentionDays: 90, recordRetentionDays: 366 } as const;

/** The longest run of a state machine: the default of `runTimeout` of a job whose runs may be array jobs. */
const ONE_YEAR = 365 * 86_400;
/** For each attempt of a round of a multi-node job its three times and half an hour, and for each round half a day. From 4 MiB on, 2000 MiB are nine doublings. */
const LONGEST_RUN_OF_NODES = 10 * (3 * (6000 + 10_800 + 3600 + 1800) + 43_200);

/** When a run of the job times out. */
export function runTimeoutOf({ runTimeout, nodes }: FixtureJob): number {
  return runTimeout ?? (nodes === undefined ? ONE_YEAR : LONGEST_RUN_OF_NODES);
}

export type FixtureComputeName = 'Compute' | 'SmallCompute' | 'FargateCompute' | 'SpotCompute' | 'FairCompute' | 'GpuCompute';

export interface FixtureCompute {
  readonly fargate?: boolean;
  readonly spot?: boolean;
  readonly maxvCpus?: number;
  readonly instanceTypes?: readonly string[];
  /** The weights of the shares. Without them, the queue has no shares. */
  readonly fairShare?: Readonly<Record<string, number>>;
  readonly payloadRetentionDays?: number;
}

/** The computes of the simulation, by their construct ids. */
export const COMPUTES: Readonly<Record<FixtureComputeName, FixtureCompute>> = {
  Compute: { maxvCpus: 1024 },
  SmallCompute: { maxvCpus: 4, instanceTypes: ['c6i.large'], payloadRetentionDays: 7 },
  FargateCompute: { fargate: true, spot: true },
  SpotCompute: { spot: true, maxvCpus: 64 },
  FairCompute: { maxvCpus: 256, fairShare: { research: 0.5, default: 1, urgent: 0.1 } },
  GpuCompute: { maxvCpus: 96, instanceTypes: ['g4dn.12xlarge'] },
};

/** The word that each value has in it which must not be in a log, a message or an error. */
export const CANARY = 'canary';

/** Of the stack, and so of each job and of its tasks. */
export const STACK_TAGS = { team: 'simulation' };

const usual = {
  compute: 'Compute',
  command: ['work', 'Ref::size'],
  parameters: { size: `${CANARY} of the default` },
  environment: { MODE: `${CANARY} of the job` },
  allowedOverrides: { command: true, environment: ['MODE', 'FURTHER', 'TOPIC', 'A', 'B', '__proto__', 'constructor', 'toString', 'odd name.', 'odd name/%', 'lower'] },
  tags: STACK_TAGS,
  memory: 1000,
  attemptTimeout: 3600,
  queueTimeout: 6000,
} as const satisfies FixtureJob;

/** The construct id of the API, the names that its jobs have there, and the claim that says whose runs are whose. */
export const API = { id: 'Api', jobs: { Requested: 'requested', RequestedSpot: 'requested-spot' } as Readonly<Record<string, string>>, ownerClaim: 'sub' } as const;

/** By the construct id of the job. */
export const JOBS: Readonly<Record<string, FixtureJob>> = {
  /** The default of the scenarios. */
  OnDemand: usual,
  /** Spot with on-demand instances as the fallback, and memory that may grow. */
  Spot: { ...usual, compute: 'SpotCompute', maxMemory: 3000 },
  /** Memory that may grow, and attempts for application errors as well. */
  Growing: { ...usual, maxMemory: 3000, retryApplicationErrors: true },
  /** One attempt. */
  Once: { ...usual, attempts: 1 },
  /** Time for a job of a month. */
  Long: { ...usual, attemptTimeout: 40 * 86_400, queueTimeout: 2 * 86_400 },
  /** Less time for the run than for its container. */
  Brief: { ...usual, runTimeout: 1800 },
  /** Four containers at a time, on instances that are known. */
  Small: { ...usual, compute: 'SmallCompute' },
  /** Less time to start than the ECS agent has for a pull. */
  Impatient: { ...usual, startTimeout: 1200 },
  /** Three nodes. */
  Nodes: { ...usual, nodes: 3, maxMemory: 2000 },
  /** On Fargate, with Spot capacity. */
  Fargate: { ...usual, compute: 'FargateCompute', memory: 2048 },
  /** On Fargate, with memory that may grow. */
  FargateGrowing: { ...usual, compute: 'FargateCompute', memory: 2048, maxMemory: 8192 },
  /** On a queue with a fair-share policy. */
  Shared: { ...usual, compute: 'FairCompute', shareIdentifier: 'research', schedulingPriority: 7 },
  /** On such a queue, with the default share and priority. */
  SharedByDefault: { ...usual, compute: 'FairCompute' },
  /** With runs for the items of a list, three at a time. */
  Listed: { ...usual, map: { format: 'jsonLines', maxConcurrency: 3 } },
  /** With runs for the items of a list that is always in the same place, of which a quarter may fail. */
  ListedShared: { ...usual, compute: 'FairCompute', map: { format: 'csv', key: 'lists/today.csv', maxConcurrency: 2, toleratedFailurePercentage: 25, shareIdentifier: 'urgent' } },
  /** Whose containers print their results. */
  Printing: { ...usual, resultSource: 'LOG' },
  /** The same with several nodes. */
  PrintingNodes: { ...usual, nodes: 3, maxMemory: 2000, resultSource: 'LOG' },
  /** Whose runs the API starts. */
  Requested: usual,
  /** The same on Spot, where runs have several rounds. */
  RequestedSpot: { ...usual, compute: 'SpotCompute', maxMemory: 3000 },
  /** Two GPUs of four. */
  Gpu: { ...usual, compute: 'GpuCompute', vcpus: 8, memory: 30_000, gpus: 2 },
  /** All that a container may have besides: several parameters, variables, secrets, volumes and tags. */
  Rich: {
    ...usual,
    command: ['work', '--from=Ref::from', '--to', 'Ref::to', 'Ref::size'],
    parameters: { size: '1', from: `${CANARY}-from`, to: `${CANARY} to` },
    environment: { MODE: `${CANARY} of the job`, REGION_OF_DATA: `${CANARY}-region`, EMPTYISH: ' ' },
    secrets: { PASSWORD: 'simulation' },
    volumes: [{ containerPath: '/mnt/data', readOnly: true }, { containerPath: '/mnt/work', readOnly: false }],
    tags: { ...STACK_TAGS, 'cost center': '42' },
    vcpus: 2,
    attempts: 5,
    attemptTimeout: 7200,
    queueTimeout: 5400,
    startTimeout: 4200,
    runTimeout: 200_000,
  },
};
