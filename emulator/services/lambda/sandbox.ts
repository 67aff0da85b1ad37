import * as crypto from 'node:crypto';
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
  /** The directory with the bundle, `index.js`. */
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

/** The globals that a bundle gets as parameters, in the order of `globals()`. */
const PARAMETERS = [
  'exports', 'require', 'module', '__filename', '__dirname', 'process', 'Date', 'Math', 'console', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval',
  '__import',
];
/** Compiled bundles, by file. */
const compiled = new Map<string, Function>();

/**
 * An instance of a bundled function, in this process. The bundle is compiled as a function whose parameters have the names of
 * globals: so it gets an environment of its own and the time of the shared clock, and its requests are counted as work.
 */
export class Sandbox {
  readonly handler: Handler;
  private readonly requests = new Set<http.ClientRequest>();
  private isDead = false;

  constructor(private readonly options: SandboxOptions) {
    const file = path.join(options.directory, 'index.js');
    let bundle = compiled.get(file);
    if (!bundle) {
      // The AWS SDK loads modules of Node.js with `import()`, which is syntax and cannot be a parameter.
      const source = fs.readFileSync(file, 'utf8').replace(/\bimport\((?=["'])/g, '__import(');
      bundle = vm.compileFunction(source, PARAMETERS, { filename: file });
      compiled.set(file, bundle);
    }
    const module = { exports: {} as Record<string, Handler> };
    const require = this.require(file);
    bundle.call(module.exports, module.exports, require, module, file, options.directory, ...this.globals(), async (name: string) => require(name));
    this.handler = module.exports[options.handler.split('.').at(-1)!];
    if (typeof this.handler !== 'function') throw new Error(`${file} exports no '${options.handler}'`);
  }

  /** From now on its requests fail and its timers do not fire. */
  kill(): void {
    this.isDead = true;
    this.requests.forEach((request) => request.destroy());
  }

  private globals(): unknown[] {
    const { clock, random, environment, onLog } = this.options;
    const log = (...values: unknown[]) => onLog(values.map((value) => typeof value === 'string' ? value : JSON.stringify(value)).join(' '));
    // A warning is a line of the log, as in AWS. What the SDK says about the Node.js of this machine is not true there.
    const emitWarning = (warning: unknown) => { if (!String(warning).startsWith('NodeVersionSupportWarning')) log(String(warning)); };
    // In AWS only the instance would end. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
    const exit = (code: unknown) => { throw new Error(`the function has called process.exit(${code ?? ''})`); };
    const ownProcess = Object.create(process, { env: { value: environment, writable: true }, emitWarning: { value: emitWarning }, exit: { value: exit } });
    const setTimeout = (action: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) => timerHandle(clock.after(delay, () => {
      if (!this.isDead) action(...args);
    }));
    const setInterval = (action: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) => {
      let timer: Timer;
      let isCleared = false;
      const arm = () => {
        timer = clock.after(Math.max(delay, 1), () => {
          if (!this.isDead) action(...args);
          if (!this.isDead && !isCleared) arm(); // the action may have cleared it
        });
      };
      arm();
      return timerHandle({ cancel: () => { isCleared = true; timer.cancel(); } });
    };
    const clearTimer = (timer?: Timer) => timer?.cancel?.();
    const ownMath = Object.create(Math, { random: { value: random } });
    return [ownProcess, dateOf(clock), ownMath, { log, info: log, warn: log, error: log, debug: log }, setTimeout, clearTimer, setInterval, clearTimer];
  }

  private require(file: string): (name: string) => unknown {
    const originalRequire = createRequire(file);
    const wrapped: Record<string, unknown> = Object.fromEntries(Object.entries<object>({
      'http': this.withCountedRequests(http),
      'https': this.withCountedRequests(https),
      'crypto': { ...crypto, randomBytes: (size: number) => Buffer.from(Array.from({ length: size }, () => Math.floor(256 * this.options.random()))) },
      'fs': { ...fs, promises: this.withCountedPromises(fs.promises) },
      'fs/promises': this.withCountedPromises(fsPromises),
    }).map(([name, module]) => [name, { ...module, default: module }])); // with `import()`, the module is the default export too
    return (name) => wrapped[name.replace(/^node:/, '')] ?? originalRequire(name);
  }

  /** A request counts as work from its call until its response has been read, or until it fails. */
  private withCountedRequests<T extends typeof http | typeof https>(module: T): T {
    const { activity } = this.options;
    const request = (...args: unknown[]) => {
      const sentRequest = (module.request as (...all: unknown[]) => http.ClientRequest)(...args);
      const workId = activity.begin();
      sentRequest.setHeader(WORK_HEADER, workId);
      this.requests.add(sentRequest);
      const end = () => {
        this.requests.delete(sentRequest);
        activity.end(workId);
      };
      sentRequest.once('close', end);
      sentRequest.once('response', (response) => response.once('end', end));
      if (this.isDead) sentRequest.destroy(new Error('the instance of the function has been killed'));
      return sentRequest;
    };
    return { ...module, request };
  }

  /** A promise that a function of the module returns counts as work until it settles. */
  private withCountedPromises<T extends object>(module: T): T {
    const { activity } = this.options;
    return Object.fromEntries(Object.entries(module).map(([name, value]) => [name, typeof value === 'function' ? (...args: unknown[]) => {
      const result = value.apply(module, args);
      // `instanceof Promise` would be false under Jest, where the promises of Node.js are of another realm.
      return typeof result?.then === 'function' ? activity.track(result) : result;
    } : value])) as T;
  }
}

/** A timer as Node.js has it, with the methods that the AWS SDK calls. */
function timerHandle(timer: Timer) {
  const self = { cancel: () => timer.cancel(), unref: () => self, ref: () => self, hasRef: () => true };
  return self;
}

/** `Date`, with the time of the clock. */
function dateOf(clock: Clock): DateConstructor {
  return new Proxy(Date, {
    construct: (target, args) => args.length === 0 ? new target(clock.now()) : Reflect.construct(target, args),
    apply: () => new Date(clock.now()).toString(),
    get: (target, name) => name === 'now' ? () => Math.floor(clock.now()) : Reflect.get(target, name),
  });
}
