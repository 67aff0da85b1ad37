// What a container executes: ENTRYPOINT, CMD and the command of the job, in their forms, and what cannot be executed.
const show = '#!/bin/sh\necho "$0"\nfor word; do printf "[%s]\\n" "$word"; done\n';
const on = (instructions) => `FROM localhost/base:1\nWORKDIR /app\nCOPY . .\n${instructions}\n`;
const files = { 'show.sh': show };
const succeeds = (...lines) => ({ status: 'SUCCEEDED', exitCode: 0, lines });
/** Batch keeps 255 characters of a reason. */
const missing = (program) => ({
  differs: 'what this machine lacks is said before the run starts, because the base image may have it',
  asProcess: { exitStatus: 2, errorPattern: `needs ${program}, which this machine does not have` },
});
const cannotStart = (text) => ({ status: 'FAILED', reason: 'InvalidCommand', attempts: 1, messagePattern: text, lines: [] });

export default [
  { name: 'the command of the job alone', files, command: ['./show.sh', 'a', 'b c'], expected: succeeds('./show.sh', '[a]', '[b c]') },
  { name: 'ENTRYPOINT and the command of the job', dockerfile: on('ENTRYPOINT ["./show.sh", "fixed"]\nCMD ["image"]'), files, command: ['job'], expected: succeeds('./show.sh', '[fixed]', '[job]') },
  { name: 'ENTRYPOINT and CMD', dockerfile: on('ENTRYPOINT ["./show.sh", "fixed"]\nCMD ["image", "two words"]'), files, expected: succeeds('./show.sh', '[fixed]', '[image]', '[two words]') },
  { name: 'CMD alone', dockerfile: on('CMD ["./show.sh", "image"]'), files, expected: succeeds('./show.sh', '[image]') },
  { name: 'CMD in the form of a shell', dockerfile: on('ENV WORD=value\nCMD ./show.sh "$WORD" $((1 + 1))'), files, expected: succeeds('./show.sh', '[value]', '[2]') },
  { name: 'CMD that the command of the job replaces', dockerfile: on('CMD ["./show.sh", "image"]'), files, command: ['./show.sh', 'job'], expected: succeeds('./show.sh', '[job]') },
  { name: 'ENTRYPOINT in the form of a shell ignores the command', dockerfile: on('ENTRYPOINT ./show.sh fixed'), files, command: ['job'], expected: succeeds('./show.sh', '[fixed]') },
  { name: 'an ENTRYPOINT that is reset', dockerfile: on('ENTRYPOINT ["./show.sh", "first"]\nENTRYPOINT []\nCMD ["./show.sh", "second"]'), files, expected: succeeds('./show.sh', '[second]') },
  {
    name: 'words that a shell would change',
    files,
    command: ['./show.sh', '*', '$HOME', '`id`', '"q"', "it's", 'a\\b', '--', '-n', 'ü€😀', 'tab\there'],
    expected: succeeds('./show.sh', '[*]', '[$HOME]', '[`id`]', '["q"]', "[it's]", '[a\\b]', '[--]', '[-n]', '[ü€😀]', '[tab\there]'),
  },
  { name: 'a parameter', files, command: ['./show.sh', 'Ref::size', 'pre-Ref::size'], parameters: { size: 'two words' }, input: { parameters: { size: '$(id) *' } }, expected: { status: 'SUCCEEDED' } },
  { name: 'a program on the PATH', dockerfile: 'FROM localhost/base:1\nCOPY show.sh /usr/local/bin/show-words\n', files, command: ['show-words', 'x'], expected: succeeds('/usr/local/bin/show-words', '[x]') },
  { name: 'a program on a PATH of the image', dockerfile: on('ENV PATH=/app/tools:$PATH'), files: { 'tools/my-tool': show }, command: ['my-tool'], expected: succeeds('/app/tools/my-tool') },
  { name: 'a script that finds its shell with env', files: { 'run.sh': '#!/usr/bin/env sh\necho found\n' }, command: ['./run.sh'], expected: succeeds('found') },
  { name: 'a program that is not there', command: ['no-such-program', 'x'], expected: cannotStart('exec: "no-such-program": executable file not found'), ...missing('no-such-program') },
  { name: 'a path that is not there', command: ['/no/such/program'], expected: cannotStart('exec: "/no/such/program": stat /no/such/program: no s'), ...missing('/no/such/program') },
  { name: 'a relative path that is not there', command: ['./nothing.sh'], expected: cannotStart('exec: "./nothing.sh": stat ./nothing.sh: no such file'), ...missing('/app/nothing.sh') },
  { name: 'a file that may not be executed', files: { 'run.txt': 'echo no\n' }, command: ['./run.txt'], expected: cannotStart('exec: "./run.txt": permission denied') },
  { name: 'a directory as the program', files: { 'folder/file': '' }, command: ['./folder'], expected: cannotStart('exec: "./folder": '), varies: ['message'] },
  { name: 'a program of the working directory that is not on the PATH', files, command: ['show.sh'], expected: cannotStart('exec: "show.sh": executable file not found in $PATH'), ...missing('show.sh') },
  {
    name: 'a script without a first line for the kernel',
    files: { 'run.sh': { text: 'echo no\n', mode: 0o755 } },
    command: ['./run.sh'],
    // The container starts, and runc cannot execute the file: 1 before runc 1.2, and 255 since.
    expected: { status: 'FAILED', exitCode: [1, 255], linePattern: 'exec ./run.sh: exec format error' },
    varies: ['exitCode', 'message'],
  },
  {
    name: 'a script whose interpreter is missing',
    files: { 'run.sh': '#!/no/such/shell\necho no\n' },
    command: ['./run.sh'],
    expected: { status: 'FAILED', exitCode: [1, 255], linePattern: 'exec ./run.sh: no such file or directory' },
    ...missing('/no/such/shell'),
  },
  { name: 'Node.js', dockerfile: 'FROM localhost/node:1\nWORKDIR /app\nCOPY . .\n', files: { 'index.js': 'console.log(process.argv.slice(2).join("|")); process.exitCode = 9;\n' }, command: ['node', 'index.js', 'a', 'b'], expected: { status: 'FAILED', exitCode: 9, lines: ['a|b'] } },
  { name: 'Node.js that handles SIGTERM', dockerfile: 'FROM localhost/node:1\nWORKDIR /app\nCOPY . .\n', files: { 'index.js': 'process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); setInterval(() => {}, 1000);\n' }, command: ['node', 'index.js'], timeout: 60, attempts: 1, expected: { status: 'FAILED', exitCode: 0, reason: 'AttemptTimeout', lines: ['bye'] } },
];
