import { Dockerfile, DockerfileParser, Instruction } from 'dockerfile-ast';

/** What an image runs when its job says nothing else. */
export interface ImageConfig {
  /** Undefined when neither this Dockerfile nor a stage of it says so: it is in the base image. */
  readonly command?: string[];
  /** The ENTRYPOINT alone: what a job's own command is handed to. */
  readonly entrypoint: string[];
  readonly environment: Record<string, string>;
  readonly workingDirectory: string;
}

interface Stage {
  readonly args: Record<string, string>;
  environment: Record<string, string>;
  workingDirectory: string;
  shell: string[];
  entrypoint?: string[];
  cmd?: { words: string[]; inherited?: boolean };
}

export class DockerfileError extends Error {
  readonly name = 'DockerfileError';
}

/** Reads what a Dockerfile's last stage, or its target, would leave in the image's configuration. https://docs.docker.com/reference/dockerfile/ */
export function readDockerfile(text: string, buildArgs: Record<string, string> = {}, target?: string): ImageConfig {
  const dockerfile = DockerfileParser.parse(text);
  const stages = new Map<string, Stage>();
  const globals: Record<string, string> = {};
  let stage: Stage | undefined;
  let name = '';
  let count = 0;
  for (const instruction of dockerfile.getInstructions()) {
    const keyword = instruction.getKeyword();
    if (keyword === 'FROM') {
      if (stage && target !== undefined && name === target.toLowerCase()) break;
      const [image, alias] = fromOf(instruction, { ...globals });
      const parent = stages.get(image.toLowerCase());
      stage = parent ? { ...parent, args: {}, environment: { ...parent.environment }, cmd: parent.cmd && { ...parent.cmd, inherited: true } } : { args: {}, environment: {}, workingDirectory: '/', shell: ['/bin/sh', '-c'] };
      name = (alias ?? String(count)).toLowerCase();
      stages.set(name, stage).set(String(count++), stage);
    } else if (keyword === 'ARG') {
      for (const [key, value] of declared(instruction, escapeOf(dockerfile))) {
        const variables = stage ? { ...stage.args, ...stage.environment } : globals;
        const given = buildArgs[key] ?? (value === undefined ? globals[key] : expand(value, variables));
        if (given !== undefined) (stage ? stage.args : globals)[key] = given;
      }
    } else if (stage) {
      apply(stage, keyword, instruction, escapeOf(dockerfile));
    }
  }
  const last = target === undefined ? stage : stages.get(target.toLowerCase());
  if (!last) throw new DockerfileError(target === undefined ? 'the Dockerfile has no FROM' : `the Dockerfile has no stage '${target}'`);
  const words = [...last.entrypoint ?? [], ...last.cmd?.words ?? []];
  return {
    command: words.length > 0 ? words : undefined,
    entrypoint: last.entrypoint ?? [],
    environment: last.environment,
    workingDirectory: last.workingDirectory,
  };
}

function apply(stage: Stage, keyword: string, instruction: Instruction, escape: string): void {
  const variables = { ...stage.args, ...stage.environment };
  switch (keyword) {
    case 'ENV':
      // All of one ENV see the variables as they were before it.
      for (const [key, value] of declared(instruction, escape)) stage.environment[key] = expand(value ?? '', variables);
      break;
    case 'WORKDIR': {
      const directory = expand(unquoted(argumentsOf(instruction, escape)), variables);
      stage.workingDirectory = normal(directory.startsWith('/') ? directory : `${stage.workingDirectory}/${directory}`);
      break;
    }
    case 'SHELL':
      stage.shell = execForm(instruction, escape) ?? stage.shell;
      break;
    case 'ENTRYPOINT':
      stage.entrypoint = execForm(instruction, escape) ?? shellForm(stage, instruction, escape);
      // It resets the CMD of its base, but not one of its own stage.
      if (stage.cmd?.inherited) stage.cmd = undefined;
      break;
    case 'CMD':
      stage.cmd = { words: execForm(instruction, escape) ?? shellForm(stage, instruction, escape) };
      break;
    default:
  }
}

function shellForm(stage: Stage, instruction: Instruction, escape: string): string[] {
  const command = argumentsOf(instruction, escape);
  return command === '' ? [] : [...stage.shell, command];
}

/** `["a", "b"]`, if that is what is written and it is JSON. */
function execForm(instruction: Instruction, escape: string): string[] | undefined {
  try {
    const words = JSON.parse(argumentsOf(instruction, escape));
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}

/** What follows the keyword, its lines joined. */
function argumentsOf(instruction: Instruction, escape: string): string {
  const lines = (instruction.getRawArgumentsContent() ?? '').split('\n').filter((line, index) => index === 0 || !/^\s*#/.test(line));
  return lines.join('\n').replace(lineEnds(escape), '').trim();
}

/** What joins a line with the next one. */
function lineEnds(escape: string): RegExp {
  return new RegExp(`${escape === '`' ? '`' : '\\\\'}[ \\t]*\\r?\\n`, 'g');
}

/** The `key=value` pairs of an ENV or ARG, or the one `key value` of the old form. */
function declared(instruction: Instruction, escape: string): [string, string | undefined][] {
  const text = argumentsOf(instruction, escape);
  if (instruction.getKeyword() === 'ENV' && !/^\S+=/.test(text)) {
    const [, key, value] = /^(\S+)\s+([^]*)$/.exec(text) ?? [];
    return key ? [[key, value]] : [];
  }
  const pairs = text.match(/(?:[^\s"'\\]|\\[^]|"(?:[^"\\]|\\[^])*"|'[^']*')+/g) ?? [];
  return pairs.map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, undefined] : [pair.slice(0, at), unquoted(pair.slice(at + 1))];
  });
}

/** Removes quotes and escapes; what was in single quotes or escaped is protected from expansion. */
function unquoted(text: string): string {
  return text.replace(/"((?:[^"\\]|\\[^])*)"|'([^']*)'|\\([^])/g, (_, double, single, escaped) => (
    double !== undefined ? double.replace(/\\(["\\])/g, '$1')
      : single !== undefined ? single.replace(/\$/g, '\u0000')
        : escaped === '$' ? '\u0000' : escaped
  ));
}

/** `$a`, `${a}`, `${a:-b}`, `${a:+b}`. */
function expand(text: string, variables: Record<string, string>): string {
  return text
    .replace(/\\\$/g, '\u0000')
    .replace(/\$(?:(\w+)|\{(\w+)(?::?([-+])((?:[^{}]|\{[^}]*\})*))?\})/g, (_, plain, braced, operator, word) => {
      const value = variables[plain ?? braced] ?? '';
      if (operator === '-') return value || expand(word, variables);
      if (operator === '+') return value ? expand(word, variables) : '';
      return value;
    })
    .replace(/\u0000/g, '$');
}

function fromOf(instruction: Instruction, args: Record<string, string>): [string, string | undefined] {
  const words = instruction.getArguments().map((argument) => argument.getValue()).filter((word) => !word.startsWith('--'));
  const as = words.findIndex((word) => word.toUpperCase() === 'AS');
  return [expand(words[0] ?? '', args), as < 0 ? undefined : words[as + 1]];
}

function escapeOf(dockerfile: Dockerfile): string {
  return dockerfile.getEscapeCharacter();
}

function normal(directory: string): string {
  const parts: string[] = [];
  for (const part of directory.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
