import * as fs from 'node:fs';
import * as path from 'node:path';
import { build, contentsOf, Files, isRoot, modeOf, temporary } from './directories';
import { buildImage } from '../../../cli/image/image-files';

/** The expected files are derived by hand from https://docs.docker.com/reference/dockerfile/#copy. */
const TREE: Files = { 'a.txt': 'a', 'b.txt': 'b', 'src/main.py': 'main', 'src/lib/x.py': 'x', 'src/lib/y.py': 'y' };

test.each<[string, string, Record<string, string>]>([
  ['a file into a directory', 'COPY a.txt /data/', { 'data/a.txt': 'a' }],
  ['a file to a new name', 'COPY a.txt /data/c.txt', { 'data/c.txt': 'a' }],
  ['a file into a directory that is there', 'WORKDIR /data\nCOPY a.txt /data', { 'data/a.txt': 'a' }],
  ['a file into a directory that every base image has', 'COPY a.txt /usr/local/bin', { 'usr/local/bin/a.txt': 'a' }],
  ['a file to the root', 'COPY a.txt /', { 'a.txt': 'a' }],
  ['a file into the working directory', 'WORKDIR /app\nCOPY a.txt .', { 'app/a.txt': 'a' }],
  ['a file into a directory below the working directory', 'WORKDIR /app\nCOPY a.txt in/', { 'app/in/a.txt': 'a' }],
  ['a file above the working directory', 'WORKDIR /app/x\nCOPY a.txt ../', { 'app/a.txt': 'a', 'app/x/': '' }],
  ['several files', 'COPY a.txt b.txt /data/', { 'data/a.txt': 'a', 'data/b.txt': 'b' }],
  ['several files in JSON form', 'COPY ["a.txt", "b.txt", "/my data/"]', { 'my data/a.txt': 'a', 'my data/b.txt': 'b' }],
  ['what is in a directory', 'COPY src /app', { 'app/main.py': 'main', 'app/lib/x.py': 'x', 'app/lib/y.py': 'y' }],
  ['what is in a directory, with slashes', 'COPY src/ /app/', { 'app/main.py': 'main', 'app/lib/x.py': 'x', 'app/lib/y.py': 'y' }],
  ['a directory and a file', 'COPY src a.txt /app/', { 'app/main.py': 'main', 'app/lib/x.py': 'x', 'app/lib/y.py': 'y', 'app/a.txt': 'a' }],
  ['a directory into one that is there', 'COPY a.txt /app/lib/\nCOPY src /app', { 'app/main.py': 'main', 'app/lib/x.py': 'x', 'app/lib/y.py': 'y', 'app/lib/a.txt': 'a' }],
  ['a file over a file', 'COPY a.txt /c\nCOPY b.txt /c', { c: 'b' }],
  ['a source with a slash at its beginning', 'COPY /a.txt /c', { c: 'a' }],
  ['a source that leads above the context', 'COPY ../../src/../a.txt /c', { c: 'a' }],
  ['a pattern', 'COPY *.txt /data/', { 'data/a.txt': 'a', 'data/b.txt': 'b' }],
  ['a pattern of directories, whose contents are copied', 'COPY s* /data/', { 'data/main.py': 'main', 'data/lib/x.py': 'x', 'data/lib/y.py': 'y' }],
  ['a pattern in a directory', 'COPY src/lib/[x-z].py /data/', { 'data/x.py': 'x', 'data/y.py': 'y' }],
  ['a pattern of directories and files', 'COPY s??/*/?.py /data/', { 'data/x.py': 'x', 'data/y.py': 'y' }],
  ['a pattern that matches nothing, which copies nothing', 'COPY a.txt no* /data/', { 'data/a.txt': 'a' }],
  ['a variable', 'ARG NAME=a\nENV TO=/data\nCOPY ${NAME}.txt $TO/', { 'data/a.txt': 'a' }],
  ['with --link', 'COPY --link a.txt /', { 'a.txt': 'a' }],
  ['with --exclude', 'COPY --exclude=lib --exclude=*.txt . /app/', { 'app/Dockerfile': 'FROM debian:12\nCOPY --exclude=lib --exclude=*.txt . /app/', 'app/src/main.py': 'main', 'app/src/lib/x.py': 'x', 'app/src/lib/y.py': 'y' }],
  ['with --exclude in all directories', 'COPY --exclude=**/lib src /app', { 'app/main.py': 'main' }],
  ['with --exclude and an exception', 'COPY --exclude=lib --exclude=!lib/x.py src /app', { 'app/main.py': 'main', 'app/lib/x.py': 'x' }],
  ['with --exclude of a file that is a source itself', 'COPY --exclude=b* *.txt /app/', { 'app/a.txt': 'a', 'app/b.txt': 'b' }],
  ['with --parents', 'COPY --parents src/lib/x.py a.txt /app/', { 'app/src/lib/x.py': 'x', 'app/a.txt': 'a' }],
  ['with --parents from a point on', 'COPY --parents src/./lib/x.py /app/', { 'app/lib/x.py': 'x' }],
  ['with --parents and a pattern', 'COPY --parents **/?.py /app/', { 'app/src/lib/x.py': 'x', 'app/src/lib/y.py': 'y' }],
  ['with --parents of a directory', 'COPY --parents src/lib /app/', { 'app/src/lib/x.py': 'x', 'app/src/lib/y.py': 'y' }],
  ['a here-document', 'COPY <<EOF /etc/app.conf\na=1\nEOF', { 'etc/app.conf': 'a=1\n' }],
  ['a here-document into a directory', 'COPY <<a.conf /etc/\na=1\na.conf', { 'etc/a.conf': 'a=1\n' }],
  ['two here-documents', 'COPY <<one <<-two /etc/\n1\none\n\t2\n\ttwo', { 'etc/one': '1\n', 'etc/two': '2\n' }],
  ['a here-document and a file', 'COPY a.txt <<doc /etc/\n1\ndoc', { 'etc/a.txt': 'a', 'etc/doc': '1\n' }],
  ['a here-document with variables', 'ENV A=1\nCOPY <<EOF /c\n$A ${A}x "$A" \'$A\' \\$A ${B:-b} $\nEOF', { c: '1 1x "1" \'1\' $A b $\n' }],
  ['a here-document in quotes', 'ENV A=1\nCOPY <<"EOF" /c\n$A \\$A\nEOF', { c: '$A \\$A\n' }],
  ['an ADD', 'ADD a.txt src /app/', { 'app/a.txt': 'a', 'app/main.py': 'main', 'app/lib/x.py': 'x', 'app/lib/y.py': 'y' }],
])('COPY copies %s', (_, lines, files) => {
  const built = build(`FROM debian:12\n${lines}`, TREE);
  expect(built.files).toEqual(files);
  expect(built.skipped).toEqual([]);
});

test('COPY copies the Dockerfile and .dockerignore as well, unless they are ignored', () => {
  expect(Object.keys(build('FROM a\nCOPY . /', { '.dockerignore': 'x', 'x': '' }).files)).toEqual(['.dockerignore', 'Dockerfile']);
  expect(build('FROM a\nCOPY . /', { '.dockerignore': '.dockerignore\nDockerfile', 'x': '1' }).files).toEqual({ x: '1' });
});

describe('.dockerignore', () => {
  test.each<[string, string, string[]]>([
    ['excludes a directory', 'src', ['a.txt', 'b.txt']],
    ['excludes in all directories', '**/*.py', ['a.txt', 'b.txt', 'src/lib/']],
    ['includes again', 'src\n!src/lib/x.py', ['a.txt', 'b.txt', 'src/lib/x.py']],
    ['has comments, slashes and blank lines', '# a\n\n/src/lib/\n  b.txt  ', ['a.txt', 'src/main.py']],
    ['excludes all but some', '*\n!a.txt\n!src', ['a.txt', 'src/lib/x.py', 'src/lib/y.py', 'src/main.py']],
    ['knows capital letters', 'A.TXT\nsrc', ['a.txt', 'b.txt']],
  ])('%s', (_, ignore, files) => {
    expect(Object.keys(build('FROM a\nCOPY --exclude=Dockerfile --exclude=.dockerignore . /', { ...TREE, '.dockerignore': ignore }).files)).toEqual(files);
  });

  test('has precedence over the exceptions of --exclude', () => {
    const lines = 'FROM a\nCOPY --exclude=lib --exclude=!lib/x.py src /x';
    expect(build(lines, { ...TREE, '.dockerignore': '**/x.py' }).files).toEqual({ 'x/main.py': 'main' });
  });

  test('of the Dockerfile has precedence', () => {
    const files = build('FROM a\nCOPY *.txt /', { ...TREE, '.dockerignore': 'a.txt', 'Dockerfile.dockerignore': 'b.txt' }).files;
    expect(files).toEqual({ 'a.txt': 'a' });
  });

  test('makes a file missing for COPY', () => {
    expect(() => build('FROM a\nCOPY a.txt /', { ...TREE, '.dockerignore': '*.txt' })).toThrow('"/a.txt": not found; it is not in the directory of the image, or .dockerignore excludes it');
  });
});

test.each<[string, string, string]>([
  ['a missing file', 'COPY c.txt /', ':2: "/c.txt": not found'],
  ['a missing directory of a pattern', 'COPY none/*.txt /', ':2: "/none/*.txt": not found'],
  ['a missing file with --parents', 'COPY --parents src/c /', ':2: "/src/c": not found'],
  ['no destination', 'COPY a.txt', ':2: COPY a.txt has no destination'],
  ['several files for one file', 'COPY a.txt b.txt /c', ':2: COPY a.txt b.txt /c has several sources for /c, which is not a directory; end it with /'],
  ['a mode that is none', 'COPY --chmod=rwx a.txt /', '--chmod=rwx of COPY --chmod=rwx a.txt / is not a mode; use octal digits'],
  ['a URL', 'COPY https://example.com/a.txt /', 'has the URL https://example.com/a.txt, which only ADD can have'],
  ['an unknown flag', 'COPY --form=a a.txt /', ':2: COPY has the unknown flag --form; it can have --chmod, --chown'],
  ['a flag without a value', 'COPY --chmod a.txt /', 'the flag --chmod of COPY has no value; write --chmod=<value>'],
  ['a variable in --from', 'ARG S\nCOPY --from=$S a.txt /', ':3: COPY --from=$S a.txt / has a variable in --from'],
  ['a stage that does not exist', 'COPY --from=1 a.txt /', ':2: COPY --from=1 a.txt / copies from stage 1, which is not before its own stage'],
  ['its own stage', 'COPY --from=0 a.txt /', 'which is not before its own stage'],
  ['a file over a directory', 'COPY a.txt /c/main.py/\nCOPY src /c', ':3: /c/main.py is a directory, and a file cannot replace it'],
  ['a directory over a file', 'COPY a.txt /c/lib\nCOPY src /c', ':3: /c/lib is not a directory, and a directory cannot replace it'],
  ['a file in a file', 'COPY a.txt /c\nCOPY b.txt /c/b.txt', ':3: /c is a file, where a directory is needed'],
  ['a here-document without an end', 'COPY <<EOF /c\na', ':2: the here-document <<EOF has no end'],
])('COPY refuses %s', (_, lines, message) => {
  expect(() => build(`FROM debian:12\n${lines}`, TREE)).toThrow(message);
});

describe('modes', () => {
  test('are kept', () => {
    const { root } = build('FROM a\nCOPY run.sh /\nCOPY src /src', { 'run.sh': { mode: 0o750 }, 'src/bin/': { mode: 0o711 }, 'src/x': { mode: 0o444 } });
    expect(['run.sh', 'src', 'src/bin', 'src/x'].map((name) => modeOf(path.join(root, name)))).toEqual(['750', '755', '711', '444']);
  });

  test.each([['755', '755'], ['0640', '640'], ['u=rwX,go=rX', '755'], ['+x', '755'], ['go-rwx', '700']])('are set by --chmod=%s', (mode, file) => {
    const { root } = build(`FROM a\nCOPY --chmod=${mode} run.sh /x/run.sh`, { 'run.sh': { mode: 0o744 } });
    expect(modeOf(path.join(root, 'x/run.sh'))).toBe(file);
  });

  test('of directories that are made are 755, or what --chmod says', () => {
    const { root } = build('FROM a\nCOPY a /x/\nCOPY --chmod=700 a /y/z/', { a: '' });
    expect(['x', 'y', 'y/z'].map((name) => modeOf(path.join(root, name)))).toEqual(['755', '700', '700']);
  });

  test('of a directory that only root could fill do not matter', () => {
    const { root, files } = build('FROM a\nCOPY --chmod=600 src a /x/y/\nCOPY a /x/y/z/', { 'src/in/b': '', 'a': '' });
    expect(Object.keys(files)).toEqual(['x/y/a', 'x/y/in/b', 'x/y/z/a']);
    expect(modeOf(path.join(root, 'x/y'))).toBe(isRoot ? '600' : '700');
  });

  test('of a directory that is there already stay at the top, and are replaced below', () => {
    const { root } = build('FROM a\nWORKDIR /x/in\nCOPY src /x', { 'src/in/': { mode: 0o700 }, 'src/': { mode: 0o700 } });
    expect(['x', 'x/in'].map((name) => modeOf(path.join(root, name)))).toEqual(['755', '700']);
  });
});

test('times of files are kept', () => {
  const context = temporary({ 'Dockerfile': 'FROM a\nCOPY src /src', 'src/in/a': 'a', 'src/in/l': { link: 'a' } });
  const time = new Date('2020-01-02T03:04:05Z');
  for (const name of ['src/in/a', 'src/in']) fs.utimesSync(path.join(context, name), time, time);
  fs.lutimesSync(path.join(context, 'src/in/l'), time, time);
  const root = temporary();
  buildImage({ directory: context, dockerfile: 'Dockerfile', buildArgs: {} }, root);
  expect(['src/in/a', 'src/in', 'src/in/l'].map((name) => fs.lstatSync(path.join(root, name)).mtimeMs)).toEqual([time, time, time].map(Number));
});

describe('symbolic links', () => {
  test('are copied as links in a directory, and followed when they are the source', () => {
    const files: Files = { 'src/a': 'a', 'src/l': { link: 'a' }, 'l': { link: 'src/a' }, 'd': { link: 'src' } };
    expect(build('FROM a\nCOPY src /x\nCOPY l /l\nCOPY d /d', files).files).toEqual({ 'x/a': 'a', 'x/l': '-> a', 'l': 'a', 'd/a': 'a', 'd/l': '-> a' });
  });

  test('of the context stay in the context', () => {
    expect(() => build('FROM a\nCOPY l /l', { l: { link: '/etc/passwd' } })).toThrow('"/l": not found');
    expect(() => build('FROM a\nCOPY l/passwd /l', { l: { link: '../../../../../../etc' } })).toThrow('"/l/passwd": not found');
  });

  test('that are ignored do not lead to their targets', () => {
    expect(() => build('FROM a\nCOPY l /x', { 'l': { link: 'src' }, 'src/a': 'a', '.dockerignore': 'l' })).toThrow('"/l": not found');
  });

  test('of the image stay in the image', () => {
    const outside = temporary({ a: 'old' });
    const { files } = build('FROM a\nCOPY l /l\nCOPY src /l2\nCOPY a /l/d/a\nCOPY a /l2/l/', { 'l/d': { link: outside }, 'src/l': { link: `../../../..${outside}` }, 'a': 'new' });
    expect(contentsOf(outside)).toEqual({ a: 'old' });
    expect(files).toMatchObject({ 'l/d': `-> ${outside}`, [`${outside.slice(1)}/a`]: 'new' });
  });

  test('are replaced by a file of their name in a directory', () => {
    const outside = temporary({ a: 'old' });
    const { files } = build('FROM a\nCOPY l /x\nCOPY src /x', { 'l/a': { link: path.join(outside, 'a') }, 'src/a': 'new' });
    expect(files).toEqual({ 'x/a': 'new' });
    expect(contentsOf(outside)).toEqual({ a: 'old' });
  });

  test('that lead to themselves are refused', () => {
    expect(() => build('FROM a\nCOPY l /\nCOPY x /b/y', { 'l/b': { link: 'b' }, 'x': '' })).toThrow('/b/y leads through more than 255 symbolic links');
  });
});

describe('COPY --from', () => {
  test.each<[string, string, Record<string, string>]>([
    ['a stage', 'FROM a AS One\nWORKDIR /x\nCOPY a.txt .\nFROM b\nCOPY --from=one /x/a.txt /y', { y: 'a' }],
    ['a stage by its number', 'FROM a\nCOPY a.txt /x/\nFROM b\nCOPY --from=0 /x /y', { 'y/a.txt': 'a' }],
    ['a stage on a stage', 'FROM a AS one\nCOPY a.txt /x/\nFROM one AS two\nCOPY b.txt /x/\nFROM b\nCOPY --from=two x/ .', { 'a.txt': 'a', 'b.txt': 'b' }],
    ['a whole stage', 'FROM scratch AS one\nCOPY a.txt /usr/bin/\nFROM b\nCOPY --from=one / /', { 'bin': '-> usr/bin', 'usr/bin/a.txt': 'a' }],
  ])('copies from %s', (_, lines, files) => {
    const built = build(lines, TREE);
    expect(built.files).toMatchObject(files);
    expect(built.skipped).toEqual([]);
  });

  test.each([
    ['an image', 'FROM a\nCOPY --from=nginx:1 /etc/nginx /x', 'nginx:1 is not a stage of this Dockerfile'],
    ['what a stage does not have', 'FROM golang AS one\nRUN go build\nFROM a\nCOPY --from=one /app /app', '/app is not among the files that the Dockerfile adds to the stage one'],
    ['a pattern for which a stage has no files', 'FROM golang AS one\nFROM a\nCOPY --from=one /app/*.js /app', '/app/*.js is not among the files that the Dockerfile adds to the stage one'],
  ])('skips %s', (_, lines, reason) => {
    expect(build(lines).skipped).toContainEqual(expect.objectContaining({ line: lines.split('\n').length, instruction: lines.split('\n').at(-1), reason }));
  });

  test('reports a directory in which the base image of the stage has files', () => {
    const built = build('FROM python AS one\nCOPY a.txt /usr/local/bin\nFROM a\nCOPY --from=one /usr/local /usr/local', TREE);
    expect(built.files).toEqual({ 'usr/local/bin/a.txt': 'a' });
    expect(built.skipped.map(({ reason }) => reason)).toEqual(['of /usr/local of the stage one only what the Dockerfile adds is copied']);
  });

  test('refuses what an empty stage does not have', () => {
    expect(() => build('FROM scratch AS one\nCOPY a.txt /\nFROM a\nCOPY --from=one /b.txt /', TREE)).toThrow(':4: "/b.txt": not found; it is not in the stage one');
  });

  test('refuses a stage that stands behind, when the image needs it', () => {
    const lines = 'FROM a AS one\nCOPY --from=two /x /\nFROM b AS two';
    expect(() => build(lines, {}, { target: 'one' })).toThrow(':2: COPY --from=two /x / copies from stage two, which is not before its own stage');
    expect(build(lines, {}, { target: 'two' }).files).toEqual({});
  });
});

describe('ADD', () => {
  test.each(['https://example.com/a.tgz', 'git@github.com:a/b.git', 'git://example.com/a'])('skips %s', (url) => {
    expect(build(`FROM a\nADD ${url} /x/`).skipped).toMatchObject([{ line: 2, instruction: `ADD ${url} /x/`, reason: `${url} is downloaded` }]);
  });
});

test('files of the context belong to root, those of --chown to their owner', () => {
  const lines = 'FROM a\nCOPY a /a\nCOPY --chown=1001:1002 a /b/c\nCOPY --chown=7 a /d\nCOPY --chown=web:web passwd group /etc/\nCOPY --chown=web a /e\nCOPY --chown=web:staff2 a /f\nCOPY --chown=nobody-knows a /g';
  const { root } = build(lines, { a: '', passwd: 'web:x:81:82::/:/bin/sh\n', group: 'web:x:83:\nstaff2:x:84:\n' });
  // Only root can give files away.
  const own = `${process.getuid!()}:${process.getgid!()}`;
  const owners = ['a', 'b', 'b/c', 'd', 'e', 'f', 'g'].map((name) => fs.lstatSync(path.join(root, name))).map(({ uid, gid }) => `${uid}:${gid}`);
  expect(owners).toEqual(isRoot ? ['0:0', '1001:1002', '1001:1002', '7:7', '81:82', '81:84', '0:0'] : Array(7).fill(own));
});
