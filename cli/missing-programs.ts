import * as path from 'node:path';
import type { Prepared } from './containers/process-runtime';
import { CannotExecute, programOf } from './containers/program-of';
import { programsOf } from './containers/script-programs';
import { isReadable, statOf } from './containers/stat';
import { firstBytes } from './first-bytes';
import { namedSourceOf } from './image/program-source';

/** Bytes. What is behind them in a script is not looked at. */
const LARGEST_SCRIPT = 65_536;

/** The program that a command lacks. A command that the kernel refuses for another reason is for the run, which fails as in AWS. */
export function missingFor(words: readonly string[], prepared: Prepared): string | undefined {
  const { view, environment: { PATH }, config: { workingDirectory } } = prepared;
  try {
    const file = view.find(programOf({ words, path: PATH, workingDirectory }, view))!;
    const [, interpreter] = /^#!\s*\/usr\/bin\/env\s+(?:-S\s+)?([^\s-]\S*)/.exec(beginningOf(file)) ?? [];
    return interpreter === undefined ? undefined : missingFor([interpreter], prepared);
  } catch (error) {
    if (error instanceof CannotExecute) return error.missing;
    throw error;
  }
}

/** The programs that the scripts of the image name, that the Dockerfile names too, and that this machine does not have. A run may come to them. */
export function missingInScripts(prepared: Prepared): string[] {
  const { words, config: { workingDirectory } } = prepared;
  const lacks: string[] = [];
  const seen = new Set<string>();
  const search = (text: string, place: (line: number) => string): void => {
    for (const { name, line } of programsOf(text)) {
      const missing = missingFor([name], prepared);
      const source = missing === undefined ? undefined : namedSourceOf(missing, prepared);
      if (source !== undefined && !seen.has(missing!)) lacks.push(`${place(line)} names ${missing}, which this machine does not have. ${source} would have brought it.`);
      if (missing !== undefined) seen.add(missing);
      searchFile(name);
    }
  };
  const searchFile = (name: string): void => {
    const file = path.posix.resolve(workingDirectory, name);
    const source = prepared.view.find(file);
    if (seen.has(file) || !source?.startsWith(prepared.root) || !statOf(source)?.isFile()) return;
    seen.add(file);
    const beginning = beginningOf(source);
    if (beginning !== '' && isShellScript(beginning)) search(firstBytes(source, LARGEST_SCRIPT).toString('utf8'), (line) => `${file} (line ${line})`);
  };
  const text = textForShell(words);
  if (text !== undefined) search(text, () => 'The command');
  else words.slice(0, isShell(words[0]) ? 2 : 1).forEach(searchFile);
  return lacks;
}

/** `./run.sh 1` of `sh -c './run.sh 1'`, and of `sh -c 'bash -c "./run.sh 1"'`. */
export function textForShell([program, option, text]: readonly string[]): string | undefined {
  if (!isShell(program) || !/^-\w*c$/.test(option ?? '') || text === undefined) return undefined;
  const [, shell, inner, , quoted] = /^\s*(?:exec\s+)?([\w./-]+)\s+(-\w+)\s+(["'])([^"'\\$]*)\3\s*$/.exec(text) ?? [];
  return shell === undefined ? text : textForShell([shell, inner, quoted]) ?? text;
}

function isShell(program: string): boolean {
  return /^(.*\/)?(ba|da|a|z)?sh$/.test(program);
}

/** A shell also runs a text without `#!`. */
function isShellScript(beginning: string): boolean {
  return beginning.startsWith('#!') ? /^#!\s*\S*[\s/](ba|da|a|z|k)?sh\s/.test(beginning) : !beginning.includes('\0');
}

/** An empty text for a file that cannot be read. */
function beginningOf(file: string): string {
  return isReadable(file) ? firstBytes(file, 256).toString('latin1') : '';
}
