/** The stages of a Dockerfile: their configuration, and what they do to their files. https://docs.docker.com/build/building/multi-stage/ */
import * as os from 'node:os';
import { DockerfileError, valueOf, WordError, wordsOf } from './dockerfile-words';
import { Stage } from './image-recipe';
import { Instruction, located, readInstructions, triggerOf } from './instruction-text';
import { copyStep, execForm, resolvePath, runStep } from './steps';

export interface BuildOptions {
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** The name of a stage. Undefined for the last stage. */
  readonly target?: string;
  /** For example `linux/amd64`. Undefined for the platform of this machine. */
  readonly platform?: string;
  /** The environment variables that every base image is assumed to have. */
  readonly baseEnvironment?: Readonly<Record<string, string>>;
}

/** Reads a Dockerfile, and returns the stage that becomes the image. */
export function readStages(text: string, options: BuildOptions = {}): Stage {
  return new Build(text, options).target();
}

class Build {
  private readonly escape: string;
  private readonly instructions: readonly Instruction[];
  private readonly globals: Record<string, string>;
  private readonly stages: Stage[] = [];

  constructor(text: string, private readonly options: BuildOptions) {
    ({ escape: this.escape, instructions: this.instructions } = readInstructions(text));
    this.globals = { ...platformArgs(options.platform), ...pick(options.buildArgs, Object.keys(platformArgs())) };
  }

  target(): Stage {
    // The stages behind the target are read as well: an engine refuses a Dockerfile with an instruction that it cannot read.
    for (const instruction of this.instructions) located(instruction.line, () => this.read(instruction));
    this.connect();
    const { target } = this.options;
    const image = target === undefined ? this.stages.at(-1) : this.byName(target);
    if (!image) throw new DockerfileError(target === undefined ? 'the Dockerfile has no FROM' : `the Dockerfile has no stage '${target}'`);
    for (const { error } of neededStages(image)) if (error) throw error;
    return image;
  }

  private read(instruction: Instruction): void {
    const stage = this.stages.at(-1);
    if (instruction.keyword === 'FROM') this.stages.push(this.begin(instruction));
    else if (stage) this.apply(stage, instruction);
    else if (instruction.keyword === 'ARG') this.declare(this.globals, instruction.text);
    else throw new DockerfileError(`the Dockerfile has no FROM before ${instruction.summary}`);
  }

  private begin({ text, summary }: Instruction): Stage {
    const [image = '', as, alias, ...more] = text.split(/\s+/);
    if (image === '' || more.length > 0 || (as !== undefined && (as.toUpperCase() !== 'AS' || alias === undefined))) {
      throw new DockerfileError(`${summary} is not FROM <image> or FROM <image> AS <name>`);
    }
    const name = alias?.toLowerCase();
    if (name !== undefined && !/^[a-z][a-z0-9-_.]*$/.test(name)) throw new DockerfileError(`${alias} cannot name a stage; begin with a letter, then use letters, digits, -, _ and .`);
    const base = this.valueOf(image, this.globals);
    if (base === '') throw new DockerfileError(`the image in ${summary} is blank; give its ARG a default before FROM, or a value in the build arguments`);
    const parent = this.byName(base);
    const { baseEnvironment } = this.options;
    const identity = { name, index: this.stages.length, steps: [], triggers: [] };
    if (!parent) {
      return { ...identity, base, args: {}, variables: { ...baseEnvironment }, environment: {}, workingDirectory: '/', shell: ['/bin/sh', '-c'], volumes: [] };
    }
    const { args, environment, cmd, triggers, volumes } = parent;
    const stage: Stage = {
      ...parent,
      ...identity,
      parent,
      args: { ...args },
      variables: { ...args, ...baseEnvironment, ...environment }, // a variable of the image wins over an ARG of its stage
      environment: { ...environment },
      cmd: cmd && { ...cmd, inherited: true },
      volumes: [...volumes],
    };
    for (const trigger of triggers) this.apply(stage, trigger);
    return stage;
  }

  /** Finds the stages of `--from`. Only now all stages are known, and an engine refuses a stage that stands behind. */
  private connect(): void {
    for (const stage of this.stages) {
      for (const step of stage.steps) {
        if (step.kind !== 'copy' || step.from === undefined) continue;
        const { from, instruction } = step;
        const source = /^\d+$/.test(from) ? this.stages[Number(from)] : this.byName(from);
        if (source && source.index < stage.index) {
          step.stage = source;
        } else if (source || /^\d+$/.test(from)) {
          const error = new DockerfileError(`${instruction.summary} copies from stage ${from}, which is not before its own stage`);
          error.line = instruction.line;
          if (!source || source === stage) throw error;
          stage.error ??= error;
        }
      }
    }
  }

  /** The last stage of this name, in any case. */
  private byName(name: string): Stage | undefined {
    return this.stages.filter((stage) => stage.name === name.toLowerCase()).at(-1);
  }

  private apply(stage: Stage, instruction: Instruction): void {
    try {
      located(instruction.line, () => this.applyTo(stage, instruction));
    } catch (error) {
      if (!(error instanceof WordError)) throw error;
      stage.error ??= error;
    }
  }

  private applyTo(stage: Stage, instruction: Instruction): void {
    const { keyword, text } = instruction;
    if (text === '' && ['STOPSIGNAL', 'USER', 'WORKDIR'].includes(keyword)) throw new DockerfileError(`${keyword} has no value`);
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
        stage.workingDirectory = resolvePath(stage.workingDirectory, this.valueOf(text, stage.variables));
        stage.steps.push({ kind: 'directory', instruction, path: stage.workingDirectory, owner: stage.user });
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
      case 'USER':
        stage.user = this.valueOf(text, stage.variables) || undefined;
        break;
      case 'STOPSIGNAL':
        stage.stopSignal = this.valueOf(text, stage.variables);
        if (!isSignal(stage.stopSignal)) throw new WordError(`'${stage.stopSignal}' is not a signal; use a name such as SIGINT, or a number`);
        break;
      case 'VOLUME':
        for (const word of execForm(text) ?? text.split(/\s+/)) {
          const volume = this.valueOf(word, stage.variables);
          if (volume === '') throw new WordError(`${instruction.summary} has an empty path`);
          stage.volumes.push(volume);
          stage.steps.push({ kind: 'directory', instruction, path: resolvePath('/', volume) });
        }
        break;
      case 'COPY':
      case 'ADD':
        stage.steps.push(copyStep(instruction, stage, this.escape));
        break;
      case 'RUN':
        stage.steps.push(runStep(instruction, stage));
        break;
      case 'ONBUILD':
        stage.triggers.push(triggerOf(instruction, this.escape));
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
}

/** A stage, the stages below it, and the stages from which they copy. */
export function neededStages(stage: Stage, found = new Set<Stage>()): Set<Stage> {
  if (found.has(stage)) return found;
  found.add(stage);
  if (stage.parent) neededStages(stage.parent, found);
  for (const step of stage.steps) if (step.kind === 'copy' && step.stage) neededStages(step.stage, found);
  return found;
}

/** https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
function platformArgs(platform?: string): Record<string, string> {
  const own = `linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
  return Object.fromEntries([['TARGET', platform ?? own], ['BUILD', own]].flatMap(([prefix, value]) => {
    const [system, architecture, variant = ''] = value.split('/');
    return [[`${prefix}PLATFORM`, value], [`${prefix}OS`, system], [`${prefix}ARCH`, architecture], [`${prefix}VARIANT`, variant]];
  }));
}

function pick(values: Readonly<Record<string, string>> = {}, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)));
}

function shellForm(stage: Stage, command: string): string[] {
  return command === '' ? [] : [...stage.shell, command];
}

/** https://docs.docker.com/reference/dockerfile/#stopsignal */
function isSignal(text: string): boolean {
  const name = text.toUpperCase().replace(/^(SIG)?/, 'SIG');
  return /^[1-9]\d*$/.test(text) || name in os.constants.signals || /^SIGRTM(IN|AX)([-+]\d+)?$/.test(name);
}

function keyAndValue(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
