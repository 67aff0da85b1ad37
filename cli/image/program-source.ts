import type { ImageFiles, SkippedStep } from './image-files';

/** Where an image has a program from, when the Dockerfile names it; otherwise undefined. */
export function namedSourceOf(program: string, { base, skipped }: Pick<ImageFiles, 'base' | 'skipped'>): string | undefined {
  const [whole, stem] = [nameOf(program), nameOf(program).replace(/(?<=\w)[\d.]+$/, '')];
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

function placeOf({ instruction, line }: SkippedStep): string {
  return `${instruction} (line ${line} of the Dockerfile)`;
}

/** A command that only starts the program does not bring it: `meltano install`, `odc-stats --version`. */
function brings({ text }: SkippedStep, name: string): boolean {
  return names(withoutStarts(text, name), name);
}

function withoutStarts(text: string, name: string): string {
  return text.replace(new RegExp(`(^|[;&|]\\s*)${escaped(name)}(\\s[^;&|]*|$)`, 'gm'), '$1');
}

function installs({ text }: SkippedStep, name: string): boolean {
  return new RegExp(`install[^&;]*\\s${escaped(name)}(\\s|$)`).test(text);
}

/** Whether a word begins with a name, as that of a package does: `aws-cli` and `awscli` for `aws`. A short name is a word of its own: `R`, `bc`. `.aws` is a file. */
function names(text: string, name: string): boolean {
  return new RegExp(`(?<![A-Za-z0-9.])${escaped(name)}${name.length < 3 ? '(?![A-Za-z0-9])' : ''}`).test(text);
}

function escaped(name: string): string {
  return name.replace(/[^\w]/g, '\\$&');
}
