import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { buildSync, BuildOptions } from 'esbuild';
import * as v from 'valibot';
import { parse } from 'yaml';
import { Scenario, ScenarioError } from './scenario';
import { portionsOf, Stage } from './suite';
import type { DeployedFunction, Deployment } from '../emulator/assembly/deployment';

const mutant = v.strictObject({
  rule: v.number(),
  breaks: v.string(),
  /** A source that the functions are bundled from. */
  file: v.optional(v.string()),
  find: v.string(),
  put: v.string(),
  every: v.optional(v.boolean(), false),
  /** The scenario that has to go red. */
  seenBy: v.string(),
});

export type Mutant = v.InferOutput<typeof mutant>;

export interface Caught {
  readonly mutant: Mutant;
  /** The first seed that went red, and what it was; undefined for one that nobody saw. */
  readonly seed?: number;
  readonly as?: string;
}

/** Seeds that a mutant may pass before it is said to live. */
const SEEDS = 200;

export function readMutants(file: string): Mutant[] {
  return v.parse(v.array(mutant), parse(fs.readFileSync(file, 'utf8')));
}

/** Breaks a copy of the app, and plays until somebody sees it. */
export async function catchMutant(one: Mutant, deployment: Deployment, scenarios: readonly Scenario[]): Promise<Caught> {
  const scenario = scenarios.find(({ name }) => name === one.seenBy);
  if (!scenario) throw new ScenarioError(`the mutant '${one.breaks}' is to be seen by '${one.seenBy}', which is no scenario`);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-mutant-'));
  try {
    const broken = one.file === undefined ? brokenTemplate(one, deployment) : brokenFunctions(one, one.file, deployment, directory);
    const stage = await Stage.open(broken);
    try {
      for (const { seeds } of portionsOf(scenario, SEEDS, 4)) {
        const { failures: [failure] } = await stage.play(scenario, seeds);
        if (failure) return { mutant: one, seed: failure.seed, as: `${failure.findings[0].kind}: ${failure.findings[0].what}` };
      }
      return { mutant: one };
    } finally {
      await stage.close();
    }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** The bundles, built anew out of nothing but their sources, must be those that ship: else a mutant would say nothing of them. */
export function checkBundling(deployment: Deployment): void {
  for (const its of deployment.functions) {
    const built = bundle(entryOf(its), {});
    if (built !== fs.readFileSync(path.join(its.codeDirectory, 'index.js'), 'utf8')) throw new Error(`${entryOf(its)} makes another bundle than the one that ships; run 'node tasks/prepare.mjs'`);
  }
}

function brokenTemplate(one: Mutant, { stateMachines, rules, ...rest }: Deployment): Deployment {
  const parts = JSON.stringify({ stateMachines, rules });
  return { ...rest, ...JSON.parse(replaced(one, parts)) };
}

function brokenFunctions(one: Mutant, file: string, deployment: Deployment, directory: string): Deployment {
  const plugged = { file: path.resolve(file), text: replaced(one, fs.readFileSync(file, 'utf8')) };
  const built = new Map<string, string>();
  return {
    ...deployment,
    functions: deployment.functions.map((its) => {
      const entry = entryOf(its);
      if (!built.has(entry)) {
        const codeDirectory = path.join(directory, String(built.size));
        fs.mkdirSync(codeDirectory);
        fs.writeFileSync(path.join(codeDirectory, 'index.js'), bundle(entry, plugged));
        built.set(entry, codeDirectory);
      }
      return { ...its, codeDirectory: built.get(entry)! };
    }),
  };
}

function replaced({ find, put, every, breaks }: Mutant, text: string): string {
  const pieces = text.split(find);
  if (pieces.length < 2 || (pieces.length > 2 && !every)) throw new Error(`the mutant '${breaks}' finds its text ${pieces.length - 1} times`);
  return pieces.join(put);
}

/** As .projenrc.ts has the functions bundled. */
const BUNDLING: BuildOptions = { bundle: true, platform: 'node', target: 'node20', minify: true, mainFields: ['module', 'main'], tsconfig: 'tsconfig.dev.json', write: false };

function entryOf({ path: its }: DeployedFunction): string {
  return `src/functions/${/SubmitFunction$/.test(its) ? 'submit/submit' : 'check/check'}.lambda.ts`;
}

/** The bundle of a function, with one of its sources replaced. */
function bundle(entry: string, { file, text }: { readonly file?: string; readonly text?: string }): string {
  if (file === undefined) return buildSync({ ...BUNDLING, entryPoints: [entry] }).outputFiles![0].text;
  // The sources are copied, so that the one that is broken is found where it was.
  const copy = fs.mkdtempSync(path.join('.cache', 'mutant-'));
  try {
    fs.cpSync(path.dirname(entry), copy, { recursive: true });
    fs.writeFileSync(path.join(copy, path.basename(file)), text!);
    return buildSync({ ...BUNDLING, entryPoints: [path.join(copy, path.basename(entry))] }).outputFiles![0].text;
  } finally {
    fs.rmSync(copy, { recursive: true, force: true });
  }
}
