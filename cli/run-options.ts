import * as fs from 'node:fs';
import { UsageError } from './errors';

/** The options of `heavy-batch run`. */
export interface RunOptions {
  /** The output directory of the synthesized app. */
  readonly app: string;
  /** Each one `name=value`. */
  readonly param?: string[];
  /** Each one `path=directory`. */
  readonly mount?: string[];
  /** JSON, or the name of a file with JSON. */
  readonly input?: string;
  readonly list?: string;
  readonly name?: string;
  readonly json?: boolean;
  readonly docker?: boolean;
  readonly timeScale: number;
  readonly verbose?: boolean;
}

/** The input of the run: `--input`, with the parameters from `--param`. */
export function inputOf({ input, param = [] }: Pick<RunOptions, 'input' | 'param'>): unknown {
  const json: any = input === undefined ? {} : readInput(input);
  if (param.length === 0) return json;
  return { ...json, parameters: { ...json.parameters, ...pairsOf('--param', 'name=value', param) } };
}

/** The directories from `--mount`, by container path. */
export function mountsOf({ mount = [] }: Pick<RunOptions, 'mount'>): Record<string, string> {
  return pairsOf('--mount', 'path=directory', mount);
}

function readInput(input: string): unknown {
  const isJson = /^\s*[[{"]/.test(input);
  if (!isJson && !isFile(input)) throw new UsageError(`--input ${input} is neither JSON nor a file`);
  try {
    return JSON.parse(isJson ? input : fs.readFileSync(input, 'utf8'));
  } catch (error) {
    throw new UsageError(`--input ${isJson ? 'is' : `${input} is`} not JSON: ${(error as Error).message}`);
  }
}

function pairsOf(option: string, form: string, pairs: string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const separator = pair.indexOf('=');
    if (separator < 1) throw new UsageError(`${option} ${pair} is not of the form ${form}`);
    return [pair.slice(0, separator), pair.slice(separator + 1)];
  }));
}

export function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
