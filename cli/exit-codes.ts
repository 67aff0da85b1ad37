/** The exit codes. `USAGE` is also the exit code of an unexpected error. Those of signals are 128 and the number of the signal, as in a shell. */
export const EXIT = { SUCCEEDED: 0, FAILED: 1, USAGE: 2, SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGPIPE: 141, SIGTERM: 143 };
