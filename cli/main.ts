#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { jobsOf } from './jobs';
import { EXIT, run } from './run';
import { readAssembly } from '../emulator/assembly/assembly';
import { readDeployment } from '../emulator/assembly/read-deployment';

const program = new Command('heavy-batch')
  .description('Runs the heavy jobs of a synthesized CDK app on this machine: their real state machine and functions, their command as a process.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.USAGE));

program.command('run')
  .description('run a job, and show it going through its states')
  .argument('[job path]', "the job's construct path, for example MyStack/Sort; may be left out when the app has one job")
  .option('--app <directory>', 'the synthesized app', 'cdk.out')
  .option('--param <name=value>', 'a parameter of the run (repeatable)', (value: string, before: string[]) => [...before, value], [] as string[])
  .option('--mount <path=directory>', 'a directory of this machine for the volume that a job mounts at a path (repeatable); else a temporary one',
    (value: string, before: string[]) => [...before, value], [] as string[])
  .option('--input <file or JSON>', "the run's input")
  .option('--list <file>', 'the list, for a state machine that runs a job over one: a file of this machine for the object in S3')
  .option('--name <name>', "the run's id")
  .option('--json', 'one JSON document on standard output, the timeline on standard error')
  .option('--docker', 'run the image in a container instead of its command as a process')
  .option('--time-scale <factor>', "how much faster than real time time passes: for waiting, and for the job's time-outs too", factor, 1)
  .option('--verbose', "show the functions' log lines")
  .action(async (path: string | undefined, options) => { process.exitCode = await run(path, options); });

program.command('list')
  .description('the jobs of an app')
  .option('--app <directory>', 'the synthesized app', 'cdk.out')
  .option('--json', 'as JSON')
  .action(({ app, json }) => {
    const paths = jobsOf(readDeployment(readAssembly(app))).map((job) => job.path);
    process.stdout.write(json ? `${JSON.stringify(paths)}\n` : paths.map((path) => `${path}\n`).join(''));
  });

program.parseAsync().catch((error: Error) => {
  // What a person can mend is told in a line; anything else is a fault of this program.
  const expected = ['AssemblyError', 'NoSuchJob', 'UsageError', 'DefinitionError', 'Error', 'InvalidName', 'ExecutionAlreadyExists'].includes(error.name);
  process.stderr.write(`${expected ? `heavy-batch: ${error.message}` : error.stack}\n`);
  process.exitCode = EXIT.USAGE;
});

function factor(value: string): number {
  const number = Number(value);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('it is a number above 0.');
  return number;
}
