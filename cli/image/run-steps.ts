import { RunStep } from './image-recipe';
import { Instruction, markersOf } from './instruction-text';
import { RootDirectory } from './root-directory';
import { FileTools, NotFollowed } from './run-file-tools';
import { ShellCommand, shellCommands } from './shell-commands';

const NOT_RUN = 'RUN steps do not run without an engine';

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
  for (const { words } of commands) {
    try {
      if (!words) throw new NotFollowed(NOT_RUN);
      tools.run(words);
      followed.add(words[0].text);
    } catch (error) {
      // The error of a file system is that of a command that would have failed, or that needs files of the base image.
      reasons.push(error instanceof NotFollowed ? error.message : (error as Error).message.split(',')[0]);
      if (!words) tools.forgetDirectory();
    }
  }
  if (reasons.length === 0) return undefined;
  const reason = commands.length === 1 && commands[0].words && !reasons[0].endsWith('does not run without an engine') ? reasons[0] : NOT_RUN;
  return followed.size > 0 ? `${reason}; of this one only ${[...followed].join(', ')} had an effect` : reason;
}

/** Undefined for an instruction that cannot be followed at all. */
function commandsOf({ instruction, words, shell, variables }: RunStep): ShellCommand[] | undefined {
  if (instruction.flags.length > 0) return undefined;
  if (words) {
    const [program = '', option, text] = words;
    if (isShell(program) && option === '-c') return words.length === 3 ? shellCommands(text, variables) : undefined;
    return words.length > 0 ? [{ words: words.map((word) => ({ text: word, isPattern: false })) }] : [];
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
