import * as fs from 'node:fs';
import * as path from 'node:path';
import { withWorkspace, Workspace } from './containers/workspace';
import { onEnding } from './ending';
import { messageOf, UsageError } from './errors';
import { EXIT } from './exit-codes';
import { synthesize } from './freshness';
import { Job, ServedApp, servedOf } from './jobs';
import { LocalApp } from './local-app';
import { ServeLog } from './serve-log';
import { claimsOf, ServeOptions, validateOrigins, validatePorts } from './serve-options';
import type { Terminal } from './terminal';
import { visibleLine } from './visible-text';
import { readAssembly } from '../emulator/assembly/assembly';
import type { DeployedStateMachine } from '../emulator/assembly/deployment';
import { readDeployment } from '../emulator/assembly/read-deployment';
import { HttpGateway } from '../emulator/services/api-gateway/http-gateway';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';
import { DOCUMENT_FILE } from '../src/contract/api-runs';
import { HTTP_API_ID } from '../src/contract/construct-ids';

interface ServedApi {
  /** The construct path. */
  readonly path: string;
  readonly url: string;
  /** The path at which the first of its jobs is started. Undefined for an API that is not one of jobs. */
  readonly start?: string;
}

/** What other programs of this machine use. */
interface Served {
  readonly apis: readonly ServedApi[];
  readonly jobs: readonly { readonly path: string; readonly stateMachineArn: string }[];
  /** What an AWS SDK, or the AWS CLI, reads to call the services of the app. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What an event about an execution says of it. */
type StatusDetail = Pick<Execution, 'stateMachineArn' | 'name' | 'status' | 'redriveCount'> & { readonly executionArn: string };

/** Serves the APIs and the services of a synthesized app until a signal ends it. Returns the exit code. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<number> {
  const claims = claimsOf(options);
  validateOrigins(options);
  if (options.synth) await synthesize(options.app);
  const app = withOrigins(servedOf(readDeployment(readAssembly(options.app))), options.allowOrigin);
  validatePorts(options, app.deployment.httpApis.length);
  return withWorkspace((workspace) => new Server(app, options, terminal, workspace).run(claims));
}

/** An app that is served. */
class Server {
  private readonly local: LocalApp;
  private readonly log: ServeLog;
  private readonly gateways: HttpGateway[] = [];

  constructor(
    private readonly app: ServedApp,
    private readonly options: ServeOptions,
    private readonly terminal: Terminal,
    private readonly workspace: Workspace,
  ) {
    const { clock } = this.local = new LocalApp(app.deployment, options, workspace);
    this.log = new ServeLog(options.json ? terminal.stderr : terminal.stdout, () => clock.now());
  }

  async run(claims: Readonly<Record<string, string>>): Promise<number> {
    const { local, log, workspace, app, options: { awsPort, verbose } } = this;
    const { signal, isEnding, end } = untilSignal(() => {
      local.killAll();
      workspace.removeAll();
    }, () => log.note('Stopping the runs. Their containers get SIGTERM now and SIGKILL after 30 s. Press Ctrl-C again to kill them immediately.'));
    const restoreListeners = survive((error) => log.note(`a function failed outside of an invocation: ${messageOf(error, verbose ?? false)}`));
    try {
      app.notServed.forEach((line) => log.note(line));
      await local.validate((text) => log.note(text));
      await onPort('--aws-port', awsPort, () => local.start({
        note: (text) => log.note(text),
        onEvent: (event) => this.event(event),
        onJob: (job) => log.job(this.pathOf(job), job),
        onOutput: (job, line) => log.output(this.pathOf(job), job, line),
        onInvocation: ({ functionPath, error }) => { if (error) log.note(`${functionPath} failed: ${error.name}: ${visibleLine(error.message)}`); },
      }, awsPort));
      const apis = await this.startApis(claims);
      if (!isEnding()) {
        this.announce({
          apis,
          jobs: app.jobs.map(({ path: job, stateMachine: { arn } }) => ({ path: job, stateMachineArn: arn })),
          environment: local.emulator.environmentOfUser(),
        });
      }
      await signal;
      await this.stopApis();
      const stopRuns = () => local.emulator.stepFunctions.executions().forEach((execution) => execution.stop('Interrupted', 'heavy-batch serve was stopped'));
      stopRuns();
      await local.untilJobsEnd(stopRuns); // a program with an AWS SDK may start another one meanwhile
      return EXIT.SUCCEEDED;
    } finally {
      restoreListeners();
      end();
      await this.stopApis();
      await local.stop();
    }
  }

  private async startApis(claims: Readonly<Record<string, string>>): Promise<Served['apis']> {
    const { local: { emulator }, app, options: { port, verbose }, log } = this;
    const authorizers = emulator.authorizers(claims);
    const served: ServedApi[] = [];
    for (const [index, { path: apiPath, cors }] of app.deployment.httpApis.entries()) {
      const gateway = new HttpGateway({
        httpApis: emulator.httpApis,
        apiPath,
        authorize: (...request) => authorizers.authorize(...request),
        // `*` is for callers with a token. Here a page without one would act as the developer.
        allowsOrigin: (origin) => cors?.allowOrigins.includes(origin) ?? false,
        onUnexpectedError: (error) => log.note(`${apiPath}: ${messageOf(error, verbose ?? false)}`),
      });
      const url = await onPort('--port', port + index, () => gateway.start(port + index));
      this.gateways.push(gateway);
      const start = startOf(app, apiPath);
      served.push({ path: start === undefined ? apiPath : apiPath.replace(new RegExp(`/${HTTP_API_ID}$`), ''), url, start });
    }
    return served;
  }

  private async stopApis(): Promise<void> {
    await Promise.all(this.gateways.splice(0).map((gateway) => gateway.stop()));
  }

  private announce(served: Served): void {
    const { terminal: { stdout }, options: { json }, log } = this;
    if (json) {
      stdout.write(`${JSON.stringify({ type: 'ready', ...served })}\n`);
      return;
    }
    for (const { path: apiPath, url, start } of served.apis) {
      log.note(`\n${apiPath}  ${url}${start === undefined ? '' : `  described at ${url}/openapi.json`}`);
      if (start !== undefined) log.note(`  curl -X POST ${url}${start} -H 'content-type: application/json' -d '{}'`);
    }
    log.note('\nThe services of the app, for an AWS SDK or the AWS CLI:');
    log.note('  unset AWS_PROFILE AWS_SESSION_TOKEN');
    for (const [name, value] of Object.entries(served.environment)) log.note(`  export ${name}=${value}`);
    for (const { path: job, stateMachineArn } of served.jobs) log.note(`  ${job}  ${stateMachineArn}`);
    log.note('\nA request to an API without a token or a signature is yours. Signatures of tokens are not verified. Press Ctrl-C to stop.\n');
  }

  /** Tells of runs that begin and end. */
  private event({ 'detail-type': type, detail }: Record<string, unknown>): void {
    if (type !== 'Step Functions Execution Status Change') return;
    const { executionArn, stateMachineArn, name, status, redriveCount } = detail as StatusDetail;
    const { app: { jobs, deployment: { stateMachines } }, options: { json }, terminal: { stdout }, log, local } = this;
    const isOfMachine = ({ arn }: DeployedStateMachine) => arn === stateMachineArn;
    const jobPath = jobs.find(({ stateMachine }) => isOfMachine(stateMachine))?.path ?? stateMachines.find(isOfMachine)!.path;
    if (json) stdout.write(`${JSON.stringify({ type: 'execution', job: jobPath, executionArn, status, redriveCount })}\n`);
    if (status === 'RUNNING') log.begin(jobPath, { name, redriveCount });
    else log.end(jobPath, local.emulator.stepFunctions.execution(executionArn));
  }

  /** The construct path of the job that a job of Batch is of. */
  private pathOf({ plan: { definition } }: BatchJob): string {
    return this.app.jobs.find((job: Job) => job.list === undefined && definition.path.startsWith(`${job.path}/`))?.path ?? definition.path;
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

/** Lets errors that nothing handles be told, and not end this process: the functions of the app are in it. Returns what undoes this. */
function survive(tell: (error: unknown) => void): () => void {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', tell);
  return () => {
    process.off('uncaughtException', tell);
    others.forEach((listener) => process.on('uncaughtException', listener));
  };
}

async function onPort<T>(option: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new UsageError(`the port ${port} is in use; name another one with ${option}`);
    if (code === 'EACCES') throw new UsageError(`this user may not use the port ${port}; name another one with ${option}`);
    throw error;
  }
}

/** What a page of another origin may do with an API that has no CORS of its own. */
const CORS = { allowOrigins: [], allowMethods: ['*'], allowHeaders: ['*', 'authorization'], exposeHeaders: ['*'], allowCredentials: false };

/** An app whose APIs the web pages of these origins may call, too. */
function withOrigins(app: ServedApp, origins: readonly string[] = []): ServedApp {
  if (origins.length === 0) return app;
  const httpApis = app.deployment.httpApis.map(({ cors = CORS, ...api }) => ({ ...api, cors: { ...cors, allowOrigins: [...cors.allowOrigins, ...origins] } }));
  return { ...app, deployment: { ...app.deployment, httpApis } };
}

/** The path at which an API starts a run, by its OpenAPI document. Undefined for an API of another kind. */
function startOf({ deployment: { httpApis, functions } }: ServedApp, apiPath: string): string | undefined {
  if (!apiPath.endsWith(`/${HTTP_API_ID}`)) return undefined;
  const { routes } = httpApis.find((api) => api.path === apiPath)!;
  const code = functions.find(({ arn }) => routes.some(({ functionArn }) => functionArn === arn));
  const file = code && path.join(code.codeDirectory, DOCUMENT_FILE);
  if (file === undefined || !fs.existsSync(file)) return undefined;
  const { paths } = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly paths: Record<string, object> };
  return Object.keys(paths).find((each) => each.endsWith('/runs') && 'post' in paths[each]);
}
