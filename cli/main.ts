#!/usr/bin/env node
import { EXIT } from './exit-codes';
import { Program } from './program';

process.umask(0o022); // the user of a container may be any, and must be able to read its files

const program = new Program(process);
/** Ends the process. An error may come from a timer, while other timers and containers would keep the process alive. */
const fail = (error: unknown): never => process.exit(program.fail(error));

process.on('uncaughtException', fail);
// A reader such as `head` has read enough. The containers end with this process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' ? process.exit(EXIT.SIGPIPE) : fail(error));
program.execute(process.argv.slice(2)).then((exitCode) => { process.exitCode = exitCode; }, fail);
