/** A program that a text for a shell starts. */
export interface ScriptProgram {
  readonly name: string;
  /** In the text, counted from 1. */
  readonly line: number;
}

/** Words of shells. https://www.gnu.org/software/bash/manual/bash.html#Shell-Builtin-Commands */
export const SHELL_WORDS: ReadonlySet<string> = new Set([
  '.', ':', 'alias', 'bg', 'break', 'builtin', 'case', 'cd', 'command', 'continue', 'declare', 'do', 'done', 'echo', 'elif', 'else', 'esac', 'eval', 'exec', 'exit', 'export',
  'false', 'fc', 'fg', 'fi', 'for', 'function', 'getopts', 'hash', 'if', 'in', 'jobs', 'kill', 'let', 'local', 'mapfile', 'popd', 'printf', 'pushd', 'pwd', 'read', 'readonly',
  'return', 'select', 'set', 'shift', 'shopt', 'source', 'test', 'then', 'time', 'times', 'trap', 'true', 'type', 'typeset', 'ulimit', 'umask', 'unalias', 'unset', 'until', 'wait',
  'while',
]);

/** Stands for the end of a line that goes on in the next one. */
const GOES_ON = '\uE000';

/** A command begins with a line, behind an operator, or in a substitution. Some words of the shell, assignments, and a shell may stand before it. */
const COMMAND = new RegExp([
  `(?:^|[;&|({\`!])[ \\t${GOES_ON}]*`,
  '(?:(?:do|elif|else|exec|if|then|time|until|while)\\s+)*',
  '(?:[A-Za-z_]\\w*=[^\\s;&|()]*[ \\t]+)*',
  '(?:(?:/bin/|/usr/bin/)?(?:ba|da)?sh[ \\t]+(?=[\\w./]))?',
  `([A-Za-z./][\\w./+-]*)(?![^\\s;&|)\`${GOES_ON}])`,
].join(''), 'gm');

/**
 * The programs that a text for a shell names, for messages to people: `blender` in `blender -b "$FILE" && rm "$FILE"`. This is no parser: it
 * may find a word too many, or overlook one, and it does not know which programs a run comes to.
 */
export function programsOf(text: string): ScriptProgram[] {
  const commands = withoutTexts(text);
  const functions = new Set([...commands.matchAll(/(?:^|[;\s])(?:function\s+([\w.-]+)|([\w.-]+)\s*\(\s*\))/g)].map(([, name, other]) => name ?? other));
  const found = new Map<string, ScriptProgram>();
  for (const { 0: all, 1: name, index } of commands.matchAll(COMMAND)) {
    if (SHELL_WORDS.has(name) || functions.has(name) || found.has(name)) continue;
    found.set(name, { name, line: lineEnds(commands.slice(0, index + all.length)).length + 1 });
  }
  return [...found.values()];
}

/** Comments, here-documents, quoted texts and the patterns of `case` become blank; no line is lost. What is substituted in double quotes stays. */
function withoutTexts(text: string): string {
  return text
    .replace(/\\\r?\n/g, GOES_ON)
    .replace(/^[ \t]*#.*$/gm, '')
    .replace(/<<-?[ \t]*(["']?)(\w+)\1([^\n]*)\n[^]*?^[ \t]*\2[ \t]*$/gm, (document, _quote, _name, rest: string) => rest + lineEnds(document).replaceAll(GOES_ON, '\n'))
    .replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, (quoted) => `"${quoted.startsWith('"') ? substitutionsIn(quoted) : ''}${lineEnds(quoted).replaceAll('\n', GOES_ON)}"`)
    .replace(/(\s)#.*$/gm, '$1')
    .replace(/^([ \t]*)[\w.*|-]+\)/gm, '$1');
}

function substitutionsIn(quoted: string): string {
  return [...quoted.matchAll(/\$\([^()]*\)|`[^`]*`/g)].map(([found]) => found.replaceAll('\n', ' ')).join(' ');
}

function lineEnds(text: string): string {
  return [...text].filter((char) => char === '\n' || char === GOES_ON).join('');
}
