import type { ImageFiles, SkippedStep } from './image-files';

/** No file has a longer name. https://man7.org/linux/man-pages/man7/path_resolution.7.html */
const LONGEST_NAME = 255;

/** Where an image has a program from, when the Dockerfile names it; otherwise undefined. */
export function namedSourceOf(program: string, { base, skipped }: Pick<ImageFiles, 'base' | 'skipped'>): string | undefined {
  const [whole, stem] = [nameOf(program), stemOf(nameOf(program))];
  const step = skipped.find((candidate) => brings(candidate, whole)) ?? skipped.find((candidate) => brings(candidate, stem));
  // `FROM python` rather than `RUN pip install python-dateutil`.
  if (names(base, stem) && !(step && installs(step, stem))) return `Its base image, ${base},`;
  return step && placeOf(step);
}

/** Where an image may have a program from. The last instruction that installs something is the likeliest one. */
export function sourceOf(program: string, { base, skipped }: Pick<ImageFiles, 'base' | 'skipped'>): string {
  const source = namedSourceOf(program, { base, skipped });
  if (source !== undefined) return source;
  const last = skipped.filter(({ text }) => /install|build/.test(withoutStarts(text, nameOf(program)))).at(-1) ?? skipped.at(-1);
  if (last === undefined) return `Its base image, ${base},`;
  return `${placeOf(last)}${skipped.length > 1 ? ', another instruction that is not carried out,' : ''} or its base image, ${base},`;
}

function nameOf(program: string): string {
  return program.split('/').at(-1)!;
}

/** `python` of `python3.13`. */
function stemOf(name: string): string {
  let end = name.length;
  while (end > 1 && /[\d.]/.test(name[end - 1])) end--;
  while (end < name.length && !/\w/.test(name[end - 1])) end++;
  return name.slice(0, end);
}

function placeOf({ instruction, line }: SkippedStep): string {
  return `${instruction} (line ${line} of the Dockerfile)`;
}

/** A command that only starts the program does not bring it: `meltano install`, `odc-stats --version`. */
function brings({ text }: SkippedStep, name: string): boolean {
  return names(withoutStarts(text, name), name);
}

function withoutStarts(text: string, name: string): string {
  if (name.length > LONGEST_NAME) return text;
  return text.replace(new RegExp(`(^|[;&|]\\s*)${escaped(name)}(\\s[^;&|]*|$)`, 'gm'), '$1');
}

function installs({ text }: SkippedStep, name: string): boolean {
  return text.split(/[&;]/).some((command) => command.includes('install') && command.slice(command.indexOf('install')).split(/\s+/).slice(1).includes(name));
}

/** Whether a word begins with a name, as that of a package does: `aws-cli` and `awscli` for `aws`. A short name is a word of its own: `R`, `bc`. `.aws` is a file. */
function names(text: string, name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  return new RegExp(`(?<![A-Za-z0-9.])${escaped(name)}${name.length < 3 ? '(?![A-Za-z0-9])' : ''}`).test(text);
}

function escaped(name: string): string {
  return name.replace(/[^\w]/g, '\\$&');
}
