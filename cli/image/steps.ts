/**
 * What the instructions of a stage do to its files. All variables are replaced, and the paths in the image are absolute.
 * https://docs.docker.com/reference/dockerfile/
 */
import { DockerfileError, valueOf } from './dockerfile-words';
import { CopyStep, RunStep } from './image-recipe';
import { Instruction, markerOf } from './instruction-text';

/** The state of a stage that its next instruction sees. */
export interface StageState {
  readonly variables: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly shell: readonly string[];
}

export function copyStep(instruction: Instruction, state: StageState, escape: string): CopyStep {
  const { keyword, flags, text, documents, summary } = instruction;
  const words = execForm(text) ?? text.split(/\s+/).filter(Boolean);
  if (words.length < 2) throw new DockerfileError(`${summary} has no destination; write ${keyword} <source> <destination>`);
  const value = (word: string) => valueOf(word, { variables: state.variables, escape });
  const flag = (name: string) => flags.filter(([candidate]) => candidate === name).map(([, given]) => given ?? 'true').at(-1);
  const from = flag('from');
  if (from?.includes('$')) throw new DockerfileError(`${summary} has a variable in --from, where none is replaced; begin a stage with FROM ${from} AS <name> instead`);
  const [owner, mode] = [flag('chown'), flag('chmod')].map((given) => given && value(given));
  const destination = value(words.at(-1)!);
  const sources = words.slice(0, -1);
  // A word like `<<EOF` stands for the here-documents in their order.
  const paths = sources.filter((source) => markerOf(source) === undefined || documents.length === 0);
  const isDirectory = destination === '' || destination === '.' || destination.endsWith('/');
  const absolute = resolvePath(state.workingDirectory, destination);
  return {
    kind: 'copy',
    instruction,
    sources: paths.map(value),
    documents: documents.map(({ name, content, expand }) => ({ name, content: expand ? expanded(content, state.variables) : content })),
    destination: isDirectory && absolute !== '/' ? `${absolute}/` : absolute,
    from,
    owner,
    mode,
    parents: flag('parents') === 'true',
    excludes: flags.flatMap(([name, given]) => name === 'exclude' && given !== undefined ? [given] : []),
    unpack: (flag('unpack') ?? String(keyword === 'ADD')) === 'true',
  };
}

export function runStep(instruction: Instruction, { variables, workingDirectory, shell }: StageState): RunStep {
  return { kind: 'run', instruction, words: execForm(instruction.text), shell: shell[0] ?? '', workingDirectory, variables: { ...variables } };
}

/** The words of the exec form, `["a", "b"]`. Undefined for a text that is not a JSON list. */
export function execForm(text: string): string[] | undefined {
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(words)) return undefined;
  if (!words.every((word) => typeof word === 'string')) throw new DockerfileError(`${text} has an element that is not a string`);
  return words;
}

/** An absolute path without `.` and `..`. Nothing is above the root. */
export function resolvePath(directory: string, path: string): string {
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

/** Replaces the variables of a here-document. Quotes have no meaning there, and the escape character is always a backslash. */
function expanded(content: string, variables: Readonly<Record<string, string>>): string {
  const value = (found: string, escaped: string | undefined, variable: string | undefined) => (
    escaped ?? (variable === undefined ? found : valueOf(variable, { variables, escape: '\\' }))
  );
  // Behind the last brace, the end of a variable in braces would be looked for in vain, again and again.
  const end = content.lastIndexOf('}') + 1;
  return content.slice(0, end).replace(/\\([^])|(\$\{[^}]*\}|\$\w+)|["']/g, value) + content.slice(end).replace(/\\([^])|(\$\w+)|["']/g, value);
}
