import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { bundle } from './bundle';
import { mutantInPresentWords } from './former-keywords';
import { FunctionKind, functionKind } from './function-kind';
import { Scenario, ScenarioError } from './scenario';
import { chunksOf, Simulator } from './simulator';
import type { Deployment } from '../emulator/assembly/deployment';

const mutant = v.strictObject({
  /** The rule of a run that the mutant breaks. */
  rule: v.number(),
  /** What is wrong with the mutant, for readers. */
  breaks: v.string(),
  /** A source file of the functions. Without it, the text is in the state machines, the event rules or the job definitions of the synthesized app. */
  file: v.optional(v.string()),
  find: v.string(),
  replace: v.string(),
  /** Whether the text may occur more than once. */
  everywhere: v.optional(v.boolean(), false),
  /** The scenario that has to fail. */
  caughtBy: v.string(),
});

export type Mutant = v.InferOutput<typeof mutant>;

export interface MutantResult {
  readonly mutant: Mutant;
  /** The first seed that failed, and its first finding. Undefined when the mutant was not caught. */
  readonly seed?: number;
  readonly finding?: string;
}

/** How many seeds are simulated before a mutant counts as not caught. */
const SEEDS = 200;

export function readMutants(file: string): Mutant[] {
  return v.parse(v.array(v.pipe(v.unknown(), v.transform(mutantInPresentWords), mutant)), parse(fs.readFileSync(file, 'utf8')));
}

/** Breaks a copy of the app, and simulates seeds until one of them fails. */
export async function testMutant(broken: Mutant, deployment: Deployment, scenarios: readonly Scenario[]): Promise<MutantResult> {
  const scenario = scenarios.find(({ name }) => name === broken.caughtBy);
  if (!scenario) throw new ScenarioError(`the mutant '${broken.breaks}' is to be caught by '${broken.caughtBy}', which is not a scenario`);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-mutant-'));
  try {
    const simulator = await Simulator.open(await mutate(broken, deployment, directory));
    try {
      for (const { seeds } of chunksOf(scenario, SEEDS, 4)) {
        const { failures: [failure] } = await simulator.simulate(scenario, seeds);
        if (failure) return { mutant: broken, seed: failure.seed, finding: `${failure.findings[0].kind}: ${failure.findings[0].message}` };
      }
      return { mutant: broken };
    } finally {
      await simulator.close();
    }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

async function mutate(broken: Mutant, deployment: Deployment, directory: string): Promise<Deployment> {
  if (broken.file !== undefined) return withMutatedBundles(broken, broken.file, deployment, directory);
  return { ...deployment, ...JSON.parse(mutateText(broken, appText(deployment))) };
}

/** What a mutant without a source file changes. */
export function appText({ stateMachines, rules, jobDefinitions }: Deployment): string {
  return JSON.stringify({ stateMachines, rules, jobDefinitions });
}

/** The functions whose bundle contains the file get a new bundle. What else is made from the file is not changed. */
async function withMutatedBundles(broken: Mutant, file: string, deployment: Deployment, directory: string): Promise<Deployment> {
  const text = mutateText(broken, fs.readFileSync(file, 'utf8'));
  const directories = new Map<FunctionKind, string>();
  for (const kind of ['submit', 'check'] as const) {
    const code = await bundle(kind, { file, text });
    if (code === undefined) continue;
    directories.set(kind, path.join(directory, kind));
    fs.mkdirSync(path.join(directory, kind));
    fs.writeFileSync(path.join(directory, kind, 'index.js'), code);
  }
  if (directories.size === 0) throw new Error(`the mutant '${broken.breaks}': no function is bundled from ${file}`);
  return {
    ...deployment,
    functions: deployment.functions.map((deployed) => ({ ...deployed, codeDirectory: directories.get(functionKind(deployed.path)) ?? deployed.codeDirectory })),
  };
}

/** Replaces the text that a mutant is to replace. Throws when it is not there, so that no mutant is left behind by a change. */
export function mutateText({ find, replace, everywhere, breaks }: Mutant, text: string): string {
  const pieces = text.split(find);
  if (pieces.length < 2 || (pieces.length > 2 && !everywhere)) throw new Error(`the mutant '${breaks}': its text to replace occurs ${pieces.length - 1} times`);
  return pieces.join(replace);
}
