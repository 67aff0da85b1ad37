import * as fs from 'node:fs';
import * as path from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { bundle } from './bundle';
import { mutantInPresentWords } from './former-keywords';
import { FunctionKind, functionKind } from './function-kind';
import type { Deployment } from '../emulator/assembly/deployment';

const mutant = v.strictObject({
  /** The rule of a run that the mutant breaks: its number in docs/architecture.md. Without it, the mutant breaks another promise. */
  rule: v.optional(v.number()),
  /** What is wrong with the mutant, for readers. */
  breaks: v.string(),
  /** A source file of the functions. Without it, the text is in what the synthesized app deploys. */
  file: v.optional(v.string()),
  find: v.string(),
  replace: v.string(),
  /** Whether the text may occur more than once. */
  everywhere: v.optional(v.boolean(), false),
  /** A regular expression of the finding by which the mutant is seen. Without it, any finding will do but a crash by code that is not right. */
  finding: v.optional(v.pipe(v.string(), v.check(isRegExp, 'is no regular expression'))),
  /** The scenarios of which each has to fail. */
  caughtBy: v.pipe(v.union([v.string(), v.pipe(v.array(v.string()), v.minLength(1))]), v.transform((scenarios) => [scenarios].flat())),
});

export type Mutant = v.InferOutput<typeof mutant>;

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text) !== undefined;
  } catch {
    return false;
  }
}

/** The mutants of all files of a directory. */
export function readMutants(directory: string): Mutant[] {
  return fs.readdirSync(directory).filter((file) => file.endsWith('.yaml')).sort().flatMap((file) => {
    const given = parse(fs.readFileSync(path.join(directory, file), 'utf8'));
    return v.parse(v.array(v.pipe(v.unknown(), v.transform(mutantInPresentWords), mutant)), given);
  });
}

/** A deployment in which something is broken. A function that is broken is bundled into the directory. */
export async function mutate(broken: Mutant, deployment: Deployment, directory: string): Promise<Deployment> {
  if (broken.file !== undefined) return withMutatedBundles(broken, broken.file, deployment, directory);
  return { ...deployment, ...JSON.parse(mutateText(broken, appText(deployment))) };
}

/** What a mutant without a source file changes: all that is deployed but the code. */
export function appText({ functions, ...resources }: Deployment): string {
  return JSON.stringify(resources);
}

/** The functions whose bundle contains the file get a new bundle. What else is made from the file is not changed. */
async function withMutatedBundles(broken: Mutant, file: string, deployment: Deployment, directory: string): Promise<Deployment> {
  const text = mutateText(broken, fs.readFileSync(file, 'utf8'));
  const directories = new Map<FunctionKind, string>();
  for (const kind of ['submit', 'check', 'api'] as const) {
    const code = await bundle(kind, { file, text });
    if (code === undefined) continue;
    directories.set(kind, path.join(directory, kind));
    // The function of an API has its document beside its code.
    const shipped = deployment.functions.find((deployed) => functionKind(deployed.path) === kind)!;
    fs.cpSync(shipped.codeDirectory, path.join(directory, kind), { recursive: true });
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
