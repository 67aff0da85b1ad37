import * as fs from 'node:fs';
import { UsageError } from './errors';

/** The options of each command that runs an app on this machine. */
export interface LocalOptions {
  /** The output directory of the synthesized app. */
  readonly app: string;
  /** Each one `path=directory`. */
  readonly mount?: string[];
  /** Names of variables of this machine that the job gets. */
  readonly passEnv?: string[];
  readonly json?: boolean;
  readonly docker?: boolean;
  /** Whether the app is synthesized first. */
  readonly synth?: boolean;
  readonly timeScale: number;
  readonly verbose?: boolean;
}

/** The options of `heavy-batch run`. */
export interface RunOptions extends LocalOptions {
  /** Each one `name=value`. */
  readonly param?: string[];
  /** JSON, or the name of a file with JSON. */
  readonly input?: string;
  readonly list?: string;
  readonly name?: string;
}

/** The directories from `--mount`, by container path. */
export function mountsOf({ mount = [] }: Pick<RunOptions, 'mount'>): Record<string, string> {
  return pairsOf('--mount', 'path=directory', mount);
}

/** The values of an option that is given several times, by name. */
export function pairsOf(option: string, form: string, pairs: string[]): Record<string, string> {
  const read = pairs.map((pair): [string, string] => {
    const separator = pair.indexOf('=');
    if (separator < 1) throw new UsageError(`${option} ${pair} is not of the form ${form}`);
    return [pair.slice(0, separator), pair.slice(separator + 1)];
  });
  const names = read.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new UsageError(`${option} ${twice} is given twice; give it once`);
  return Object.fromEntries(read);
}

/** False also for a text that cannot be the name of a file. */
export function isFile(file: string): boolean {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
