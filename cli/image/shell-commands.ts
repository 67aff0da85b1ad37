/**
 * The commands of a shell text that can be followed without a shell: plain words, joined by `&&`, `;` and ends of lines.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
 */
export interface ShellWord {
  readonly text: string;
  /** Whether `text` is a pattern of files, where a backslash escapes the wildcards that are quoted. */
  readonly isPattern: boolean;
}

/** Undefined words: the command has a pipe, a redirection, a substitution or a variable that is not known. */
export interface ShellCommand {
  readonly words?: readonly ShellWord[];
  /** The first word as it is written. */
  readonly program: string;
}

/** Words that change how the commands around them are read. */
const RESERVED = ['!', 'case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'function', 'if', 'in', 'select', 'then', 'until', 'while', '{', '}', '[[', 'time'];

/** Commands after which no variable is known. */
const ASSIGNING = ['.', 'declare', 'eval', 'export', 'getopts', 'local', 'read', 'readonly', 'source', 'typeset', 'unset'];

/** Commands after which it is not known whether the next command runs. */
const LEAVING = ['[', 'break', 'continue', 'exec', 'exit', 'false', 'return', 'test', 'trap'];

/** Undefined for a text whose commands do not simply follow each other: conditions, loops, subshells, functions, `||` and `&`. */
export function shellCommands(text: string, variables: Readonly<Record<string, string>>): ShellCommand[] | undefined {
  const commands: ShellCommand[] = [];
  let known: Readonly<Record<string, string>> | undefined = variables;
  for (const command of new Lexer(text.replace(/\\\r?\n/g, ''), (name) => known?.[name]).commands()) {
    if (command === undefined) return undefined;
    const first = command.first;
    if (RESERVED.includes(first) || LEAVING.includes(first)) return undefined;
    const assigns = /^\w+=/.test(first) || ASSIGNING.includes(first);
    if (assigns) known = undefined;
    if (first !== '') commands.push({ words: command.isPlain && !assigns ? command.words : undefined, program: first });
  }
  return commands;
}

interface RawCommand {
  readonly words: readonly ShellWord[];
  readonly isPlain: boolean;
  /** The first word as it is written. */
  readonly first: string;
}

class Lexer {
  private at = 0;
  private words: ShellWord[] = [];
  private isPlain = true;
  private first = '';

  private readonly lastBrace: number;

  constructor(private readonly text: string, private readonly valueOf: (name: string) => string | undefined) {
    this.lastBrace = text.lastIndexOf('}');
  }

  /** Ends with undefined at what is not a list of commands. */
  *commands(): Generator<RawCommand | undefined> {
    while (this.at < this.text.length) {
      const char = this.text[this.at];
      if (/[ \t\r]/.test(char)) {
        this.at++;
      } else if (char === '#') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else if (char === '\n' || char === ';' || this.text.startsWith('&&', this.at)) {
        this.at += char === '&' ? 2 : 1;
        yield this.end();
      } else if (char === '|' && this.text[this.at + 1] !== '|') {
        this.at++;
        this.isPlain = false;
      } else if (/[<>]/.test(char) || /^\d+[<>]/.test(this.text.slice(this.at))) {
        if (!this.redirection()) return yield undefined;
      } else if (/[&|()]/.test(char)) {
        return yield undefined;
      } else if (!this.word()) {
        return yield undefined;
      }
    }
    yield this.end();
  }

  private end(): RawCommand {
    const command = { words: this.words, isPlain: this.isPlain, first: this.first };
    this.words = [];
    this.isPlain = true;
    this.first = '';
    return command;
  }

  /** `2>&1`, `> file`. A here-document has lines that are no commands. */
  private redirection(): boolean {
    const [operator] = /^\d*(<<|[<>&]+\|?)-?/.exec(this.text.slice(this.at))!;
    this.at += operator.length;
    this.isPlain = false;
    return !operator.includes('<<');
  }

  /** False for a word without an end, or with parentheses. */
  private word(): boolean {
    const start = this.at;
    let text = '';
    let pattern = '';
    let isPattern = false;
    const add = (literal: string) => {
      text += literal;
      pattern += literal.replace(/[*?[\]\\]/g, '\\$&');
    };
    while (this.at < this.text.length && !/[\s;&|<>()]/.test(this.text[this.at])) {
      const char = this.text[this.at++];
      if (char === '\\') {
        add(this.text[this.at++] ?? '');
      } else if (char === "'") {
        const end = this.text.indexOf("'", this.at);
        if (end < 0) return false;
        add(this.text.slice(this.at, end));
        this.at = end + 1;
      } else if (char === '"') {
        const quoted = this.quoted();
        if (quoted === undefined) return false;
        add(quoted);
      } else if (char === '$') {
        const value = this.variable();
        if (value === undefined) return false;
        // The shell would split the value, and would read it as a pattern.
        if (/[\s*?[\\]/.test(value)) this.isPlain = false;
        add(value);
      } else if (char === '`') {
        const end = this.text.indexOf('`', this.at);
        if (end < 0) return false;
        this.at = end + 1;
        this.isPlain = false;
      } else if (/[*?[\]]/.test(char)) {
        text += char;
        pattern += char;
        isPattern ||= char !== ']';
      } else {
        // Only some shells expand braces, and the home directory is not known.
        if (char === '{' || (char === '~' && this.at === start + 1)) this.isPlain = false;
        add(char);
      }
    }
    if (this.first === '') this.first = this.text.slice(start, this.at);
    this.words.push({ text: isPattern ? pattern : text, isPattern });
    return true;
  }

  /** Up to the double quote at the end. */
  private quoted(): string | undefined {
    let text = '';
    while (this.at < this.text.length) {
      const char = this.text[this.at++];
      if (char === '"') return text;
      if (char === '\\') {
        const next = this.text[this.at++] ?? '';
        text += '"$`\\'.includes(next) ? next : `\\${next}`;
      } else if (char === '$') {
        const value = this.variable();
        if (value === undefined) return undefined;
        text += value;
      } else if (char === '`') {
        const end = this.text.indexOf('`', this.at);
        if (end < 0) return undefined;
        this.at = end + 1;
        this.isPlain = false;
      } else {
        text += char;
      }
    }
    return undefined;
  }

  /** The value of a variable, behind the dollar sign. Undefined for a substitution without an end. */
  private variable(): string | undefined {
    if (this.text[this.at] === '(') {
      this.isPlain = false;
      return this.skipParentheses() ? '' : undefined;
    }
    // Behind the last brace, the end of a variable in braces would be looked for in vain, again and again.
    const rest = this.text.slice(this.at);
    const [found, name] = (this.at < this.lastBrace ? /^\{([^}]*)\}/.exec(rest) : undefined) ?? /^([A-Za-z_]\w*|[\d@*#?$!-])/.exec(rest) ?? ['', ''];
    this.at += found.length;
    if (found === '') return '$';
    const value = this.valueOf(name);
    if (value === undefined) this.isPlain = false;
    return value ?? '';
  }

  /** Quotes inside are skipped as a whole. */
  private skipParentheses(): boolean {
    let depth = 0;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at];
      if (char === '\\') {
        this.at++;
      } else if (char === "'") {
        this.at = this.text.indexOf("'", this.at + 1);
        if (this.at < 0) return false;
      } else if (char === '(') {
        depth++;
      } else if (char === ')' && --depth === 0) {
        this.at++;
        return true;
      }
    }
    return false;
  }
}
