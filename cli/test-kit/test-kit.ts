import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { Command, CommandError, readLine } from './commands';
import { KitContainers } from './kit-containers';
import { TimeDriver } from './time-driver';
import { readAssembly } from '../../emulator/assembly/assembly';
import { readDeployment } from '../../emulator/assembly/read-deployment';
import { VirtualClock } from '../../emulator/clock';
import { HttpAnswer, messageAnswer } from '../../emulator/services/api-gateway/http-payload';
import type { Execution } from '../../emulator/states/execution';
import { withWorkspace, Workspace } from '../containers/workspace';
import { onEnding } from '../ending';
import { messageOf } from '../errors';
import { EXIT } from '../exit-codes';
import { synthesize } from '../freshness';
import { ServedApp, servedOf } from '../jobs';
import { LocalApp, Told } from '../local-app';
import type { LocalOptions } from '../run-options';
import { ServedApis } from '../serve-apis';
import { claimsOf } from '../serve-options';
import { survive } from '../survive';
import type { Terminal } from '../terminal';
import { visibleLine } from '../visible-text';

/** The options of `heavy-batch test-kit`. */
export interface TestKitOptions extends LocalOptions {
  /** Each one `name=value`. */
  readonly claim?: string[];
}

/** Milliseconds of this machine that a command or a request may take. Virtual time may be long, but a test has an end. */
const LONGEST_COMMAND = 120_000;

/** Milliseconds of this machine that commands have when standard input has ended after them. */
const LAST_ANSWERS = 1_000;

/** Of a source that is newer than the app. */
const ADVICE = "Run 'npx cdk synth' before the tests.";

/** Runs a synthesized app on virtual time for a test, until standard input ends. Returns the exit code. */
export async function testKit(options: TestKitOptions, terminal: Terminal, input: Readable): Promise<number> {
  const claims = claimsOf(options);
  if (options.synth) await synthesize(options.app);
  const app = servedOf(readDeployment(readAssembly(options.app)));
  return withWorkspace((workspace) => new TestKit(app, options, terminal, workspace).run(claims, input));
}

/** An app that a test controls: what its containers do, and how time passes. */
class TestKit {
  private readonly clock = new VirtualClock();
  private readonly local: LocalApp;
  private readonly containers: KitContainers;
  private readonly driver: TimeDriver;
  /** Answers the requests that are in progress when all starts over. */
  private readonly open = new Set<(answer: HttpAnswer) => void>();

  private isEnding = false;

  constructor(
    private readonly app: ServedApp,
    private readonly options: TestKitOptions,
    private readonly terminal: Terminal,
    private readonly workspace: Workspace,
  ) {
    this.containers = new KitContainers(app, () => this.local);
    this.local = new LocalApp(app.deployment, options, workspace, { clock: this.clock, containersBefore: (programs) => this.containers.before(programs) });
    this.driver = new TimeDriver(this.local.emulator, this.clock);
  }

  async run(claims: Readonly<Record<string, string>>, input: Readable): Promise<number> {
    const { app, local, local: { emulator }, options: { verbose }, workspace } = this;
    const lines = createInterface({ input });
    let start!: () => void;
    // One after another: what a command means depends on those before it.
    let answered = new Promise<void>((resolve) => { start = resolve; });
    const ended = new Promise<void>((resolve) => lines.once('close', resolve));
    lines.on('line', (line) => { answered = answered.then(() => this.answer(line, apis)); });
    let isStopped = false;
    const listenNoMore = onEnding({
      stop: () => {
        isStopped = true;
        lines.close();
      },
      abort: (name) => process.exit(EXIT[name]),
      exit: () => {
        local.killAll();
        workspace.removeAll();
      },
    });
    const restoreListeners = survive((error) => this.note(`a function failed outside of an invocation: ${messageOf(error, verbose ?? false)}`));
    const onUnexpectedError = (apiPath: string, error: unknown) => this.note(`${apiPath}: ${messageOf(error, verbose ?? false)}`);
    const apis = new ServedApis(undefined, claims, onUnexpectedError, (request) => this.during(request));
    try {
      app.notServed.forEach((line) => this.note(line));
      await local.noteNewerSource((line) => this.note(line), ADVICE);
      await local.start(this.told());
      const prepared = await apis.prepare(app, emulator);
      await prepared.serve();
      this.print({
        type: 'ready',
        apis: prepared.apis.map(({ path, url }) => ({ path, url })),
        jobs: app.jobs.map(({ path, stateMachine: { arn } }) => ({ path, stateMachineArn: arn })),
        environment: emulator.environmentOfUser(),
        now: this.clock.now(),
      });
      start();
      await ended;
      if (!isStopped) await Promise.race([answered, setTimeout(LAST_ANSWERS, undefined, { ref: false })]);
      return EXIT.SUCCEEDED;
    } finally {
      this.isEnding = true;
      lines.close();
      input.destroy(); // it may be open still, and would keep this process alive
      void this.driver.stop();
      await apis.stop();
      await local.stop();
      restoreListeners();
      listenNoMore();
    }
  }

  private async answer(line: string, apis: ServedApis): Promise<void> {
    if (line.trim() === '') return;
    const { id, command } = readLine(line);
    try {
      this.print({ id, ...await this.carryOut(command(), apis) });
    } catch (error) {
      this.print({ id, error: error instanceof CommandError ? error.message : messageOf(error, this.options.verbose ?? false) });
    }
  }

  private async carryOut(command: Command, apis: ServedApis): Promise<object> {
    const { containers, clock } = this;
    switch (command.command) {
      case 'script':
        containers.script(command.job, command.attempts);
        return {};
      case 'containers':
        return { containers: containers.started };
      case 'advance':
        await this.advance(command.milliseconds);
        return { now: clock.now() };
      case 'untilRunsEnd':
        await this.untilRunsEnd();
        return { now: clock.now() };
      case 'reset':
        await this.reset(apis);
        return { now: clock.now() };
      case 'now':
        return { now: clock.now() };
    }
  }

  private async advance(milliseconds: number): Promise<void> {
    const { clock, driver } = this;
    let isReached = false;
    const timer = clock.after(milliseconds, () => { isReached = true; });
    const stopped = await driver.until(() => isReached, LONGEST_COMMAND);
    timer.cancel();
    if (stopped !== 'reached') throw new CommandError(`time has come to ${this.date()} in ${LONGEST_COMMAND / 1000} s of this machine, and goes no further: ${this.waitsFor()}`);
  }

  private async untilRunsEnd(): Promise<void> {
    const { local: { emulator }, local } = this;
    const isHandled = () => emulator.isIdle && emulator.deployment.eventSources.every(({ queueArn }) => emulator.sqs.visibleCount(queueArn) === 0);
    const isDone = () => !local.isBusy && isHandled();
    const stopped = await this.driver.until(isDone, LONGEST_COMMAND);
    if (stopped === 'stuck') throw new CommandError(`at ${this.date()} nothing is left that could happen: ${this.waitsFor()}`);
    if (stopped === 'late') throw new CommandError(`time has come to ${this.date()} in ${LONGEST_COMMAND / 1000} s of this machine, and not all runs have ended: ${this.waitsFor()}`);
  }

  /** The ports stay, and requests to APIs that come meanwhile wait. Those in progress are answered: what they have asked for is gone. */
  private async reset(apis: ServedApis): Promise<void> {
    const { local, driver, containers } = this;
    apis.pause(); // and not the services: functions that are at work call them
    try {
      containers.endPrograms();
      this.open.forEach((answer) => answer(messageAnswer(503, 'the test kit was reset while this request was in progress')));
      await driver.stop();
      containers.startOver();
      local.startOver(this.told());
    } finally {
      apis.resume();
    }
  }

  /** Carries out a request of a client to an API. While it waits for time, time passes. Time stands still while a program runs, which may never end. */
  private async during(request: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    let answer!: (answer: HttpAnswer) => void;
    const given = new Promise<HttpAnswer>((resolve) => { answer = resolve; });
    this.open.add(answer);
    try {
      return await this.driver.during(Promise.race([request(), given]), LONGEST_COMMAND, () => (
        answer(messageAnswer(503, `this request was not answered in ${LONGEST_COMMAND / 1000} s of this machine: ${this.waitsFor()}`))
      ));
    } finally {
      this.open.delete(answer);
    }
  }

  private told(): Told {
    return {
      note: (text) => this.note(text),
      onJob: (job) => this.containers.onJob(job),
      onCall: () => this.driver.wake(),
      onInvocation: ({ functionPath, error }) => { if (error) this.note(`${functionPath} failed: ${error.name}: ${visibleLine(error.message)}`); },
    };
  }

  /** What is in progress, in a sentence. */
  private waitsFor(): string {
    const { local: { emulator: { stepFunctions, batch } }, containers: { running } } = this;
    if (running > 0) return `${running === 1 ? 'the program of a job runs' : `the programs of ${running} jobs run`}, and time stands still meanwhile; script the job, or let its program end`;
    const [execution, ...others] = stepFunctions.executions().filter(({ status }) => status === 'RUNNING');
    const [job] = batch.containerJobs().filter(({ isOver }) => !isOver);
    const more = others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'run is' : 'runs are'} in progress`;
    const ofJob = job ? `the job ${job.plan.jobName} of AWS Batch is ${job.status}${job.blockedBy === undefined ? '' : ` (${job.blockedBy})`}` : '';
    if (!execution) return ofJob || 'a function is at work';
    return `the run ${execution.name} of ${this.pathOf(execution)} waits${ofJob === '' ? ` in the state '${stateOf(execution)}'` : `: ${ofJob}`}${more}`;
  }

  private pathOf({ stateMachineArn }: Execution): string {
    const { jobs, deployment: { stateMachines } } = this.app;
    const ofJob = jobs.find(({ stateMachine }) => stateMachine.arn === stateMachineArn);
    return (ofJob ?? stateMachines.find(({ arn }) => arn === stateMachineArn))?.path ?? stateMachineArn;
  }

  private date(): string {
    return new Date(this.clock.now()).toISOString();
  }

  private note(text: string): void {
    this.terminal.stderr.write(`${text}\n`);
  }

  private print(line: object): void {
    if (!this.isEnding) this.terminal.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

/** The state that an execution entered at last. */
function stateOf({ history }: Execution): string {
  const entered = history.filter(({ type }) => type.endsWith('StateEntered')).at(-1);
  return String(entered?.details.name ?? 'none');
}
