// What a container finds: its user, its environment, its volumes, and the other containers of its run.
import fs from 'node:fs';
import { at } from '../../../tasks/project.mjs';

const succeeds = (...lines) => ({ status: 'SUCCEEDED', exitCode: 0, lines });
const sh = (script) => ['sh', '-c', script];
const image = (instructions) => `FROM localhost/base:1\nWORKDIR /app\nCOPY . .\n${instructions}\n`;
const put = { memory: 256, dockerfile: 'FROM localhost/node:1\nWORKDIR /app\nCOPY . .\n', files: { 'put.js': fs.readFileSync(at('conformance', 'containers', 'put.js'), 'utf8') } };
const whoami = sh('id -u; id -g');

export default [
  { name: 'no USER', command: whoami, expected: succeeds('0', '0') },
  { name: 'USER by number', dockerfile: image('USER 1234'), command: whoami, expected: succeeds('1234', '0') },
  { name: 'USER by number with a group', dockerfile: image('USER 1234:5678'), command: whoami, expected: succeeds('1234', '5678') },
  { name: 'USER by the name of a user of the base image', dockerfile: image('USER worker'), command: whoami, expected: succeeds('1000', '1000'), differs: 'the users of the base image are not known without the image', asProcess: { status: 'SUCCEEDED', exitCode: 0 } },
  { name: 'the user of the job wins', dockerfile: image('USER 1234'), user: '1500:1501', command: whoami, expected: succeeds('1500', '1501') },
  { name: 'a user may not write the files of root', dockerfile: image('USER 1234'), command: sh('touch x 2>/dev/null || echo refused; touch /tmp/y && echo scratch'), expected: succeeds('refused', 'scratch') },

  { name: 'values with special characters', environment: { TEXT: 'a\nb "c" \'d\' $e `f` \\g=h', LAST: ' blanks ' }, command: sh('printf "%s|" "$TEXT" "$LAST"'), expected: succeeds('a', 'b "c" \'d\' $e `f` \\g=h| blanks |') },
  { name: 'ENV of the image and of the job', dockerfile: image('ENV A=image B=image C="two words"'), environment: { B: 'job' }, command: sh('echo "$A,$B,$C"'), expected: succeeds('image,job,two words') },
  { name: 'variables of this machine are not there', command: sh('echo "${NO_COLOR-none},${CONTAINERS_STORAGE_CONF-none},${CDK_DOCKER-none}"'), expected: succeeds('none,none,none') },
  { name: 'a PATH of the job', environment: { PATH: '/app/tools:/bin:/usr/bin' }, files: { 'tools/mine': '#!/bin/sh\necho "$PATH"\n' }, command: ['mine'], expected: { status: 'SUCCEEDED', lines: ['/app/tools:/bin:/usr/bin'] } },
  { name: 'HOME', command: sh('echo "$HOME"'), expected: succeeds('/root') },
  { name: 'the variables of Batch', command: sh('echo "$AWS_BATCH_JOB_ATTEMPT ${AWS_BATCH_JOB_ID:+id} ${AWS_BATCH_JQ_NAME:+queue} ${HEAVY_BATCH_RUN_ID:+run} $HEAVY_BATCH_ROUND"'), expected: succeeds('1 id queue run 1') },

  { name: 'a result', command: sh('echo \'{"answer": 42}\' | node put.js'), ...put, expected: { status: 'SUCCEEDED', result: { answer: 42 } } },
  { name: 'a result of a container that fails', command: sh('echo 1 | node put.js; exit 1'), ...put, expected: { status: 'FAILED', exitCode: 1 } },
  { name: 'a result of another user', command: sh('echo \'"mine"\' | node put.js'), ...put, user: '1234', expected: { status: 'SUCCEEDED', result: 'mine' } },
  { name: 'a result that is no JSON', command: sh('echo {oops | node put.js'), ...put, expected: { status: 'SUCCEEDED', result: null } },

  { name: 'a result that is taken for a file', command: sh('{ echo 1 > "$HEAVY_BATCH_RESULT"; } 2> /dev/null || echo refused'), expected: { ...succeeds('refused'), result: null } },

  { name: 'a volume', volume: { path: '/mnt/files', files: { 'in.txt': 'input\n' } }, command: sh('cat /mnt/files/in.txt; echo output > /mnt/files/out.txt'), expected: { ...succeeds('input'), files: { 'in.txt': 'input\n', 'out.txt': 'output\n' } } },
  { name: 'a volume in the working directory', volume: { path: '/app/data', files: { 'in.txt': 'input\n' } }, command: sh('cat data/in.txt; echo output > data/out.txt'), expected: { ...succeeds('input'), files: { 'in.txt': 'input\n', 'out.txt': 'output\n' } } },
  { name: 'a volume that is read-only', volume: { path: '/mnt/files', readOnly: true, files: { 'in.txt': 'input\n' } }, command: sh('cat /mnt/files/in.txt; touch /mnt/files/out.txt 2>/dev/null || echo refused'), expected: { ...succeeds('input', 'refused'), files: { 'in.txt': 'input\n' } } },
  {
    name: 'a volume keeps the files of the attempt before',
    volume: { path: '/mnt/files' },
    command: sh('echo "attempt $AWS_BATCH_JOB_ATTEMPT" >> /mnt/files/log; [ "$AWS_BATCH_JOB_ATTEMPT" = 2 ]'),
    attempts: 3,
    expected: { status: 'SUCCEEDED', exitCode: 0, attempts: 2, files: { log: 'attempt 1\nattempt 2\n' } },
  },
  {
    name: 'the children of an array',
    volume: { path: '/mnt/files' },
    command: sh('[ ! -e mark ] || echo shared; touch mark; echo child > /mnt/files/$AWS_BATCH_JOB_ARRAY_INDEX; sleep 0.5'),
    input: { arraySize: 3 },
    expected: { status: 'SUCCEEDED', lines: [], array: { size: 3, children: { SUCCEEDED: 3 } }, files: { 0: 'child\n', 1: 'child\n', 2: 'child\n' } },
  },
  {
    name: 'a child of an array that fails',
    command: sh('exit $AWS_BATCH_JOB_ARRAY_INDEX'),
    input: { arraySize: 2 },
    expected: { status: 'FAILED', array: { size: 2, children: { SUCCEEDED: 1, FAILED: 1 } } },
  },
  { name: 'shared memory', sharedMemory: 8, command: sh('df -m /dev/shm | tail -n 1 | awk \'{ print $2 }\''), expected: succeeds('8') },
];
