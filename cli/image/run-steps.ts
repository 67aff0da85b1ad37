import { DockerfileError } from './dockerfile-words';
import { fileErrorOf } from './file-entries';
import { RunStep } from './image-recipe';
import { Instruction, markersOf } from './instruction-text';
import { RootDirectory } from './root-directory';
import { FileTools, NOT_RUN, NotFollowed } from './run-file-tools';
import { ShellCommand, shellCommands } from './shell-commands';

/**
 * Carries out the commands of a RUN instruction that only change files which the Dockerfile has added. They are carried out around
 * commands that do not run, too: `apt-get install -y ffmpeg && chmod +x /run.sh` makes the script executable. An engine builds the image
 * only when all of them succeed, so that each can be taken to have succeeded.
 * @returns why the instruction is not followed, or only in part
 */
export function followRun(step: RunStep, root: RootDirectory, roots: readonly string[]): string | undefined {
  const commands = commandsOf(step);
  if (!commands) return NOT_RUN;
  const tools = new FileTools(root, step.workingDirectory, roots);
  const followed = new Set<string>();
  const reasons: string[] = [];
  for (const { words, program } of commands) {
    if (!words) {
      if (/^(cd|pushd|popd)$/.test(program)) tools.forgetDirectory();
      reasons.push(NOT_RUN);
      continue;
    }
    try {
      if (tools.run(words)) followed.add(words[0].text);
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  if (reasons.length === 0) return undefined;
  const reason = commands.length === 1 ? reasons[0] : NOT_RUN;
  return followed.size > 0 ? `${reason}, apart from ${[...followed].join(', ')}` : reason;
}

/** A command that fails in the file system would fail in a container, too, or needs files of the base image. */
function reasonOf(error: unknown): string {
  if (error instanceof NotFollowed || error instanceof DockerfileError) return error.message;
  const problem = fileErrorOf(error);
  if (!problem) throw error;
  return problem.message.split(',')[0];
}

/** Undefined for an instruction that cannot be followed at all. */
function commandsOf({ instruction, words, shell, variables }: RunStep): ShellCommand[] | undefined {
  if (instruction.flags.length > 0) return undefined;
  if (words) {
    const [program = '', option, text] = words;
    if (isShell(program) && option === '-c') return words.length === 3 ? shellCommands(text, variables) : undefined;
    return words.length > 0 ? [{ words: words.map((word) => ({ text: word, isPattern: false })), program }] : [];
  }
  if (!isShell(shell)) return undefined;
  const text = scriptOf(instruction);
  return text === undefined ? undefined : shellCommands(text, variables);
}

/** The text for the shell. A here-document is one when it stands alone, and does not name another program. */
function scriptOf({ text, documents }: Instruction): string | undefined {
  if (documents.length === 0) return text;
  const isAlone = documents.length === 1 && /^<<\S+$/.test(text.replace(/(<<-?)\s+/, '$1')) && markersOf(text).length === 1;
  return isAlone && !documents[0].content.startsWith('#!') ? documents[0].content : undefined;
}

function isShell(program: string): boolean {
  return /^(\/bin\/|\/usr\/bin\/)?(sh|ash|bash|dash|zsh)$/.test(program);
}
