import { setTimeout } from 'node:timers/promises';
import { AppWatch, filesOf } from './app-watch';
import { withWorkspace, Workspace } from './containers/workspace';
import { onEnding } from './ending';
import { messageOf } from './errors';
import { EXIT } from './exit-codes';
import { synthesize } from './freshness';
import { pathOfJob, ServedApp, servedOf } from './jobs';
import { LocalApp, Told } from './local-app';
import { mountsOf } from './run-options';
import { onPort, ServedApi, ServedApis } from './serve-apis';
import { ServeLog } from './serve-log';
import { claimsOf, ServeOptions, validateOrigins, validatePorts } from './serve-options';
import { newerLine, SourceWatch } from './source-watch';
import { KeptApp } from './state/kept-app';
import { survive } from './survive';
import type { Output, Terminal } from './terminal';
import { visibleLine } from './visible-text';
import { readAssembly } from '../emulator/assembly/assembly';
import type { DeployedStateMachine } from '../emulator/assembly/deployment';
import { readDeployment } from '../emulator/assembly/read-deployment';
import { ScaledClock } from '../emulator/clock';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';

/** What other programs of this machine use. */
interface Served {
  readonly apis: readonly ServedApi[];
  readonly jobs: readonly { readonly path: string; readonly stateMachineArn: string }[];
  /** What an AWS SDK, or the AWS CLI, reads to call the services of the app. */
  readonly environment: Readonly<Record<string, string>>;
  /** The directory with what outlives this process. */
  readonly state?: string;
}

/** What an event about an execution says of it. */
type StatusDetail = Pick<Execution, 'stateMachineArn' | 'name' | 'status' | 'redriveCount'> & { readonly executionArn: string };

/** Milliseconds in which a moment without requests has to come, once a new app can be served. */
const GAP_TIME = 1_000;

/** Serves the APIs and the services of a synthesized app until a signal ends it. Returns the exit code. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<number> {
  const claims = claimsOf(options);
  validateOrigins(options);
  const log: Output = options.json ? terminal.stderr : terminal.stdout;
  const kept = options.state === false ? undefined : new KeptApp(options.state, (line) => log.write(`${line}\n`));
  try {
    if (options.synth) await synthesize(options.app);
    const files = filesOf(options.app);
    const app = readServed(options);
    validatePorts(options, app.deployment.httpApis.length);
    const exitCode = await withWorkspace((workspace) => new Server(app, options, terminal, workspace, kept).run(claims, files));
    return kept?.close() === false ? EXIT.FAILED : exitCode;
  } finally {
    kept?.close();
  }
}

function readServed({ app, allowOrigin }: ServeOptions): ServedApp {
  return withOrigins(servedOf(readDeployment(readAssembly(app))), allowOrigin);
}

/** An app that is served. */
class Server {
  private local: LocalApp;
  private readonly log: ServeLog;
  private readonly sources: SourceWatch;

  constructor(
    private app: ServedApp,
    private readonly options: ServeOptions,
    private readonly terminal: Terminal,
    private readonly workspace: Workspace,
    private readonly kept?: KeptApp,
  ) {
    this.local = new LocalApp(app.deployment, options, workspace, { keys: kept?.keys, clock: new ScaledClock(options.timeScale, kept?.now) });
    kept?.keepKeys(this.local.emulator.keys);
    this.log = new ServeLog(options.json ? terminal.stderr : terminal.stdout, () => this.local.clock.now());
    const outputs = [...Object.values(mountsOf(options)), ...options.state === false ? [] : [options.state]];
    this.sources = new SourceWatch(options.app, outputs, (sources) => this.tellOfApp('stale', newerLine(sources, options.app), { sources }));
  }

  /** @param files those of the app when it was read */
  async run(claims: Readonly<Record<string, string>>, files: string): Promise<number> {
    const { log, workspace, app, kept, options: { awsPort, port, verbose } } = this;
    const { signal, isEnding, end } = untilSignal(() => {
      this.local.killAll();
      workspace.removeAll();
      kept?.close();
    }, () => log.note('Stopping the runs. Their containers get SIGTERM now and SIGKILL after 30 s. Press Ctrl-C again to kill them immediately.'));
    const restoreListeners = survive((error) => log.note(`a function failed outside of an invocation: ${messageOf(error, verbose ?? false)}`));
    const apis = new ServedApis(port, claims, (apiPath, error) => log.note(`${apiPath}: ${messageOf(error, verbose ?? false)}`));
    const watch = this.watchOf(apis, files);
    try {
      app.notServed.forEach((line) => log.note(line));
      await this.local.validate((text) => log.note(text));
      const state = kept?.takeState();
      const interrupted = state?.executions.filter(({ status }) => status === 'RUNNING').length ?? 0;
      if (interrupted > 0) log.note(`${interrupted} ${interrupted === 1 ? 'run was' : 'runs were'} in progress when the former heavy-batch serve ended: ABORTED, with the error Interrupted.`);
      await onPort('--aws-port', awsPort, () => this.local.start({ ...this.told(), state }, awsPort));
      const prepared = await apis.prepare(app, this.local.emulator);
      await prepared.serve();
      if (!isEnding()) {
        this.announce({ ...this.served(prepared.apis), environment: this.local.emulator.environmentOfUser(), state: kept?.directory });
        watch.start();
        this.sources.look();
      }
      await signal;
      await watch.stop();
      await apis.stop();
      const { local } = this;
      const stopRuns = () => local.emulator.stepFunctions.executions().forEach((execution) => execution.stop('Interrupted', 'heavy-batch serve was stopped'));
      stopRuns();
      await local.untilJobsEnd(stopRuns); // a program with an AWS SDK may start another one meanwhile
      await local.untilIdle();
      return EXIT.SUCCEEDED;
    } finally {
      restoreListeners();
      await this.sources.stop();
      await watch.stop();
      await apis.stop();
      await this.local.stop();
      kept?.close();
      end(); // at last: a signal that nothing listens to ends this process before the state is written
    }
  }

  private told(): Told {
    const { log } = this;
    return {
      note: (text) => log.note(text),
      onEvent: (event) => this.event(event),
      onJob: (job) => log.job(this.pathOf(job), job),
      onOutput: (job, line) => log.output(this.pathOf(job), job, line),
      onInvocation: ({ functionPath, error }) => { if (error) log.note(`${functionPath} failed: ${error.name}: ${visibleLine(error.message)}`); },
      onUnknownItems: ({ length }) => log.note(`${length} kept items are not shown: the app has no table, or none with the same keys, for them.`),
      journal: this.kept?.journal,
    };
  }

  private watchOf(apis: ServedApis, files: string): AppWatch<ServedApp> {
    const { options } = this;
    return new AppWatch<ServedApp>(options.app, files, {
      read: () => {
        const app = readServed(options);
        return JSON.stringify(app) === JSON.stringify(this.app) ? undefined : app;
      },
      isBusy: () => this.local.isBusy,
      take: async (app) => {
        const served = await this.take(app, apis);
        if (!served) return false;
        this.tellOfApp('taken', `took the new app in ${options.app}`, this.served(served));
        this.sources.look();
        return true;
      },
      onWaiting: () => this.tellOfApp('waiting', `${options.app} has changed. The new app is taken as soon as no run and no request is in progress.`),
      onRefused: (error) => {
        const reason = messageOf(error, options.verbose ?? false);
        this.tellOfApp('refused', `the new app in ${options.app} is not taken, and the former one goes on: ${reason}`, { error: reason });
      },
    });
  }

  private tellOfApp(status: string, text: string, more: object = {}): void {
    this.log.note(text);
    if (this.options.json) this.terminal.stdout.write(`${JSON.stringify({ type: 'app', status, ...more })}\n`);
  }

  /** Serves another app in the place of this one, which goes on where that fails. Undefined where something is in progress. */
  private async take(app: ServedApp, apis: ServedApis): Promise<readonly ServedApi[] | undefined> {
    const { options, log, workspace, local: former } = this;
    const isBusy = () => former.isBusy || !former.emulator.isIdle || !apis.isIdle;
    validatePorts(options, app.deployment.httpApis.length);
    await former.untilIdle();
    if (isBusy()) return undefined; // nothing is made that cannot be taken
    const clock = new ScaledClock(options.timeScale, former.clock.now());
    const local = new LocalApp(app.deployment, options, workspace, { keys: former.emulator.keys, clock });
    const notes = [...app.notServed];
    await local.validate((text) => notes.push(text));
    const prepared = await apis.prepare(app, local.emulator);
    const deadline = performance.now() + GAP_TIME;
    while (isBusy()) {
      if (former.isBusy || performance.now() > deadline) {
        await prepared.cancel();
        local.retire();
        return undefined;
      }
      await setTimeout(5);
    }
    [apis, former.emulator].forEach((each) => each.pause());
    try {
      await local.startAfter(former, this.told());
    } catch (error) {
      [apis, former.emulator].forEach((each) => each.resume());
      await prepared.cancel();
      local.retire();
      throw error;
    }
    notes.forEach((line) => log.note(line));
    [this.app, this.local] = [app, local];
    await prepared.serve();
    former.retire();
    return prepared.apis;
  }

  private served(apis: readonly ServedApi[]): Pick<Served, 'apis' | 'jobs'> {
    return { apis, jobs: this.app.jobs.map(({ path: job, stateMachine: { arn } }) => ({ path: job, stateMachineArn: arn })) };
  }

  private announce(served: Served): void {
    const { terminal: { stdout }, options: { json }, log } = this;
    if (json) {
      stdout.write(`${JSON.stringify({ type: 'ready', ...served })}\n`);
      return;
    }
    for (const { path: apiPath, url, start, console: page } of served.apis) {
      log.note(`\n${apiPath}  ${url}${start === undefined ? '' : `  described at ${url}/openapi.json`}`);
      if (page !== undefined) log.note(`  page: ${page}`);
      if (start !== undefined) log.note(`  curl -X POST ${url}${start} -H 'content-type: application/json' -d '{}'`);
    }
    if (served.apis.every(({ start }) => start === undefined) && this.app.notServed.length === 0) {
      log.note("\nThe app has no HeavyBatchApi, so there is no HTTP endpoint for its runs. The guide 'api' says how to add one.");
    }
    log.note('\nThe services of the app, for an AWS SDK or the AWS CLI:');
    log.note('  unset AWS_PROFILE AWS_SESSION_TOKEN');
    for (const [name, value] of Object.entries(served.environment)) log.note(`  export ${name}=${value}`);
    for (const { path: job, stateMachineArn } of served.jobs) log.note(`  ${job}  ${stateMachineArn}`);
    log.note(served.state === undefined ? '\nNo state is kept: runs, records and objects are gone when this command ends.' : `\nThe state is kept in ${served.state}`);
    log.note('\nA request to an API without a token or a signature is yours. Signatures of tokens are not verified. Press Ctrl-C to stop.\n');
  }

  /** Tells of runs that begin and end. */
  private event({ 'detail-type': type, detail }: Record<string, unknown>): void {
    if (type !== 'Step Functions Execution Status Change') return;
    const { executionArn, stateMachineArn, name, status, redriveCount } = detail as StatusDetail;
    const { app: { jobs, deployment: { stateMachines } }, options: { json }, terminal: { stdout }, log, local } = this;
    const isOfMachine = ({ arn }: DeployedStateMachine) => arn === stateMachineArn;
    const jobPath = jobs.find(({ stateMachine }) => isOfMachine(stateMachine))?.path ?? stateMachines.find(isOfMachine)?.path ?? stateMachineArn.split(':').at(-1)!;
    if (json) stdout.write(`${JSON.stringify({ type: 'execution', job: jobPath, executionArn, status, redriveCount })}\n`);
    if (status === 'RUNNING') {
      this.sources.look();
      log.begin(jobPath, { name, redriveCount });
      return;
    }
    const execution = local.emulator.stepFunctions.executions().find(({ arn }) => arn === executionArn); // one of a former server is not among them
    if (execution) log.end(jobPath, execution);
  }

  /** The construct path of the job that a job of Batch is of. */
  private pathOf({ plan: { definition } }: BatchJob): string {
    return pathOfJob(this.app.jobs, definition);
  }
}

/** Waits for a signal that ends the server; a second one ends this process. */
function untilSignal(onExit: () => void, onFirst: () => void): { readonly signal: Promise<void>; readonly isEnding: () => boolean; readonly end: () => void } {
  let isEnding = false;
  let resolve: () => void;
  const signal = new Promise<void>((done) => { resolve = done; });
  const end = onEnding({
    stop: () => {
      isEnding = true;
      onFirst();
      resolve();
    },
    abort: (name) => process.exit(EXIT[name]),
    exit: onExit,
  });
  return { signal, isEnding: () => isEnding, end };
}

/** What a page of another origin may do with an API that has no CORS of its own. */
const CORS = { allowOrigins: [], allowMethods: ['*'], allowHeaders: ['*', 'authorization'], exposeHeaders: ['*'], allowCredentials: false };

/** An app whose APIs the web pages of these origins may call, too. */
function withOrigins(app: ServedApp, origins: readonly string[] = []): ServedApp {
  if (origins.length === 0) return app;
  const httpApis = app.deployment.httpApis.map(({ cors = CORS, ...api }) => ({ ...api, cors: { ...cors, allowOrigins: [...cors.allowOrigins, ...origins] } }));
  return { ...app, deployment: { ...app.deployment, httpApis } };
}
