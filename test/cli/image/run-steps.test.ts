import * as fs from 'node:fs';
import * as path from 'node:path';
import { build, Files, isRoot, modeOf } from './directories';

const TREE: Files = { 'run.sh': { text: 'run', mode: 0o644 }, 'app/a.py': { text: 'a', mode: 0o644 }, 'app/b.py': 'b', 'app/lib/c.py': 'c', 'app/.hidden': 'h' };
const NOT_RUN = 'RUN steps do not run without an engine';

/** The image has /run.sh and what is in /app. */
function run(text: string, files: Files = TREE) {
  return build(`FROM debian:12\nWORKDIR /app\nENV APP=/app SPACES="a b"\nCOPY run.sh /\nCOPY app /app\nRUN ${text}`, files);
}

describe('RUN changes modes', () => {
  test.each<[string, string, string]>([
    ['chmod +x /run.sh', 'run.sh', '755'],
    ['chmod 700 /run.sh', 'run.sh', '700'],
    ['chmod u+x,go= /run.sh', 'run.sh', '700'],
    ['chmod -r /run.sh', 'run.sh', '200'],
    ['["chmod", "+x", "/run.sh"]', 'run.sh', '755'],
    ['["/bin/sh", "-c", "chmod +x /run.sh"]', 'run.sh', '755'],
    ['/bin/chmod +x /run.sh', 'run.sh', '755'],
    ['chmod +x "/run.sh" \'/app/a.py\'', 'app/a.py', '755'],
    ['chmod +x *.py', 'app/a.py', '755'],
    ['chmod +x ./a.py', 'app/a.py', '755'],
    ['chmod +x $APP/a.py', 'app/a.py', '755'],
    ['chmod +x ${APP}/[!b].py', 'app/a.py', '755'],
    ['chmod -R a=rX,u+w /app', 'app/lib/c.py', '644'],
    ['chmod -R a=rX,u+w /app', 'app/lib', '755'],
    ['cd / && chmod +x run.sh', 'run.sh', '755'],
    ['set -eux; chmod +x /run.sh; echo done', 'run.sh', '755'],
    ['true && : && chmod +x /run.sh # why', 'run.sh', '755'],
    ['<<EOF\nset -e\nchmod +x \\\n  /run.sh\nEOF', 'run.sh', '755'],
    ['chmod +x /app/lib/../../run.sh', 'run.sh', '755'],
    ['mkdir -p -m 1777 /data/x', 'data/x', '1777'],
    ['mkdir -p -m 1777 /data/x', 'data', '755'],
    ['mkdir --mode=700 /data', 'data', '700'],
    ['mkdir -m700 /data', 'data', '700'],
  ])('%s', (text, name, mode) => {
    const built = run(text);
    expect(built.skipped).toEqual([]);
    expect(modeOf(path.join(built.root, name))).toBe(mode);
  });
});

describe('RUN changes files', () => {
  const { files: before } = run('true');

  test.each<[string, Record<string, string>, string[]]>([
    ['mkdir -p /data/in /data/out', { 'data/in/': '', 'data/out/': '' }, []],
    ['mkdir -pv data', { 'app/data/': '' }, []],
    ['mkdir /data && touch /data/a /run.sh', { 'data/a': '' }, []],
    ['ln -s /run.sh /usr/local/bin/run', { 'usr/local/bin/run': '-> /run.sh' }, []],
    ['ln -sf ../run.sh /app/a.py', { 'app/a.py': '-> ../run.sh' }, []],
    ['ln -s /run.sh /opt/tool /usr/local/bin', { 'usr/local/bin/run.sh': '-> /run.sh', 'usr/local/bin/tool': '-> /opt/tool' }, []],
    ['ln -s /run.sh', { 'app/run.sh': '-> /run.sh' }, []],
    ['ln -s /app /current && ln -sfn /app/lib /current', { current: '-> /app/lib' }, []],
    ['cp /run.sh /usr/local/bin/', { 'usr/local/bin/run.sh': 'run' }, []],
    ['cp /run.sh b.py', { 'app/b.py': 'run' }, []],
    ['cp a.py b.py lib', { 'app/lib/a.py': 'a', 'app/lib/b.py': 'b' }, []],
    ['cp -r lib lib2', { 'app/lib2/c.py': 'c' }, []],
    ['cp -a lib /opt', { 'opt/lib/c.py': 'c' }, []],
    ['cp -a /app/. /opt', { 'opt/a.py': 'a', 'opt/b.py': 'b', 'opt/.hidden': 'h', 'opt/lib/c.py': 'c' }, []],
    ['mv /run.sh /usr/local/bin', { 'usr/local/bin/run.sh': 'run' }, ['run.sh']],
    ['mv *.py lib', { 'app/lib/a.py': 'a', 'app/lib/b.py': 'b' }, ['app/a.py', 'app/b.py']],
    ['mv lib /opt/lib2', { 'opt/lib2/c.py': 'c' }, ['app/lib/c.py']],
    ['rm a.py "b.py"', {}, ['app/a.py', 'app/b.py']],
    ['rm -rf /app/lib/', {}, ['app/lib/c.py']],
    ['rm -rf *', {}, ['app/a.py', 'app/b.py', 'app/lib/c.py']],
    ['rm -rf .h*', {}, ['app/.hidden']],
    ['rm -rf /var/lib/apt/lists/* /none', {}, []],
    ['mkdir /data && rmdir /data', {}, []],
    ['rm -- a.py', {}, ['app/a.py']],
  ])('%s', (text, added, removed) => {
    const built = run(text);
    const expected = Object.fromEntries(Object.entries(before).filter(([name]) => !removed.includes(name)));
    expect(built.skipped).toEqual([]);
    expect(built.files).toEqual({ ...expected, ...added });
  });

  test.each(['chown 5:6 /run.sh', 'chown -R 5:6 /', 'chown 5 /run.sh && chown :6 /run.sh', 'chown 5.6 /run.sh'])('%s', (text) => {
    const { root, skipped } = run(text);
    const { uid, gid } = fs.statSync(path.join(root, 'run.sh'));
    expect(skipped).toEqual([]);
    // Only root can give files away.
    expect([uid, gid]).toEqual(isRoot ? [5, 6] : [process.getuid!(), process.getgid!()]);
  });
});

describe('RUN is reported where it is not followed', () => {
  test.each<[string, string]>([
    ['make', NOT_RUN],
    ['apt-get update && apt-get install -y ffmpeg', NOT_RUN],
    ['curl https://example.com/a | sh', NOT_RUN],
    ['if true; then chmod +x /run.sh; fi', NOT_RUN],
    ['chmod +x /run.sh || true', NOT_RUN],
    ['(chmod +x /run.sh)', NOT_RUN],
    ['chmod +x /run.sh &', NOT_RUN],
    ['test -f /x && chmod +x /run.sh', NOT_RUN],
    ['chmod +x $(which run.sh)', NOT_RUN],
    ['chmod +x `which run.sh`', NOT_RUN],
    ['chmod +x "$(which run.sh)" "`pwd`"', NOT_RUN],
    ['chmod +x $UNKNOWN/run.sh', NOT_RUN],
    ['chmod +x $SPACES', NOT_RUN],
    ['chmod +x /{run,b}.sh', NOT_RUN],
    ['echo a > /run.sh', NOT_RUN],
    ['NAME=/run.sh; chmod +x $NAME', NOT_RUN],
    ['<<EOF python3\nprint(1)\nEOF', NOT_RUN],
    ['<<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF', NOT_RUN],
    ['cat <<EOF\nchmod\nEOF', NOT_RUN],
    ['--mount=type=cache,target=/x chmod +x /run.sh', NOT_RUN],
    ['["sh", "-c", "chmod +x \\"$0\\"", "/run.sh"]', NOT_RUN],
    ['chmod +x /run.sh "', NOT_RUN],
    ['chmod +x /usr/bin/tool', '/usr/bin/tool is not among the files that the Dockerfile adds'],
    ['chmod +x', 'chmod +x is not followed'],
    ['chmod x+r /run.sh', 'chmod x+r /run.sh is not followed'],
    ['chown nobody-knows /run.sh', 'the user or group of nobody-knows is not known'],
    ['cp /usr/bin/tool /run.sh', '/usr/bin/tool is not among the files that the Dockerfile adds'],
    ['cp /app /opt', '/app is a directory, and cp has no -r'],
    ['cp -r /app /app/lib', '/app/lib/app is in /app'],
    ['cp --sparse=always /run.sh /x', 'the option --sparse=always is not followed'],
    ['cp a.py', 'there is no destination'],
    ['cp a.py b.py c', '/app/c is not a directory'],
    ['mv /app /app/lib', '/app cannot be moved to /app/lib/app'],
    ['mkdir /run.sh/x', '/run.sh is a file, where a directory is needed'],
    ['mkdir -m rwx /x', 'the mode rwx is not followed'],
    ['ln /run.sh /x', 'ln is followed only with -s'],
    ['ln -s /x /run.sh', '/run.sh is there already'],
    ['ln -s /x /y /z', '/z is not a directory'],
    ['rm /app', '/app is a directory'],
    ['rm -rf /', '/ is a directory'],
    ['rmdir /app', '/app is not empty'],
    ['touch /var/log/x', '/var/log/x is not among the files that the Dockerfile adds'],
    ["chmod +x ''", "the directory of '' is not known"],
    ['cd - && chmod +x a.py', NOT_RUN],
    ['mv lib /run.sh', 'ENOTDIR: not a directory'],
  ])('%s', (text, reason) => {
    const built = run(text);
    expect(built.skipped).toMatchObject([{ line: 6, instruction: expect.stringMatching(/^RUN /), reason }]);
    expect(built.files).toEqual(run('true').files);
    expect(modeOf(path.join(built.root, 'run.sh'))).toBe('644');
  });
});

test.each<[string, string]>([
  ['apt-get install -y x && chmod +x /run.sh', 'chmod'],
  ['chmod +x /run.sh && make && rm -rf /var/lib/apt/lists/*', 'chmod, rm'],
  ['curl https://example.com/"a b" | tar xz; chmod +x /run.sh', 'chmod'],
  ['curl https://example.com/a | tar xz && chmod +x ../run.sh', 'chmod'],
  ['make 2>&1 && chmod +x /run.sh', 'chmod'],
  ['<<EOF\nmake $(nproc)\n# a comment\nchmod +x /run.sh\nEOF', 'chmod'],
])('the simple commands of RUN %s are carried out', (text, names) => {
  const built = run(text);
  expect(built.skipped.map(({ reason }) => reason)).toEqual([`${NOT_RUN}, apart from ${names}`]);
  expect(modeOf(path.join(built.root, 'run.sh'))).toBe('755');
});

test('a relative path behind a directory that is not known is not changed', () => {
  expect(modeOf(path.join(run('cd $(mktemp -d) && chmod +x a.py').root, 'app/a.py'))).toBe('644');
});

test('the text of a long RUN is shortened for messages', () => {
  const text = `make ${'x'.repeat(200)}`;
  expect(run(`make \\\n   ${'x'.repeat(200)}`).skipped[0]).toMatchObject({ instruction: `RUN ${text.slice(0, 93)}...`, text: expect.stringMatching(/^make +x{200}$/) });
  expect(build('FROM a\nRUN <<END\napt-get install -y ffmpeg\nEND').skipped[0]).toMatchObject({ instruction: 'RUN <<END', text: '<<END\napt-get install -y ffmpeg\n' });
});

test('RUN of a shell that is none is not followed', () => {
  expect(build('FROM a\nCOPY a /\nSHELL ["pwsh", "-c"]\nRUN rm /a', { a: '' }).skipped).toMatchObject([{ line: 4, instruction: 'RUN rm /a', reason: NOT_RUN }]);
});
