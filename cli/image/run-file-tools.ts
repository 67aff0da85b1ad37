/** The programs of a RUN instruction that only change files, carried out on the files of the image: chmod, mkdir, ln, cp, mv, rm, touch, chown. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { stageTree } from './build-context';
import { FileCopy } from './copy-files';
import { entryAt, isDirectoryAt } from './file-entries';
import { modeChange, modeOf, setMode } from './file-mode';
import { hasWildcard, nameMatcher, unescaped } from './file-pattern';
import { giveTo, ownerOf } from './owners';
import { RootDirectory } from './root-directory';
import { ShellWord } from './shell-commands';
import { resolvePath } from './steps';
import { isWithin } from '../../emulator/is-within';

/** A command cannot be followed, for example because its files come from the base image. */
export class NotFollowed extends Error {}

export const NOT_RUN = 'RUN steps do not run without an engine';

/** Programs that change no file. */
const WITHOUT_EFFECT = [':', 'cat', 'echo', 'env', 'ls', 'printf', 'pwd', 'set', 'true'];

const UMASK = 0o022; // of the shell of a RUN instruction

interface Arguments {
  readonly options: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

export class FileTools {
  /** Undefined after a `cd` that could not be followed. */
  private directory: string | undefined;

  /** @param roots the directories in which names of users are looked up */
  constructor(private readonly root: RootDirectory, directory: string, private readonly roots: readonly string[]) {
    this.directory = directory;
  }

  /**
   * @returns whether the command changes files
   * @throws NotFollowed when the command has to be left to an engine
   */
  run(words: readonly ShellWord[]): boolean {
    const [program, ...rest] = words.flatMap((word) => this.expand(word));
    const name = program.replace(/^(\/usr)?\/bin\//, '');
    if (name === 'cd') this.changeDirectory(rest);
    if (name === 'cd' || WITHOUT_EFFECT.includes(name)) return false;
    this.change(name, rest);
    return true;
  }

  private change(name: string, words: readonly string[]): void {
    switch (name) {
      case 'chmod': return this.changeMode(words);
      case 'chown': return this.changeOwner(words);
      case 'cp': return this.copy(words);
      case 'ln': return this.link(words);
      case 'mkdir': return this.makeDirectories(words);
      case 'mv': return this.move(words);
      case 'rm': return this.remove(words);
      case 'rmdir': return this.removeDirectories(words);
      case 'touch': return this.touch(words);
      default: throw new NotFollowed(NOT_RUN);
    }
  }

  /** A directory that is not known makes all relative paths behind it unknown. */
  forgetDirectory(): void {
    this.directory = undefined;
  }

  private changeDirectory(operands: readonly string[]): void {
    const [directory = '-'] = operands;
    if (operands.length > 1 || directory.startsWith('-')) {
      this.forgetDirectory();
      throw new NotFollowed(`cd ${directory} is not followed`);
    }
    this.directory = this.path(directory);
  }

  private changeMode(words: readonly string[]): void {
    const options = words.findIndex((word) => !/^-[Rvcf]+$/.test(word));
    const isRecursive = words.slice(0, Math.max(options, 0)).some((word) => word.includes('R'));
    const [mode = '', ...files] = words.slice(Math.max(options, 0));
    const change = modeChange(mode, UMASK);
    if (!change || files.length === 0) throw new NotFollowed(`chmod ${words.join(' ')} is not followed`);
    for (const place of files.map((file) => this.existing(file))) {
      each(place, isRecursive, (entry, stat) => {
        if (!stat.isSymbolicLink()) setMode(entry, change(modeOf(stat), stat.isDirectory()));
      });
    }
  }

  private changeOwner(words: readonly string[]): void {
    const { options, operands: [written = '', ...files] } = argumentsOf(words, 'Rvcfh', '', { recursive: 'R' });
    const name = written.replace(/^(\w+)\.(?=\w)/, '$1:'); // the old form
    const owner = ownerOf(name, this.roots);
    if (!owner) throw new NotFollowed(`the user or group of ${name} is not known`);
    // Without a colon only the user changes.
    const given = name.includes(':') ? owner : { uid: owner.uid };
    for (const place of files.map((file) => this.existing(file))) each(place, options.has('R'), (entry) => giveTo(entry, given));
  }

  private makeDirectories(words: readonly string[]): void {
    const { values, operands } = argumentsOf(words, 'pv', 'm', { parents: 'p', mode: 'm' });
    const mode = values.get('m');
    const change = mode === undefined ? undefined : modeChange(mode, 0);
    if (mode !== undefined && !change) throw new NotFollowed(`the mode ${mode} is not followed`);
    for (const operand of operands) {
      const imagePath = this.path(operand);
      const isNew = !fs.existsSync(this.root.resolve(imagePath));
      const place = this.root.makeDirectory(imagePath);
      if (isNew && change) setMode(place, change(0o777, true));
    }
  }

  private link(words: readonly string[]): void {
    const { options, operands } = argumentsOf(words, 'sfnvT', '', { 'symbolic': 's', 'force': 'f', 'no-dereference': 'n' });
    if (!options.has('s') || operands.length === 0) throw new NotFollowed('ln is followed only with -s');
    const targets = operands.length === 1 ? operands : operands.slice(0, -1);
    const destination = this.path(operands.length === 1 ? '.' : operands.at(-1)!);
    const isLink = entryAt(this.root.locate(destination))?.isSymbolicLink() === true;
    const isInto = this.root.isDirectory(destination) && !options.has('T') && !(options.has('n') && isLink);
    if (!isInto && targets.length > 1) throw new NotFollowed(`${destination} is not a directory`);
    for (const target of targets) {
      const imagePath = isInto ? resolvePath(destination, path.posix.basename(target)) : destination;
      this.root.makeDirectory(path.posix.dirname(imagePath));
      const place = this.root.locate(imagePath);
      const old = entryAt(place);
      if (old && (!options.has('f') || old.isDirectory())) throw new NotFollowed(`${imagePath} is there already`);
      if (old) fs.rmSync(place);
      fs.symlinkSync(target, place);
    }
  }

  private copy(words: readonly string[]): void {
    const { options, operands } = argumentsOf(words, 'rRafpvd', '', { recursive: 'r', archive: 'a', force: 'f', verbose: 'v' });
    const isRecursive = ['r', 'R', 'a'].some((option) => options.has(option));
    for (const { source, place, target, isContents } of this.transfers(operands)) {
      const isDirectory = fs.statSync(place).isDirectory();
      if (isDirectory && !isRecursive) throw new NotFollowed(`${source} is a directory, and cp has no -r`);
      if (isWithin(place, this.root.resolve(target))) throw new NotFollowed(`${target} is in ${source}`);
      const directory = isContents ? path.posix.dirname(target) : target;
      new FileCopy(stageTree(this.root), this.root).copy(source, directory);
    }
  }

  private move(words: readonly string[]): void {
    const { operands } = argumentsOf(words, 'fv', '', { force: 'f', verbose: 'v' });
    for (const { source, target, isContents } of this.transfers(operands)) {
      const from = this.root.locate(source);
      if (isContents || isWithin(from, this.root.locate(target))) throw new NotFollowed(`${source} cannot be moved to ${target}`);
      this.root.makeDirectory(path.posix.dirname(target));
      fs.renameSync(from, this.root.locate(target));
    }
  }

  /** The pairs of cp and mv: into a directory, or to a new name. */
  private transfers(operands: readonly string[]) {
    if (operands.length < 2) throw new NotFollowed('there is no destination');
    const written = operands.at(-1)!;
    const destination = this.path(written);
    const isInto = this.root.isDirectory(destination);
    if (!isInto && (operands.length > 2 || written.endsWith('/'))) throw new NotFollowed(`${destination} is not a directory`);
    return operands.slice(0, -1).map((operand) => {
      const source = this.path(operand);
      const place = this.existing(operand);
      // What is in `a/.` is copied, not `a` itself.
      const isContents = /(^|\/)\.$/.test(operand);
      return { source, place, target: isInto ? resolvePath(destination, path.posix.basename(isContents ? '_' : source)) : destination, isContents: isContents && isInto };
    });
  }

  private remove(words: readonly string[]): void {
    const { options, operands } = argumentsOf(words, 'rRfdv', '', { recursive: 'r', force: 'f' });
    for (const operand of operands) {
      const place = this.root.locate(this.path(operand));
      const entry = entryAt(place);
      // What comes from the base image is not there, and need not be removed.
      if (!entry) continue;
      if (place === this.root.directory || (entry.isDirectory() && !options.has('r') && !options.has('R'))) throw new NotFollowed(`${operand} is a directory`);
      fs.rmSync(place, { recursive: true });
    }
  }

  private removeDirectories(words: readonly string[]): void {
    for (const operand of argumentsOf(words, 'v', '', {}).operands) {
      const place = this.existing(operand);
      if (place === this.root.directory || fs.readdirSync(place).length > 0) throw new NotFollowed(`${operand} is not empty`);
      fs.rmdirSync(place);
    }
  }

  private touch(words: readonly string[]): void {
    const now = new Date();
    for (const operand of argumentsOf(words, 'acm', '', {}).operands) {
      const imagePath = this.path(operand);
      const place = this.root.resolve(imagePath);
      if (!isDirectoryAt(path.dirname(place))) throw notAdded(imagePath);
      if (fs.existsSync(place)) fs.utimesSync(place, now, now);
      else fs.writeFileSync(place, '', { mode: 0o644 });
    }
  }

  private path(operand: string): string {
    if (operand === '' || (this.directory === undefined && !operand.startsWith('/'))) throw new NotFollowed(`the directory of ${operand || "''"} is not known`);
    return resolvePath(this.directory ?? '/', operand);
  }

  /** The place of a file that the Dockerfile has added. All others are in the base image, or are made by a program that does not run. */
  private existing(operand: string): string {
    const imagePath = this.path(operand);
    const place = this.root.resolve(imagePath);
    if (!fs.existsSync(place)) throw notAdded(imagePath);
    return place;
  }

  /** The files that a pattern matches. As in a shell, the pattern itself when it matches none, and no hidden files. */
  private expand({ text, isPattern }: ShellWord): string[] {
    if (!isPattern) return [text];
    const names = text.split('/');
    let found = [''];
    for (const [index, name] of names.entries()) {
      const separator = index === names.length - 1 ? '' : '/';
      found = found.flatMap((parent) => {
        if (!hasWildcard(name)) return [`${parent}${unescaped(name)}${separator}`];
        const place = this.root.resolve(this.path(parent || '.'));
        if (!isDirectoryAt(place)) return [];
        const matches = nameMatcher(name.replace(/\[!/g, '[^'));
        return fs.readdirSync(place).sort().filter((entry) => (name.startsWith('.') || !entry.startsWith('.')) && matches(entry)).map((entry) => `${parent}${entry}${separator}`);
      });
    }
    const existing = found.filter((entry) => fs.existsSync(this.root.resolve(this.path(entry))));
    return existing.length > 0 ? existing : [unescaped(text)];
  }
}

/** @param flags the options without a value, @param valued those with one, @param long the long names of both */
function argumentsOf(words: readonly string[], flags: string, valued: string, long: Readonly<Record<string, string>>): Arguments {
  const options = new Set<string>();
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === '--') return { options, values, operands: [...operands, ...words.slice(at + 1)] };
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const [, name, assigned] = /^--([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
    const letters = name === undefined ? [...word.slice(1)] : [long[name] ?? ''];
    for (const [index, letter] of letters.entries()) {
      if (letter !== '' && flags.includes(letter)) {
        options.add(letter);
      } else if (letter !== '' && valued.includes(letter)) {
        const rest = name === undefined ? letters.slice(index + 1).join('') || undefined : assigned;
        values.set(letter, rest ?? words[++at] ?? '');
        break;
      } else {
        throw new NotFollowed(`the option ${word} is not followed`);
      }
    }
  }
  return { options, values, operands };
}

function each(place: string, isRecursive: boolean, action: (place: string, stat: fs.Stats) => void): void {
  const stat = fs.lstatSync(place);
  if (isRecursive && stat.isDirectory()) for (const name of fs.readdirSync(place)) each(path.join(place, name), true, action);
  action(place, stat);
}

function notAdded(imagePath: string): NotFollowed {
  return new NotFollowed(`${imagePath} is not among the files that the Dockerfile adds`);
}
