import * as fs from 'node:fs';
import * as path from 'node:path';
import { build, BuildOptions, Plugin } from 'esbuild';
import { FunctionKind, functionKind } from './function-kind';
import type { Deployment } from '../emulator/assembly/deployment';

const ENTRIES: { readonly [kind in FunctionKind]: string } = {
  submit: 'src/functions/submit/submit.lambda.ts',
  check: 'src/functions/check/check.lambda.ts',
  api: 'src/functions/api/api.lambda.ts',
};

/** The options with which .projenrc.ts bundles the functions. */
const BUNDLING: BuildOptions = { bundle: true, platform: 'node', target: 'node20', minify: true, mainFields: ['module', 'main'], tsconfig: 'tsconfig.dev.json', write: false };

/** A source file that is read with another text. */
export interface ReplacedSource {
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
}

/** The bundle of a function; undefined when it does not contain the replaced source. */
export async function bundle(kind: FunctionKind, replaced?: ReplacedSource): Promise<string | undefined> {
  let isRead = replaced === undefined;
  const plugin: Plugin = {
    name: 'replaced-source',
    setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      if (file !== path.resolve(replaced!.file)) return undefined;
      isRead = true;
      return { contents: replaced!.text, loader: 'ts' };
    }),
  };
  const { outputFiles } = await build({ ...BUNDLING, entryPoints: [ENTRIES[kind]], plugins: replaced ? [plugin] : [] });
  return isRead ? outputFiles![0].text : undefined;
}

/** Bundles that are built here from unchanged sources must be the bundles that ship. Otherwise a mutant would say nothing about them. */
export async function verifyBundling({ functions }: Deployment): Promise<void> {
  for (const { path: constructPath, codeDirectory } of functions) {
    const kind = functionKind(constructPath);
    if (await bundle(kind) !== fs.readFileSync(path.join(codeDirectory, 'index.js'), 'utf8')) {
      throw new Error(`the bundle of ${ENTRIES[kind]} is not the bundle that ships; run 'node tasks/prepare.mjs'`);
    }
  }
}
