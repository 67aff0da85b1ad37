import * as fs from 'node:fs';
import * as fsPromises from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import * as vm from 'node:vm';
import { Activity, WORK_HEADER } from '../../activity';
import { Clock, Timer } from '../../clock';

export interface SandboxOptions {
  /** The folder of the bundle. */
  readonly directory: string;
  /** `index.handler` */
  readonly handler: string;
  readonly environment: Record<string, string>;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly random: () => number;
  readonly onLog: (line: string) => void;
}

export type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const PARAMETERS = [
  'exports', 'require', 'module', '__filename', '__dirname', 'process', 'Date', 'Math', 'console', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval',
  '__import',
];
const compiled = new Map<string, Function>();

/**
 * A bundled function as Lambda would load it, in this process. What it takes for globals are parameters of its source: the
 * environment is its own, time is the shared clock's, and its requests are counted, so that it is known when it waits for nothing
 * but the clock.
 */
export class Sandbox {
  readonly handler: Handler;
  private readonly requests = new Set<http.ClientRequest>();
  private dead = false;

  constructor(private readonly options: SandboxOptions) {
    const file = path.join(options.directory, 'index.js');
    let load = compiled.get(file);
    if (!load) {
      // `import()` is syntax, and cannot be a parameter; the SDK loads Node's own modules with it.
      const source = fs.readFileSync(file, 'utf8').replace(/\bimport\((?=["'])/g, '__import(');
      load = vm.compileFunction(source, PARAMETERS, { filename: file });
      compiled.set(file, load);
    }
    const module = { exports: {} as Record<string, Handler> };
    const require = this.require(file);
    load.call(module.exports, module.exports, require, module, file, options.directory, ...this.globals(), async (name: string) => require(name));
    this.handler = module.exports[options.handler.split('.').at(-1)!];
    if (typeof this.handler !== 'function') throw new Error(`${file} exports no '${options.handler}'`);
  }

  /** What it still does is done to nobody: its requests fail, its timers never fire. */
  kill(): void {
    this.dead = true;
    this.requests.forEach((request) => request.destroy());
  }

  private globals(): unknown[] {
    const { clock, random, environment, onLog } = this.options;
    const process2 = Object.create(process, { env: { value: environment, writable: true }, emitWarning: { value: () => undefined } });
    const log = (...words: unknown[]) => onLog(words.map((word) => typeof word === 'string' ? word : JSON.stringify(word)).join(' '));
    const later = (action: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) => handle(clock.after(delay, () => {
      if (!this.dead) action(...args);
    }));
    const every = (action: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) => {
      let timer: Timer;
      const arm = () => { timer = clock.after(Math.max(delay, 1), () => { if (!this.dead) { action(...args); arm(); } }); };
      arm();
      return handle({ cancel: () => timer.cancel() });
    };
    const clear = (timer?: Timer) => timer?.cancel?.();
    const math = Object.create(Math, { random: { value: random } });
    return [process2, dateOf(clock), math, { log, info: log, warn: log, error: log, debug: log }, later, clear, every, clear];
  }

  private require(file: string): (name: string) => unknown {
    const real = createRequire(file);
    const wrapped: Record<string, unknown> = Object.fromEntries(Object.entries<object>({
      'http': this.counting(http),
      'https': this.counting(https),
      'fs': { ...fs, promises: this.reading(fs.promises) },
      'fs/promises': this.reading(fsPromises),
      // An `import()` of a module of Node's has it as its default once more.
    }).map(([name, module]) => [name, { ...module, default: module }]));
    return (name) => wrapped[name.replace(/^node:/, '')] ?? real(name);
  }

  /** `request` is work from its call until the answer has been read, or failed. */
  private counting<T extends typeof http | typeof https>(module: T): T {
    const { activity } = this.options;
    const request = (...args: unknown[]) => {
      const sent = (module.request as (...all: unknown[]) => http.ClientRequest)(...args);
      const work = activity.begin();
      sent.setHeader(WORK_HEADER, work);
      this.requests.add(sent);
      const end = () => {
        this.requests.delete(sent);
        activity.end(work);
      };
      sent.once('close', end);
      sent.once('response', (response) => response.once('end', end));
      if (this.dead) sent.destroy(new Error('the function is dead'));
      return sent;
    };
    return { ...module, request };
  }

  private reading<T extends object>(module: T): T {
    const { activity } = this.options;
    return Object.fromEntries(Object.entries(module).map(([name, value]) => [name, typeof value === 'function' ? (...args: unknown[]) => {
      const result = value.apply(module, args);
      // Not by `instanceof`: under a test runner Node's own promises are of another realm.
      return typeof result?.then === 'function' ? activity.during(result) : result;
    } : value])) as T;
  }
}

/** Timers in Node are objects with methods; the SDK calls `unref`. */
function handle(timer: Timer) {
  const self = { cancel: () => timer.cancel(), unref: () => self, ref: () => self, hasRef: () => true };
  return self;
}

function dateOf(clock: Clock): DateConstructor {
  return new Proxy(Date, {
    construct: (of, args) => args.length === 0 ? new of(clock.now()) : Reflect.construct(of, args),
    apply: () => new Date(clock.now()).toString(),
    get: (of, name) => name === 'now' ? () => Math.floor(clock.now()) : Reflect.get(of, name),
  });
}
