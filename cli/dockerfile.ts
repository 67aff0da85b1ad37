import * as path from 'node:path';
import { Dockerfile, DockerfileParser, Instruction } from 'dockerfile-ast';
import { DockerfileError, valueOf, wordsOf } from './dockerfile-words';

/** What an image runs when its job says nothing else. */
export interface ImageConfig {
  /** Undefined when neither this Dockerfile nor a stage of it says so: it is in the base image. */
  readonly command?: string[];
  /** The ENTRYPOINT alone: what a job's own command is handed to. */
  readonly entrypoint: string[];
  readonly environment: Record<string, string>;
  readonly workingDirectory: string;
}

export interface BuildOptions {
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** A stage; the last one when there is none. */
  readonly target?: string;
  /** `linux/amd64`, for example; what this machine's engine would build for when there is none. */
  readonly platform?: string;
  /** What a base image is taken to have in its environment. */
  readonly baseEnvironment?: Readonly<Record<string, string>>;
}

const KEYWORDS = [
  'ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'MAINTAINER', 'ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME',
  'WORKDIR',
];

interface Stage {
  args: Record<string, string>;
  /** What its next instruction sees: the last ENV or ARG of a name. */
  variables: Record<string, string>;
  environment: Record<string, string>;
  workingDirectory: string;
  shell: string[];
  entrypoint?: string[];
  cmd?: { words: string[]; inherited?: boolean };
  /** The instructions that wait for a stage that is based on this one. */
  triggers: string[];
}

export { DockerfileError };

/** Reads what a Dockerfile's last stage, or its target, would leave in the image's configuration. https://docs.docker.com/reference/dockerfile/ */
export function readDockerfile(text: string, options: BuildOptions = {}): ImageConfig {
  const { entrypoint = [], cmd, environment, workingDirectory } = new Build(DockerfileParser.parse(text.replace(/^\uFEFF/, '')), options).stage();
  const words = [...entrypoint, ...cmd?.words ?? []];
  return { command: words.length > 0 ? words : undefined, entrypoint, environment, workingDirectory };
}

class Build {
  private readonly escape: string;
  private readonly globals: Record<string, string>;

  constructor(private readonly dockerfile: Dockerfile, private readonly options: BuildOptions) {
    this.escape = dockerfile.getEscapeCharacter();
    this.globals = { ...platformArgs(options.platform), ...given(platformArgs(), options.buildArgs) };
  }

  /** The stage that becomes the image. */
  stage(): Stage {
    const { target } = this.options;
    const stages = new Map<string, Stage>();
    let stage: Stage | undefined;
    let name: string | undefined;
    for (const instruction of this.dockerfile.getInstructions()) {
      const keyword = instruction.getKeyword();
      if (!KEYWORDS.includes(keyword)) throw new DockerfileError(`the Dockerfile has the unknown instruction ${instruction.getInstruction()}`);
      if (keyword === 'FROM') {
        if (stage && target !== undefined && name === target.toLowerCase()) return stage;
        const [image, alias] = this.fromOf(instruction);
        stage = this.begin(stages.get(image.toLowerCase()));
        name = alias?.toLowerCase();
        if (name !== undefined) stages.set(name, stage);
      } else if (stage) {
        this.apply(stage, keyword, this.argumentsOf(instruction));
      } else if (keyword === 'ARG') {
        this.declare(this.globals, this.argumentsOf(instruction));
      }
    }
    const last = target === undefined ? stage : stages.get(target.toLowerCase());
    if (!last) throw new DockerfileError(target === undefined ? 'the Dockerfile has no FROM' : `the Dockerfile has no stage '${target}'`);
    return last;
  }

  private begin(parent?: Stage): Stage {
    const { baseEnvironment } = this.options;
    if (!parent) return { args: {}, variables: { ...baseEnvironment }, environment: {}, workingDirectory: '/', shell: ['/bin/sh', '-c'], triggers: [] };
    const { args, environment, cmd, triggers } = parent;
    const stage = {
      ...parent,
      args: { ...args },
      variables: { ...args, ...baseEnvironment, ...environment }, // what is in an image is stronger than an ARG of before
      environment: { ...environment },
      cmd: cmd && { ...cmd, inherited: true },
      triggers: [],
    };
    for (const trigger of triggers) {
      const [, keyword, rest] = /^(\S+)\s*([^]*)$/.exec(trigger)!;
      this.apply(stage, keyword.toUpperCase(), rest);
    }
    return stage;
  }

  private apply(stage: Stage, keyword: string, text: string): void {
    switch (keyword) {
      case 'ARG':
        Object.assign(stage.args, this.declare(stage.variables, text));
        break;
      case 'ENV': {
        // All of one ENV see the variables as they were before it.
        const set = this.environmentOf(text).map(([key, value]) => [key, this.valueOf(value, stage.variables)]);
        for (const variables of [stage.environment, stage.variables]) Object.assign(variables, Object.fromEntries(set));
        break;
      }
      case 'WORKDIR':
        stage.workingDirectory = path.posix.resolve('/', stage.workingDirectory, this.valueOf(text, stage.variables));
        break;
      case 'SHELL':
        stage.shell = execForm(text) ?? stage.shell;
        break;
      case 'ENTRYPOINT':
        stage.entrypoint = execForm(text) ?? shellForm(stage, text);
        // It resets the CMD of its base, but not one of its own stage.
        if (stage.cmd?.inherited) stage.cmd = undefined;
        break;
      case 'CMD':
        stage.cmd = { words: execForm(text) ?? shellForm(stage, text) };
        break;
      case 'ONBUILD':
        stage.triggers = [...stage.triggers, text];
        break;
      default:
    }
  }

  /** Each ARG of an instruction sees those before it. */
  private declare(variables: Record<string, string>, text: string): Record<string, string> {
    const args: Record<string, string> = {};
    for (const word of wordsOf(text, this.escape)) {
      const [key, value] = keyAndValue(word);
      const set = this.options.buildArgs?.[key] ?? (value === undefined ? this.globals[key] : this.valueOf(value, variables));
      if (set !== undefined) args[key] = variables[key] = set;
    }
    return args;
  }

  /** The `key=value` pairs of an ENV, or the one `key value` of the old form. */
  private environmentOf(text: string): [string, string][] {
    const old = /^([^\s=]+)\s+([^]+)$/.exec(text);
    if (old) return [[old[1], old[2]]];
    return wordsOf(text, this.escape).map((word) => {
      const [key, value] = keyAndValue(word);
      if (value === undefined) throw new DockerfileError(`ENV ${text} gives ${key} no value`);
      return [key, value];
    });
  }

  private valueOf(text: string, variables: Record<string, string>): string {
    return valueOf(text, { variables, escape: this.escape });
  }

  private fromOf(instruction: Instruction): [string, string | undefined] {
    const words = instruction.getArguments().map((argument) => argument.getValue()).filter((word) => !word.startsWith('--'));
    return [this.valueOf(words[0] ?? '', this.globals), words[1]?.toUpperCase() === 'AS' ? words[2] : undefined];
  }

  /** What follows the keyword, its lines joined, without comments and empty lines between them. */
  private argumentsOf(instruction: Instruction): string {
    const lines = (instruction.getRawArgumentsContent() ?? '').split(/\r?\n/).filter((line, index) => index === 0 || !/^\s*(#|$)/.test(line));
    const end = this.escape === '`' ? /`[ \t]*$/ : /\\[ \t]*$/;
    return lines.map((line, index) => index === lines.length - 1 ? line : line.replace(end, '')).join('').trim();
  }
}

/** https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
function platformArgs(platform?: string): Record<string, string> {
  const own = `linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
  return Object.fromEntries([['TARGET', platform ?? own], ['BUILD', own]].flatMap(([prefix, value]) => {
    const [os, architecture, variant = ''] = value.split('/');
    return [[`${prefix}PLATFORM`, value], [`${prefix}OS`, os], [`${prefix}ARCH`, architecture], [`${prefix}VARIANT`, variant]];
  }));
}

/** Those of the values that are named already. */
function given(named: Record<string, string>, values: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key in named));
}

function shellForm(stage: Stage, command: string): string[] {
  return command === '' ? [] : [...stage.shell, command];
}

/** `["a", "b"]`, if that is what is written and it is JSON. */
function execForm(text: string): string[] | undefined {
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(words)) return undefined;
  if (!words.every((word) => typeof word === 'string')) throw new DockerfileError(`${text} is a list of something else than strings`);
  return words;
}

function keyAndValue(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
