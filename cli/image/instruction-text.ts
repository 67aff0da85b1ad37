/**
 * The instructions of a Dockerfile as text: lines are joined, comments are dropped, flags and here-documents are separated from the rest.
 * https://docs.docker.com/reference/dockerfile/#format and parser.go in https://github.com/moby/buildkit/tree/master/frontend/dockerfile/parser
 */
import { DockerfileError, wordsOf } from './dockerfile-words';

export interface HereDocument {
  /** The word behind `<<`, without quotes. */
  readonly name: string;
  readonly content: string;
  /** Whether variables in the content are replaced. Quotes around the word forbid it. */
  readonly expand: boolean;
}

export interface Instruction {
  /** The line in the Dockerfile, counted from 1. */
  readonly line: number;
  /** In capital letters. */
  readonly keyword: string;
  /** `--chown=app` as `['chown', 'app']`; the value of `--link` is undefined. */
  readonly flags: readonly (readonly [name: string, value: string | undefined])[];
  /** What follows the keyword and the flags. */
  readonly text: string;
  readonly documents: readonly HereDocument[];
  /** Keyword and arguments on one line, shortened. */
  readonly summary: string;
}

export interface DockerfileText {
  /** The escape character: `\`, or a backtick when the Dockerfile has a directive for it. */
  readonly escape: string;
  readonly instructions: readonly Instruction[];
}

const KEYWORDS = [
  'ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'MAINTAINER', 'ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME',
  'WORKDIR',
];

/** The flags that an engine knows. It refuses all others. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  ADD: ['checksum', 'chmod', 'chown', 'exclude', 'keep-git-dir', 'link', 'unpack'],
  COPY: ['chmod', 'chown', 'exclude', 'from', 'link', 'parents'],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'retries', 'start-interval', 'start-period', 'timeout'],
  RUN: ['device', 'mount', 'network', 'security'],
};

/** The flags that can stand without a value. */
const SWITCHES = ['keep-git-dir', 'link', 'parents', 'unpack'];

const SUMMARY_LENGTH = 100;

export function readInstructions(text: string): DockerfileText {
  const lines = text.replace(/^\uFEFF/, '').split(/(?<=\n)/);
  const escape = escapeOf(lines);
  const continued = escape === '`' ? /(^|[^`])`[ \t]*$/ : /(^|[^\\])\\[ \t]*$/;
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length;) {
    const line = at + 1;
    const pieces = [lines[at++].trim()];
    if (pieces[0] === '' || pieces[0].startsWith('#')) continue;
    // What is before the last piece does not end with an escape character.
    while (continued.test(pieces.at(-1)!)) {
      pieces.push(pieces.pop()!.replace(continued, '$1'));
      while (at < lines.length && /^\s*(#|$)/.test(lines[at])) at++;
      if (at >= lines.length) break;
      pieces.push(withoutLineEnd(lines[at++]));
    }
    located(line, () => {
      const instruction = instructionOf(pieces.join('').trim(), line, escape);
      const documents = hereDocumentsOf(instruction).map((marker) => {
        let end = at;
        while (end < lines.length && !isEnd(lines[end], marker)) end++;
        if (end === lines.length) throw new DockerfileError(`the here-document <<${marker.name} has no end; add a line with ${marker.name} alone`);
        const content = lines.slice(at, end).map((candidate) => marker.tabs ? candidate.replace(/^\t+/, '') : candidate).join('');
        at = end + 1;
        return { name: marker.name, content, expand: marker.expand };
      });
      instructions.push({ ...instruction, documents });
    });
  }
  return { escape, instructions };
}

/** The instruction that an ONBUILD instruction keeps for later. */
export function triggerOf(onbuild: Instruction, escape: string): Instruction {
  return { ...instructionOf(onbuild.text, onbuild.line, escape), documents: onbuild.documents };
}

/** Adds the line to errors that have none. */
export function located<T>(line: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof DockerfileError) error.line ??= line;
    throw error;
  }
}

/** A regular expression would look again for the end at each of many line feeds. */
function withoutLineEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === '\n' || line[end - 1] === '\r')) end--;
  return line.slice(0, end);
}

/** Directives stand before everything else. https://docs.docker.com/reference/dockerfile/#parser-directives */
function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const [, name, value] = /^#\s*([a-z]\w*)\s*=\s*(.+)$/i.exec(line.trim()) ?? [];
    if (name === undefined) break;
    if (name.toLowerCase() !== 'escape') continue;
    if (value !== '\\' && value !== '`') throw new DockerfileError(`the escape character is ${value}; use \\ or \``);
    return value;
  }
  return '\\';
}

function instructionOf(joined: string, line: number, escape: string): Instruction {
  const [, word, rest = ''] = /^(\S+)(?:\s+([^]*))?$/.exec(joined)!;
  const keyword = word.toUpperCase();
  if (!KEYWORDS.includes(keyword)) throw new DockerfileError(`the Dockerfile has the unknown instruction ${word}`);
  const { flags, text } = flagsOf(rest, escape);
  for (const [name, value] of flags) {
    const known = FLAGS[keyword] ?? [];
    if (!known.includes(name)) throw new DockerfileError(`${keyword} has the unknown flag --${name}${known.length > 0 ? `; it can have --${known.join(', --')}` : ''}`);
    if (value === undefined && !SWITCHES.includes(name)) throw new DockerfileError(`the flag --${name} of ${keyword} has no value; write --${name}=<value>`);
  }
  const full = `${keyword} ${rest.replace(/\s+/g, ' ')}`.trim();
  const summary = full.length > SUMMARY_LENGTH ? `${full.slice(0, SUMMARY_LENGTH - 3)}...` : full;
  return { line, keyword, flags, text, documents: [], summary };
}

/** Flags are the words at the beginning that start with `--`. A lone `--` ends them. */
function flagsOf(text: string, escape: string): { flags: [string, string | undefined][]; text: string } {
  const flags: [string, string | undefined][] = [];
  let rest = text;
  while (rest.startsWith('--')) {
    const [word] = wordsOf(rest, escape, 1);
    rest = rest.slice(word.length).trimStart();
    if (word === '--') break;
    const plain = word.slice(2).replace(/(["'])(.*?)\1/g, '$2');
    const at = plain.indexOf('=');
    flags.push(at < 0 ? [plain, undefined] : [plain.slice(0, at), plain.slice(at + 1)]);
  }
  return { flags, text: rest.trim() };
}

interface Marker {
  readonly name: string;
  readonly expand: boolean;
  /** Whether tabs at the beginning of its lines are removed. */
  readonly tabs: boolean;
}

/** The here-documents that begin in an instruction. https://docs.docker.com/reference/dockerfile/#here-documents */
function hereDocumentsOf({ keyword, text }: Instruction): Marker[] {
  const contains = ['ADD', 'COPY', 'RUN'];
  if (!contains.includes(keyword) && !(keyword === 'ONBUILD' && contains.includes(text.split(/\s/, 1)[0].toUpperCase()))) return [];
  return markersOf(text);
}

export function markersOf(text: string): Marker[] {
  const words = wordsOf(text.replace(/(<<-?)[ \t]+(?=[^<\s])/g, '$1'), '\\');
  return words.flatMap((word) => markerOf(word) ?? []);
}

/** Undefined for a word that begins no here-document. */
export function markerOf(word: string): Marker | undefined {
  const [, dash, quoted] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? [];
  if (quoted === undefined) return undefined;
  const name = quoted.replace(/\\(.)|["']/g, '$1');
  return name === '' ? undefined : { name, expand: !/["']/.test(quoted), tabs: dash === '-' };
}

function isEnd(line: string, { name, tabs }: Marker): boolean {
  const text = withoutLineEnd(line);
  return (tabs ? text.replace(/^\t+/, '') : text) === name;
}
