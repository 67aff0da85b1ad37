// The files of a container: what is copied where, who owns it, and what another container sees of it.
const list = '#!/bin/sh\ncd "${1:-/app}" && find . -type f | sort\n';
const succeeds = (...lines) => ({ status: 'SUCCEEDED', exitCode: 0, lines });
const sh = (script) => ['sh', '-c', script];
const image = (instructions) => `FROM localhost/base:1\n${instructions}\n`;
const tree = { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.md': 'c\n', 'sub/d.txt': 'd\n', 'sub/deep/e.txt': 'e\n' };

export default [
  { name: 'WORKDIR', dockerfile: image('WORKDIR /work/here\nWORKDIR deeper'), command: ['pwd'], expected: succeeds('/work/here/deeper') },
  { name: 'no WORKDIR', dockerfile: image(''), command: ['pwd'], expected: succeeds('/') },
  { name: 'COPY with a new name', dockerfile: image('COPY a.txt /data/renamed.txt'), files: tree, command: sh('cat /data/renamed.txt; ls /data'), expected: succeeds('a', 'renamed.txt') },
  { name: 'COPY with a pattern', dockerfile: image('WORKDIR /app\nCOPY *.txt ./'), files: tree, command: sh('ls'), expected: succeeds('a.txt', 'b.txt') },
  { name: 'COPY of a directory copies its files', dockerfile: image('WORKDIR /app\nCOPY sub ./'), files: tree, command: sh('find . -type f | sort'), expected: succeeds('./d.txt', './deep/e.txt') },
  { name: 'COPY of a directory to a new name', dockerfile: image('WORKDIR /app\nCOPY sub other/'), files: tree, command: sh('find . -type f | sort'), expected: succeeds('./other/d.txt', './other/deep/e.txt') },
  { name: 'COPY of several files', dockerfile: image('COPY a.txt sub/d.txt /data/'), files: tree, command: sh('ls /data'), expected: succeeds('a.txt', 'd.txt') },
  { name: 'COPY with chmod', dockerfile: image('WORKDIR /app\nCOPY --chmod=755 run .'), files: { run: { text: '#!/bin/sh\necho executed\n', mode: 0o644 } }, command: ['./run'], expected: succeeds('executed') },
  { name: 'COPY with chown', dockerfile: image('WORKDIR /app\nCOPY --chown=1000:1000 a.txt .'), files: tree, command: sh('stat -c "%u:%g" a.txt'), expected: succeeds('1000:1000') },
  { name: 'COPY keeps the mode', dockerfile: image('WORKDIR /app\nCOPY . .'), files: { 'secret.txt': { text: 's', mode: 0o600 }, 'run.sh': '#!/bin/sh\n' }, command: sh('stat -c "%a %n" secret.txt run.sh'), expected: succeeds('600 secret.txt', '755 run.sh') },
  { name: 'files are of root', dockerfile: image('WORKDIR /app\nCOPY . .'), files: tree, command: sh('stat -c "%u:%g" a.txt sub'), expected: succeeds('0:0', '0:0') },
  { name: 'a link in the directory stays a link', dockerfile: image('WORKDIR /app\nCOPY . .'), files: { ...tree, 'link.txt': { link: 'a.txt' } }, command: sh('readlink link.txt; cat link.txt'), expected: succeeds('a.txt', 'a') },
  { name: 'dockerignore', dockerfile: image('WORKDIR /app\nCOPY . .'), files: { ...tree, '.dockerignore': '*.md\nsub/deep\nDockerfile\n.dockerignore\n' }, command: sh('find . -type f | sort'), expected: succeeds('./a.txt', './b.txt', './sub/d.txt') },
  { name: 'ADD of a file', dockerfile: image('ADD a.txt /data/'), files: tree, command: sh('cat /data/a.txt'), expected: succeeds('a') },
  {
    name: 'COPY from another stage',
    dockerfile: 'FROM localhost/base:1 AS build\nWORKDIR /build\nCOPY a.txt made.txt\nFROM localhost/base:1\nWORKDIR /app\nCOPY --from=build /build/made.txt result.txt\n',
    files: tree,
    command: sh('ls; cat result.txt'),
    expected: succeeds('result.txt', 'a'),
  },
  { name: 'a later COPY wins', dockerfile: image('COPY a.txt /data/x\nCOPY b.txt /data/x'), files: tree, command: sh('cat /data/x'), expected: succeeds('b') },
  { name: 'a build argument in COPY', dockerfile: image('ARG NAME=a\nCOPY $NAME.txt /data/x'), build: { buildArgs: { NAME: 'b' } }, files: tree, command: sh('cat /data/x'), expected: succeeds('b') },
  { name: 'a target stage', dockerfile: 'FROM localhost/base:1 AS first\nCMD ["echo", "first"]\nFROM localhost/base:1\nCMD ["echo", "last"]\n', build: { target: 'first' }, expected: succeeds('first') },
  { name: 'files of the directory that are not copied', dockerfile: image('WORKDIR /app\nCOPY a.txt .'), files: tree, command: sh('ls'), expected: succeeds('a.txt') },
  { name: 'writing into the working directory', files: tree, command: sh('echo new > new.txt; rm a.txt; echo more >> b.txt; ls *.txt; cat b.txt'), expected: succeeds('b.txt', 'new.txt', 'b', 'more') },
  // The next attempt begins with the files of the image again.
  { name: 'an attempt does not see the files of the one before', files: tree, command: sh('[ -e mark ] && echo seen; touch mark; exit 1'), attempts: 2, expected: { status: 'FAILED', exitCode: 1, attempts: 2, lines: [] } },
  { name: 'a directory of the image that is not the working directory', dockerfile: image('COPY sub /opt/tool/lib\nWORKDIR /srv'), files: tree, command: sh('cat /opt/tool/lib/d.txt; pwd'), expected: succeeds('d', '/srv') },
  { name: 'files that are read-only', files: { ...tree, 'list.sh': list }, readonlyRootFilesystem: true, command: sh('touch x 2>/dev/null || echo refused; touch /tmp/y && echo scratch'), expected: succeeds('refused', 'scratch') },
  { name: 'the scratch directory', command: sh('echo "$HEAVY_BATCH_SCRATCH"; cd "$HEAVY_BATCH_SCRATCH"; touch y && echo writable'), expected: succeeds('/tmp', 'writable') },
];
