// Generates build contexts and Dockerfiles that copy from them.
import fc from 'fast-check';
import { chance, listOf, pick, weighted } from '../common/arbitraries.mjs';

/** Path: a text with a mode, a link, or an empty directory. None is named like a directory that is a link into /usr on this machine. */
const CONTEXT = {
  'a.txt': { text: 'a' },
  'b.txt': { text: 'b', mode: 0o600 },
  'run.sh': { text: '#!/bin/sh\n', mode: 0o755 },
  '.hidden': { text: 'hidden' },
  'app/main.py': { text: 'main' },
  'app/mod/x.py': { text: 'x', mode: 0o640 },
  'app/mod/y.py': { text: 'y' },
  'app/mod/deep/z.txt': { text: 'z' },
  'app/.env': { text: 'env' },
  'app/link': { link: 'mod/x.py' },
  'app/cmd/tool': { text: 'tool', mode: 0o711 },
  'data/a.txt': { text: 'data' },
  'data/empty': { directory: true, mode: 0o700 },
  'mod/x.py': { text: 'other' },
  'to-app': { link: 'app' },
  'to-nothing': { link: '/none' },
};

const source = weighted(
  [8, pick(
    'a.txt', 'app', 'b.txt', 'run.sh', 'app/', '.', './', 'app/mod', 'data', 'mod', '/a.txt', '../a.txt', 'app/../b.txt', './app/main.py', 'to-app', 'to-app/mod', 'app/link',
    '.hidden',
  )],
  [4, pick('*.txt', '*', 'app/*', 'app/*.py', 'a*', '?.txt', '[ab].txt', '[^a].txt', 'app/m*', 'app/*/*.py', '*/mod', 'a*/m*/x.py', 'no*', 'to-*', '\\*', '.*')],
  [1, pick('none', 'app/none', 'none/*', 'app/main.py/x', 'to-nothing')],
);

const destination = weighted(
  [8, pick('/x/', '/x', '.', './', 'sub/', 'sub', '/', '/x/y/z', '/usr/local/bin/', '/usr/local/bin', '/etc/app.conf', '../up/', '$TO/', '/opt')],
  [1, pick('/x/a.txt/', '/x/mod', '/x/main.py', '/x/link', '/x/link/')],
);

const flag = pick('--chmod=755', '--chmod=0640', '--chmod=u=rwX,go=rX', '--chmod=go-w', '--chown=12', '--chown=12:34', '--chown=unknown', '--link', '--exclude=*.py', '--exclude=mod',
  '--exclude=**/*.py', '--exclude=mod --exclude=!mod/x.py');

const copy = fc.record({
  keyword: weighted([8, fc.constant('COPY')], [2, fc.constant('ADD')]),
  flags: weighted([6, fc.constant([])], [4, fc.uniqueArray(flag, { minLength: 1, maxLength: 2, selector: (text) => text.split('=')[0] })]),
  sources: weighted([7, listOf(source, 1, 1)], [3, listOf(source, 2, 3)]),
  to: destination,
  json: chance(10),
}).map(({ keyword, flags, sources, to, json }) => {
  // With several sources an engine asks for a directory in its documentation, but not in its code.
  const words = [...sources, sources.length > 1 && !to.endsWith('/') ? `${to}/` : to];
  return [[keyword, ...flags, json ? JSON.stringify(words) : words.join(' ')].join(' ')];
});

const parents = fc.record({
  sources: listOf(pick('app/main.py', 'app/mod', 'app/./mod/x.py', './app/./mod', 'app/*/x.py', '**/x.py', '*/mod', 'data', 'none', 'a.txt', 'app/.'), 1, 2),
  to: pick('/x/', '/', 'sub/'),
}).map(({ sources, to }) => [`COPY --parents ${sources.join(' ')} ${to}`]);

const document = fc.record({
  mode: pick('', '--chmod=755 '),
  marker: pick('<<EOF', '<<-EOF', '<<"EOF"', "<<'EOF'"),
  to: pick('/x/doc', '/x/', 'doc', '/a.txt'),
  lines: listOf(pick('a $TO', '\tb', '  "c" \'d\'', '', '\\$TO \\\\', '# e', '${NONE:-f}', '$', 'EOF2'), 0, 3),
}).map(({ mode, marker, to, lines }) => [`COPY ${mode}${marker} ${to}`, ...lines, 'EOF']);

const instruction = weighted(
  [10, copy],
  [1, parents],
  [1, document],
  [2, pick('WORKDIR /x', 'WORKDIR sub', 'WORKDIR /usr/local/bin', 'WORKDIR /a.txt/b', 'ENV TO=/to', 'USER 12:34', 'USER app', 'STOPSIGNAL SIGINT', 'RUN make').map((line) => [line])],
);

const fromStage = fc.record({ stage: pick('one', '0', 'One'), from: pick('/', '/x', '/x/', '/x/a.txt', 'x/mod', '/x/*', '/usr/local/bin/*'), to: destination })
  .map(({ stage, from, to }) => [`COPY --from=${stage} ${from} ${to}`]);

const stages = fc.record({
  base: pick('debian:12', 'scratch'),
  first: listOf(instruction, 1, 3),
  second: weighted([4, fc.constant(undefined)], [2, fc.constant('FROM one')], [4, pick('FROM debian:12', 'FROM scratch')]),
  copies: listOf(fromStage, 1, 2),
  last: listOf(instruction, 0, 3),
}).map(({ base, first, second, copies, last }) => [`FROM ${base} AS one`, ...first.flat(), ...second === undefined ? last.flat() : [second, ...copies.flat(), ...last.flat()]]);

/**
 * `!app` follows what excludes the directory. Elsewhere BuildKit forgets the exception for what is in it, since it does not read an exception
 * of what is not excluded: https://github.com/moby/patternmatcher
 */
const ignore = weighted([6, fc.constant([])], [4, fc.uniqueArray(pick(
  'app', '*.txt', '**/*.py', '!app/mod/x.py', '!a.txt', 'app/mod/', '/data', '# comment', '', '*', '*\n!app', 'to-*', '.*', 'app/m?d', 'app/*/deep', '**/mod', 'A.TXT',
), { minLength: 1, maxLength: 4 })]);

/** `{ dockerfile, context }` */
export const build = fc.record({ lines: stages, ignore }).map(({ lines, ignore: patterns }) => ({
  dockerfile: `${lines.join('\n')}\n`,
  context: patterns.length > 0 ? { ...CONTEXT, '.dockerignore': { text: patterns.join('\n') } } : CONTEXT,
}));
