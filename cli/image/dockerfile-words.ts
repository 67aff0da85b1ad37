import { Part, partsOf, replaceMatches, withoutPrefix, withoutSuffix } from './glob';

/**
 * The words of a Dockerfile, with quotes, escape characters and variables.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export interface WordRules {
  readonly variables: Readonly<Record<string, string>>;
  /** The escape character: `\`, or a backtick when the Dockerfile has a directive for it. */
  readonly escape: string;
}

/** The Dockerfile cannot be built. */
export class DockerfileError extends Error {
  readonly name = 'DockerfileError';
  /** The line of the instruction, counted from 1. Undefined when the problem is in no line. */
  line?: number;
}

/** A word has no value, or one that is refused. Engines notice it only where they build the stage. */
export class WordError extends DockerfileError {}

/** The text without its quotes and escape characters, and with the values of its variables. */
export function valueOf(text: string, rules: WordRules): string {
  const value = new Word(text, rules).read();
  // A few lines can double a value again and again.
  if (value.length > LONGEST_VALUE) throw new WordError(`${shortened(text)} has a value of more than ${LONGEST_VALUE} characters, with which no program can be started`);
  return value;
}

/** Linux starts no program with a longer word or variable. https://man7.org/linux/man-pages/man2/execve.2.html */
const LONGEST_VALUE = 131_072;
/** Such patterns are parts of names. */
const LONGEST_PATTERN = 4_096;

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}

/** Splits a text at white space that is neither quoted nor escaped, into at most as many words. The words keep their quotes and escape characters. */
export function wordsOf(text: string, escape: string, most = Infinity): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === escape && quote !== "'") {
      word += char + (text[++at] ?? '');
    } else if (!quote && /\s/.test(char)) {
      if (word) words.push(word);
      if (words.length >= most) return words;
      word = '';
    } else {
      if (char === quote) quote = '';
      else if (!quote && (char === '"' || char === "'")) quote = char;
      word += char;
    }
  }
  return word ? [...words, word] : words;
}

class Word {
  private at = 0;

  constructor(private readonly text: string, private readonly rules: WordRules) {}

  /** Reads up to one of the characters in `ends`, which is not consumed, or to the end of the text. */
  read(ends = ''): string {
    let value = '';
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined || ends.includes(char)) return value;
      this.at++;
      if (char === "'") value += this.upTo("'");
      else if (char === '"') value += this.doubleQuoted();
      else if (char === '$') value += this.variable();
      else if (char === this.rules.escape) value += this.text[this.at++] ?? '';
      else value += char;
    }
  }

  private upTo(end: string): string {
    const from = this.at;
    const to = this.text.indexOf(end, from);
    if (to < 0) throw new WordError(`${this.text} has no closing ${end}`);
    this.at = to + 1;
    return this.text.slice(from, to);
  }

  /** In double quotes variables are replaced, and only a quote, a dollar sign and the escape character can be escaped. */
  private doubleQuoted(): string {
    let value = '';
    for (;;) {
      const char = this.text[this.at++];
      if (char === undefined) throw new WordError(`${this.text} has no closing "`);
      if (char === '"') return value;
      if (char === '$') {
        value += this.variable();
      } else if (char === this.rules.escape && this.at < this.text.length) {
        const next = this.text[this.at++];
        value += ['"', '$', this.rules.escape].includes(next) ? next : char + next;
      } else {
        value += char;
      }
    }
  }

  private variable(): string {
    if (this.text[this.at] !== '{') {
      const name = this.name();
      return name === '' ? '$' : this.rules.variables[name] ?? '';
    }
    this.at++;
    const name = this.name();
    if (name === '') throw new WordError(`${this.text} has a variable without a name`);
    const [operator] = /^(:?[-+?]|##?|%%?|\/\/?|\})/.exec(this.text.slice(this.at)) ?? [];
    if (operator === undefined) throw new WordError(`${this.text} has a modifier that is not supported`);
    this.at += operator.length;
    return operator === '}' ? this.rules.variables[name] ?? '' : this.modified(name, operator);
  }

  private modified(name: string, operator: string): string {
    const value = this.rules.variables[name];
    const isSet = value !== undefined && (value !== '' || !operator.startsWith(':'));
    if (operator.startsWith('/')) {
      const parts = this.pattern('/');
      return replaceMatches(value ?? '', parts, this.operand(), operator === '//');
    }
    if (operator.startsWith('#') || operator.startsWith('%')) {
      const length = operator.length === 2 ? 'longest' : 'shortest';
      const parts = this.pattern('}');
      return operator.startsWith('#') ? withoutPrefix(value ?? '', parts, length) : withoutSuffix(value ?? '', parts, length);
    }
    const word = this.operand();
    switch (operator.at(-1)) {
      case '-': return isSet ? value : word;
      case '+': return isSet ? word : '';
      default:
        if (!isSet) throw new WordError(`${name}: ${word || 'is not set'}`);
        return value;
    }
  }

  private pattern(end: string): Part[] {
    const pattern = this.raw(end);
    if (pattern.length > LONGEST_PATTERN) throw new WordError(`${shortened(this.text)} has a pattern of more than ${LONGEST_PATTERN} characters`);
    return partsOf(pattern);
  }

  private operand(): string {
    const word = this.read('}');
    if (this.text[this.at++] !== '}') throw new WordError(`${this.text} has no closing }`);
    return word;
  }

  /** Reads a pattern. Its escape characters are kept, since they escape wildcards. */
  private raw(end: string): string {
    let pattern = '';
    for (;;) {
      const char = this.text[this.at++];
      if (char === undefined) throw new WordError(`${this.text} has no closing ${end}`);
      if (char === end) return pattern;
      if (char === '$') pattern += this.variable().replace(/[\\*?]/g, '\\$&');
      else if (char === this.rules.escape) pattern += `\\${this.text[this.at++] ?? ''}`;
      else pattern += char;
    }
  }

  private name(): string {
    const [name] = /^([A-Za-z_]\w*|\d+|[@*#?$!-])/.exec(this.text.slice(this.at)) ?? [''];
    this.at += name.length;
    return name;
  }
}
