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

/** Characters. A longer script is data for the most part, and the expressions below take longer than its length says. */
const LONGEST_SCRIPT = 32_768;

/**
 * The programs that a text for a shell names, for messages to people: `blender` in `blender -b "$FILE" && rm "$FILE"`. This is no parser: it
 * may find a word too many, or overlook one, and it does not know which programs a run comes to.
 */
export function programsOf(text: string): ScriptProgram[] {
  const commands = withoutTexts(text.length > LONGEST_SCRIPT ? text.slice(0, text.lastIndexOf('\n', LONGEST_SCRIPT) + 1) : text);
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
  const joined = text.replace(/\\\r?\n/g, GOES_ON).replace(/^[ \t]*#.*$/gm, '');
  return withoutQuotes(withoutDocuments(joined))
    .replace(/(\s)#.*$/gm, '$1')
    .replace(/^([ \t]*)[\w.*|-]+\)/gm, '$1');
}

/** A here-document is left out, and the rest of the line where it begins stays. One without an end is none. */
function withoutDocuments(text: string): string {
  const lines = text.split('\n');
  const lastOf = new Map(lines.map((line, index) => [line.trim(), index]));
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const { 0: start, 2: name, index } = /<<-?[ \t]*(["']?)(\w+)\1/.exec(lines[at]) ?? { 0: '', 2: '', index: 0 };
    if (name === '' || (lastOf.get(name) ?? -1) <= at) {
      kept.push(lines[at]);
      continue;
    }
    const from = at++;
    while (lines[at].trim() !== name) at++;
    const ends = at - from + lineEnds(lines.slice(from + 1, at + 1).join('')).length;
    kept.push(lines[from].slice(0, index) + lines[from].slice(index + start.length), ...Array.from({ length: ends }, () => ''));
  }
  return kept.join('\n');
}

/** Quoted texts become empty ones, with what is substituted in them. A quote without an end is a character. */
function withoutQuotes(text: string): string {
  const withoutEnd = new Set<string>(); // what begins later has no end either
  let kept = '';
  for (let at = 0; at < text.length;) {
    const quote = text[at];
    const isQuote = (quote === '"' || quote === "'") && !withoutEnd.has(quote);
    const end = isQuote ? endOfQuoted(text, at) : -1;
    if (end < 0) {
      if (isQuote) withoutEnd.add(quote);
      kept += quote;
      at++;
    } else {
      const quoted = text.slice(at, end);
      kept += `"${quote === '"' ? substitutionsIn(quoted) : ''}${lineEnds(quoted).replaceAll('\n', GOES_ON)}"`;
      at = end;
    }
  }
  return kept;
}

/** The index behind the closing quote. */
function endOfQuoted(text: string, start: number): number {
  if (text[start] === "'") return text.indexOf("'", start + 1) + 1 || -1;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\') at++;
  }
  return -1;
}

function substitutionsIn(quoted: string): string {
  return [...quoted.matchAll(/\$\([^()]*\)|`[^`]*`/g)].map(([found]) => found.replaceAll('\n', ' ')).join(' ');
}

function lineEnds(text: string): string {
  return [...text].filter((char) => char === '\n' || char === GOES_ON).join('');
}
