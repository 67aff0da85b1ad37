import * as path from 'node:path';
import { Dockerfile, DockerfileParser, Instruction } from 'dockerfile-ast';
import { DockerfileError, valueOf, WordError, wordsOf } from './dockerfile-words';

/** The configuration of an image. */
export interface ImageConfig {
  /** ENTRYPOINT and CMD together. Undefined when the Dockerfile has none: then it comes from the base image, which is not known. */
  readonly command?: string[];
  /** ENTRYPOINT alone. The command of a job is appended to it. */
  readonly entrypoint: string[];
  readonly environment: Record<string, string>;
  readonly workingDirectory: string;
}

export interface BuildOptions {
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** The name of a stage. Undefined for the last stage. */
  readonly target?: string;
  /** For example `linux/amd64`. Undefined for the platform of this machine. */
  readonly platform?: string;
  /** The environment variables that every base image is assumed to have. */
  readonly baseEnvironment?: Readonly<Record<string, string>>;
}

const KEYWORDS = [
  'ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'MAINTAINER', 'ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME',
  'WORKDIR',
];

interface Stage {
  args: Record<string, string>;
  /** The variables that the next instruction sees. */
  variables: Record<string, string>;
  environment: Record<string, string>;
  workingDirectory: string;
  shell: string[];
  entrypoint?: string[];
  cmd?: { words: string[]; inherited?: boolean };
  /** The ONBUILD instructions. They are applied in a stage that is based on this one. */
  triggers: string[];
  /** Why the stage cannot be built. That does not matter unless the image needs the stage. */
  error?: WordError;
}

export { DockerfileError };

/** Reads the configuration that the image of a Dockerfile would have, without building it. https://docs.docker.com/reference/dockerfile/ */
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
    this.globals = { ...platformArgs(options.platform), ...pick(options.buildArgs, Object.keys(platformArgs())) };
  }

  /** The stage that becomes the image. */
  stage(): Stage {
    const target = this.options.target?.toLowerCase();
    const stages = new Map<string, Stage>();
    let stage: Stage | undefined;
    // The stages behind the target are read as well: an engine refuses a Dockerfile with an instruction that it cannot read.
    for (const instruction of this.dockerfile.getInstructions()) {
      const keyword = instruction.getKeyword();
      if (!KEYWORDS.includes(keyword)) throw new DockerfileError(`the Dockerfile has the unknown instruction ${instruction.getInstruction()}`);
      if (keyword === 'FROM') {
        const [base, alias] = this.fromOf(instruction);
        const name = alias?.toLowerCase();
        stage = this.begin(stages.get(base.toLowerCase()));
        if (name !== undefined) stages.set(name, stage);
      } else if (stage) {
        this.apply(stage, keyword, this.argumentsOf(instruction));
      } else if (keyword === 'ARG') {
        this.declare(this.globals, this.argumentsOf(instruction));
      }
    }
    const image = target === undefined ? stage : stages.get(target);
    if (!image) throw new DockerfileError(target === undefined ? 'the Dockerfile has no FROM' : `the Dockerfile has no stage '${this.options.target}'`);
    if (image.error) throw image.error;
    return image;
  }

  private begin(parent?: Stage): Stage {
    const { baseEnvironment } = this.options;
    if (!parent) return { args: {}, variables: { ...baseEnvironment }, environment: {}, workingDirectory: '/', shell: ['/bin/sh', '-c'], triggers: [] };
    const { args, environment, cmd, triggers } = parent;
    const stage = {
      ...parent,
      args: { ...args },
      variables: { ...args, ...baseEnvironment, ...environment }, // a variable of the image wins over an ARG of its stage
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
    try {
      this.applyTo(stage, keyword, text);
    } catch (error) {
      if (!(error instanceof WordError)) throw error;
      stage.error ??= error;
    }
  }

  private applyTo(stage: Stage, keyword: string, text: string): void {
    switch (keyword) {
      case 'ARG':
        Object.assign(stage.args, this.declare(stage.variables, text));
        break;
      case 'ENV': {
        // All values of an ENV instruction see the variables as they were before it.
        const assignments = this.environmentOf(text).map(([key, value]) => [key, this.valueOf(value, stage.variables)]);
        for (const variables of [stage.environment, stage.variables]) Object.assign(variables, Object.fromEntries(assignments));
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
        // An ENTRYPOINT resets the CMD of the base stage, but not one of its own stage.
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

  /** Each name of an ARG instruction sees the ones before it. */
  private declare(variables: Record<string, string>, text: string): Record<string, string> {
    const args: Record<string, string> = {};
    for (const word of wordsOf(text, this.escape)) {
      const [key, value] = keyAndValue(word);
      const assigned = this.options.buildArgs?.[key] ?? (value === undefined ? this.globals[key] : this.valueOf(value, variables));
      if (assigned !== undefined) args[key] = variables[key] = assigned;
    }
    return args;
  }

  /** The `key=value` pairs of an ENV instruction, or its `key value` in the old form. */
  private environmentOf(text: string): [string, string][] {
    const oldForm = /^([^\s=]+)\s+([^]+)$/.exec(text);
    if (oldForm) return [[oldForm[1], oldForm[2]]];
    return wordsOf(text, this.escape).map((word) => {
      const [key, value] = keyAndValue(word);
      if (value === undefined) throw new DockerfileError(`ENV ${text} has no value for ${key}`);
      return [key, value];
    });
  }

  private valueOf(text: string, variables: Record<string, string>): string {
    return valueOf(text, { variables, escape: this.escape });
  }

  /** The base and the name of the stage that a FROM instruction begins. */
  private fromOf(instruction: Instruction): [string, string | undefined] {
    const words = instruction.getArguments().map((argument) => argument.getValue()).filter((word) => !word.startsWith('--'));
    return [this.valueOf(words[0] ?? '', this.globals), words[1]?.toUpperCase() === 'AS' ? words[2] : undefined];
  }

  /** The text behind the keyword. Its lines are joined, without the comments and empty lines between them. */
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

function pick(values: Readonly<Record<string, string>> = {}, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)));
}

function shellForm(stage: Stage, command: string): string[] {
  return command === '' ? [] : [...stage.shell, command];
}

/** The words of the exec form, `["a", "b"]`. Undefined for a text that is not a JSON list. */
function execForm(text: string): string[] | undefined {
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(words)) return undefined;
  if (!words.every((word) => typeof word === 'string')) throw new DockerfileError(`${text} has an element that is not a string`);
  return words;
}

function keyAndValue(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
