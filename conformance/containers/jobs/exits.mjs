// How a container ends.
const CODES = [0, 1, 42, 125, 126, 127, 137, 255];

const exitOf = (exitCode) => exitCode === 0 ? { status: 'SUCCEEDED', exitCode } : { status: 'FAILED', exitCode };

const codes = CODES.map((code) => ({ name: `exits with ${code}`, command: ['sh', '-c', `exit ${code}`], expected: { ...exitOf(code), lines: [] } }));

/** A child is ended by a signal, and the shell has its number and 128 as the exit code. */
const signals = Object.entries({ ABRT: 134, KILL: 137, TERM: 143 }).map(([signal, code]) => ({
  name: `a child of the shell gets ${signal}`,
  files: { 'child.sh': `#!/bin/sh\nkill -${signal} $$\nsleep 5\n` },
  command: ['sh', '-c', './child.sh 2>/dev/null; exit $?'],
  expected: { ...exitOf(code), lines: [] },
}));

const handler = '#!/bin/sh\ntrap "echo stopping; exit 3" TERM\necho started\nwhile :; do sleep 0.1; done\n';

export default [
  ...codes,
  ...signals,
  {
    name: 'a time limit with a handler',
    files: { 'run.sh': handler },
    command: ['./run.sh'],
    timeout: 60,
    attempts: 1,
    expected: { status: 'FAILED', exitCode: 3, reason: 'AttemptTimeout', lines: ['started', 'stopping'] },
  },
  {
    name: 'a time limit without a handler',
    files: { 'run.sh': '#!/bin/sh\necho started\nwhile :; do sleep 0.1; done\n' },
    command: ['./run.sh'],
    timeout: 60,
    attempts: 1,
    // The first process of a container gets no signal that it does not handle: https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
    expected: { status: 'FAILED', exitCode: 137, reason: 'AttemptTimeout', lines: ['started'] },
  },
  {
    name: 'a time limit without a handler but with init',
    files: { 'run.sh': '#!/bin/sh\necho started\nwhile :; do sleep 0.1; done\n' },
    command: ['./run.sh'],
    timeout: 60,
    attempts: 1,
    initProcessEnabled: true,
    expected: { status: 'FAILED', exitCode: 143, reason: 'AttemptTimeout', lines: ['started'] },
  },
  {
    name: 'a time limit and STOPSIGNAL',
    dockerfile: 'FROM localhost/base:1\nSTOPSIGNAL SIGUSR1\nWORKDIR /app\nCOPY . .\n',
    files: { 'run.sh': '#!/bin/sh\ntrap "echo usr1; exit 4" USR1\ntrap "echo term; exit 5" TERM\nwhile :; do sleep 0.1; done\n' },
    command: ['./run.sh'],
    timeout: 60,
    attempts: 1,
    expected: { status: 'FAILED', exitCode: 4, reason: 'AttemptTimeout', lines: ['usr1'] },
  },
  {
    name: 'a handler that ignores SIGTERM',
    files: { 'run.sh': '#!/bin/sh\ntrap "" TERM\necho started\nwhile :; do sleep 0.1; done\n' },
    command: ['./run.sh'],
    timeout: 60,
    attempts: 1,
    expected: { status: 'FAILED', exitCode: 137, reason: 'AttemptTimeout', lines: ['started'] },
  },
  {
    name: 'a process in the background that keeps the output open',
    files: { 'run.sh': '#!/bin/sh\nsleep 600 &\necho done\n' },
    command: ['./run.sh'],
    expected: { status: 'SUCCEEDED', exitCode: 0, lines: ['done'] },
  },
  {
    name: 'a daemon in a session of its own',
    files: { 'run.sh': '#!/bin/sh\nsetsid sleep 600 &\necho done\nexit 6\n' },
    command: ['./run.sh'],
    expected: { status: 'FAILED', exitCode: 6, lines: ['done'] },
  },
  {
    name: 'the first process has the number 1',
    command: ['sh', '-c', 'echo $$'],
    expected: { status: 'SUCCEEDED', lines: ['1'] },
    differs: 'the first process is the shell that has made the mounts, so that the main process can send signals to itself',
    asProcess: { status: 'SUCCEEDED' },
  },
  {
    name: 'memory that is too small',
    dockerfile: 'FROM localhost/node:1\n',
    command: ['node', '-e', 'const held = []; for (;;) held.push(Buffer.alloc(1 << 20, 1))'],
    memory: 64,
    expected: { status: 'FAILED', exitCode: 137, reason: 'OutOfMemory' },
    differs: 'the memory of a process is not limited',
    // The job of a process would take all memory of this machine.
    asProcess: false,
  },
  {
    name: 'a child that needs too much memory',
    command: ['sh', '-c', 'tail /dev/zero 2>/dev/null; exit 137'],
    memory: 32,
    expected: { status: 'FAILED', exitCode: 137, reason: 'OutOfMemory' },
    differs: 'the memory of a process is not limited',
    // The job of a process would take all memory of this machine.
    asProcess: false,
  },
];
