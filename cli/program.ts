import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { describeError, messageOf } from './errors';
import { EXIT } from './exit-codes';
import { jobsOf } from './jobs';
import { run } from './run';
import { serve } from './serve';
import type { Terminal } from './terminal';
import { testKit } from './test-kit/test-kit';
import { visibleLine } from './visible-text';
import { readAssembly } from '../emulator/assembly/assembly';
import { readDeployment } from '../emulator/assembly/read-deployment';
import { STATE_DIRECTORY } from '../src/contract/local-state';

/** The characters of a line of help where no terminal says how many it has. */
const USUAL_WIDTH = 80;

/** The version of the package that this program is part of. */
const VERSION: string = JSON.parse(fs.readFileSync(packageFileAbove(__dirname), 'utf8')).version;

/** The command `heavy-batch`. */
export class Program {
  private isVerbose = false;
  private isJson = false;
  private isServing = false;
  private exitCode = EXIT.SUCCEEDED;

  constructor(private readonly terminal: Terminal) {}

  /** Carries out a command line. Returns the exit code. What is thrown is for `fail`. */
  async execute(words: readonly string[]): Promise<number> {
    this.isJson = words.includes('--json');
    this.isServing = words[0] === 'serve';
    this.isVerbose = words.includes('--verbose');
    try {
      await this.commands().parseAsync(words, { from: 'user' });
      return this.exitCode;
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode === 0) return EXIT.SUCCEEDED;
      this.printJson(error.message.replace(/^error: /, ''));
      return EXIT.USAGE; // commander has printed why
    }
  }

  /** Prints an error. Returns the exit code. */
  fail(error: unknown): number {
    this.terminal.stderr.write(`${describeError(error, this.isVerbose)}\n`);
    this.printJson(messageOf(error, this.isVerbose));
    return EXIT.USAGE;
  }

  /** With `--json`, standard output is one JSON document on every path; of a command that goes on, it is an object a line. */
  private printJson(message: string): void {
    if (!this.isJson) return;
    this.terminal.stdout.write(`${this.isServing ? JSON.stringify({ type: 'error', error: message }) : JSON.stringify({ error: message }, null, 2)}\n`);
  }

  private commands(): Command {
    const { stdout, stderr } = this.terminal;
    const program = new Command('heavy-batch')
      .description('Runs the heavy jobs of a synthesized CDK app on this machine: the state machine and the functions of the app, in an emulator of the AWS services, and the command of the job as a local process.')
      .exitOverride()
      .configureOutput({
        writeOut: (text) => stdout.write(text),
        writeErr: (text) => stderr.write(text),
        getOutHelpWidth: () => stdout.columns ?? USUAL_WIDTH,
        getErrHelpWidth: () => stderr.columns ?? USUAL_WIDTH,
      })
      .version(VERSION, '-V, --version', 'print the version');

    program.command('run')
      .description('run a job and print the states that it goes through')
      .argument('[job path]', 'the construct path of the job, for example MyStack/Sort; not needed when the app has one job')
      .option('--app <directory>', 'the output directory of the synthesized app', 'cdk.out')
      .option('--param <name=value>', 'a parameter of the run (repeatable)', append)
      .option('--mount <path=directory>', 'a directory of this machine for the volume that the job mounts at this path (repeatable); a volume without one gets a temporary directory', append)
      .option('--pass-env <name>', 'a variable of your environment that the job gets (repeatable); without it, a job gets neither your credentials nor your settings', append)
      .option('--input <file or JSON>', 'the input of the run: JSON, or a file with JSON')
      .option('--list <file>', 'a file with the list, for a job that runs for each item of a list; it stands for the object in S3')
      .option('--name <name>', 'the id of the run, which is the name of its execution')
      .option('--json', 'print one JSON document to standard output, and the states to standard error')
      .option('--docker', 'build the image and run it in a container, with the engine that CDK_DOCKER names (docker, podman, finch or nerdctl), instead of its command as a process')
      .option('--synth', 'synthesize the app first, with cdk synth')
      .option('--time-scale <factor>', 'let time pass faster by this factor; it shortens waiting times, and also the timeouts of the job', positiveNumber, 1)
      .option('--verbose', 'print the log lines of the functions, and the stack trace of an unexpected error')
      .action(async (jobPath: string | undefined, options) => { this.exitCode = await run(jobPath, options, this.terminal); });

    program.command('serve')
      .description('serve the APIs of an app, and its services for AWS SDKs, until you stop it')
      .option('--app <directory>', 'the output directory of the synthesized app', 'cdk.out')
      .option('--port <number>', 'the port of the first API on 127.0.0.1; each further API has the next port', portNumber, 8787)
      .option('--aws-port <number>', 'the port for AWS SDKs', portNumber, 8786)
      .option('--claim <name=value>', 'what a token of yours would say, for requests without a token (repeatable)', append)
      .option('--allow-origin <origin>', 'an origin whose web pages may call the APIs, for example http://localhost:5173 (repeatable)', append)
      .option('--mount <path=directory>', 'a directory of this machine for the volume that a job mounts at this path (repeatable)', append)
      .option('--pass-env <name>', 'a variable of your environment that the jobs get (repeatable)', append)
      .option('--state <directory>', 'the directory in which runs, logs, records, objects and keys are kept, so that they are there at the next start', STATE_DIRECTORY)
      .option('--no-state', 'keep nothing')
      .option('--json', 'print a JSON object a line to standard output: one when all is ready, one for each start and end of a run, and one for a new app; and the states to standard error')
      .option('--docker', 'build the images and run them in containers, with the engine that CDK_DOCKER names')
      .option('--synth', 'synthesize the app first, with cdk synth')
      .option('--time-scale <factor>', 'let time pass faster by this factor', positiveNumber, 1)
      .option('--verbose', 'print the log lines of the functions, and the stack trace of an unexpected error')
      .action(async (options) => { this.exitCode = await serve(options, this.terminal); });

    program.command('test-kit')
      .description('run an app on virtual time for a test, which controls it by lines of JSON on standard input; the clients for Node.js and Python start it')
      .option('--app <directory>', 'the output directory of the synthesized app', 'cdk.out')
      .option('--claim <name=value>', 'what a token of yours would say, for requests without a token (repeatable)', append)
      .option('--mount <path=directory>', 'a directory of this machine for the volume that a job mounts at this path (repeatable)', append)
      .option('--pass-env <name>', 'a variable of your environment that the programs of jobs get (repeatable)', append)
      .option('--docker', 'run the programs of jobs without a script in containers, with the engine that CDK_DOCKER names')
      .option('--synth', 'synthesize the app first, with cdk synth')
      .option('--verbose', 'print the log lines of the functions, and the stack trace of an unexpected error')
      .action(async (options) => { this.exitCode = await testKit({ ...options, timeScale: 1 }, this.terminal, process.stdin); });

    program.command('list')
      .description('list the jobs of an app')
      .option('--app <directory>', 'the output directory of the synthesized app', 'cdk.out')
      .option('--json', 'print the construct paths as a JSON array')
      .option('--verbose', 'print the stack trace of an unexpected error')
      .action(({ app, json }) => {
        const paths = jobsOf(readDeployment(readAssembly(app))).map((job) => job.path);
        stdout.write(json ? `${JSON.stringify(paths)}\n` : paths.map((jobPath) => `${visibleLine(jobPath)}\n`).join(''));
      });
    return program;
  }
}

function packageFileAbove(directory: string): string {
  const file = path.join(directory, 'package.json');
  return fs.existsSync(file) ? file : packageFileAbove(path.dirname(directory));
}

function append(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

function positiveNumber(value: string): number {
  const number = Number(value);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('It must be a number greater than 0.');
  return number;
}

function portNumber(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > 65_535) throw new InvalidArgumentError('It must be a port: a whole number from 1 to 65535.');
  return number;
}
