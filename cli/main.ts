#!/usr/bin/env node
import { Program } from './program';

const program = new Program(process);
/** Ends the process. An error may come from a timer, while other timers and containers would keep the process alive. */
const fail = (error: unknown): never => process.exit(program.fail(error));

process.on('uncaughtException', fail);
program.execute(process.argv.slice(2)).then((exitCode) => { process.exitCode = exitCode; }, fail);
