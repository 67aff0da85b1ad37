// Generates Dockerfiles: stages, variables, quotes and continued lines, in all orders.
import fc from 'fast-check';
import { chance, listOf, pick, weighted } from '../common/arbitraries.mjs';

/** Stands for the escape character, which the first line of a Dockerfile may change. */
const ESCAPE = '§';

const STAGES = ['base', 'deps', 'final'];

const name = pick('A', 'B', 'HOME', 'PATH', 'V');

const word = listOf(pick(
  'x', '1.2', '/usr/bin', '"two words"', "'$A kept'", `a${ESCAPE} b`, `${ESCAPE}$A`, `${ESCAPE}n`, `"q${ESCAPE}"q"`, `"n${ESCAPE}n"`, "'s\"d'", '$A', '${V}', '"$HOME/x"',
  '${NONE:-none}', '${A:-$V}', '${A:+set}', '${NONE:+set}', '${A-unset}', '${NONE+unset}', '${V#*.}', '${V##*.}', '${A%x*}', '${A%%x*}', '${PATH/usr/opt}', '${PATH//bin/sbin}',
  "'blank '", '""', "''", '0', '${NONE#x}', '${NONE/x/y}',
  ':$PATH', '$', '$1', '${NONE:-"a b"}', '=', '',
), 1, 3).map((pieces) => pieces.join(''));

const variable = (percentWithValue) => fc.tuple(weighted([5, name], [1, fc.constant('TARGETARCH')]), chance(percentWithValue), word)
  .map(([key, hasValue, value]) => hasValue ? `${key}=${value}` : key);

/** Words on one line or on two; between the two may be a comment or an empty line. */
const continued = (words) => fc.record({
  words,
  isContinued: chance(40),
  at: fc.nat(),
  space: weighted([8, fc.constant('')], [2, fc.constant('  ')]),
  inserted: weighted([63, fc.constant([])], [30, fc.constant(['  # why'])], [7, fc.constant([''])]),
  indent: pick('', '    '),
}).map(({ words: all, isContinued, at, space, inserted, indent }) => {
  if (all.length < 3 || !isContinued) return [all.join(' ')];
  const count = 2 + at % (all.length - 2);
  return [`${all.slice(0, count).join(' ')} ${ESCAPE}${space}`, ...inserted, `${indent}${all.slice(count).join(' ')}`];
});

const line = (text) => text.map((value) => [value]);

const execForm = (keyword) => fc.record({
  words: pick(['node', 'index.js'], ['a'], [], ['echo', '$HOME', 'b c'], ['say "hi"', '\ttab', 'ä'], ['--flag=${V}']),
  separator: pick(',', ', ', ' ,\t'),
  isContinued: chance(30),
  comment: chance(40),
}).map(({ words, separator, isContinued, comment }) => {
  const [first, ...rest] = words.map((value) => JSON.stringify(value));
  if (!isContinued || rest.length === 0) return [`${keyword} [${[first, ...rest].filter((value) => value !== undefined).join(separator)}]`];
  return [`${keyword} [${first}, ${ESCAPE}`, ...comment ? ['  # why'] : [], `  ${rest.join(separator)}]`];
});

const shellForm = (keyword) => continued(pick(
  ['node', 'index.js'], ['exec', 'java', '$OPTS', '-jar', '"$1"'], ['echo', 'a', '#', 'b'], ["['single']"], ['["a", 5']).map((words) => [keyword, ...words]));

const command = (keyword) => weighted([6, execForm(keyword)], [4, shellForm(keyword)]);

/** A variable and a word that changes it: the pattern matches nothing, a part of the value, several parts or all of it. */
const edges = fc.tuple(
  pick('x', '', '""', 'xx', 'x.x.x', '.', 'abcabc', '"x y"', "'x '", '*', '0', '-0', '/'),
  fc.tuple(pick('#', '##', '%', '%%', '/', '//'), pick('x', 'x*', '*x', '*', '?', '.', '*.*', '.*', 'abc', 'x.x.x', ''))
    .map(([operator, pattern]) => `\${V${operator}${pattern}${operator.startsWith('/') ? '/y' : ''}}`),
).map(([given, changed]) => [`ENV V=${given}`, `ENV W=${changed} X="${changed}" Y=\${V:-unset}\${V+set}`]);

const instruction = weighted(
  [1, continued(listOf(variable(60), 1, 3).map((variables) => ['ARG', ...variables]))],
  [3, continued(listOf(variable(100), 1, 3).map((variables) => ['ENV', ...variables]))],
  [1, fc.tuple(name, listOf(word, 1, 2)).map(([key, words]) => [`ENV ${key} ${words.join(' ')}`])],
  [2, line(pick('/app', 'sub', '../up', '/a//b/', '.', '"/my app"', '$HOME', '/x/${A:-y}', '/${V}', 'a b').map((directory) => `WORKDIR ${directory}`))],
  [2, command('CMD')],
  [1, command('ENTRYPOINT')],
  [1, line(pick(['/bin/bash', '-c'], ['/bin/bash', '-o', 'pipefail', '-c']).map((shell) => `SHELL ${JSON.stringify(shell)}`))],
  [1, line(pick('CMD ["onbuild"]', 'ENV A=onbuild', 'WORKDIR onbuild', 'ARG V=onbuild', 'ENTRYPOINT onbuild').map((rest) => `ONBUILD ${rest}`))],
  [1, edges],
  [1, line(pick('app', 'app', '$A', '1000:1000', '1000', '${V:-web}:$V', '"a b"', '').map((user) => `USER ${user}`))],
  [1, line(pick('SIGINT', 'SIGINT', 'term', '9', 'SIGRTMIN+3', '${NONE:-SIGHUP}', 'quit', 'SIGNONE').map((signal) => `STOPSIGNAL ${signal}`))],
  [1, continued(fc.constant(['RUN', 'make', '-j4', '&&', 'make', 'install']))],
  [1, pick('RUN <<EOF', 'COPY <<EOF /a', 'RUN <<-"EOF" sh').map((start) => [start, 'CMD ["no"]', 'ENV NO=no', 'EOF'])],
  [1, line(pick('', '  ').map((indent) => `${indent}# CMD ["no"]`))],
  [1, fc.constant([''])],
);

const stage = fc.record({
  from: pick('FROM', 'from'),
  base: pick('scratch', 'node:24', '--platform=$BUILDPLATFORM golang:1.25', 'python:${NONE:-3.13}-slim'),
  earlierStage: fc.option(fc.nat()),
  as: weighted([4, fc.constant(undefined)], [6, pick('AS', 'as')]),
  instructions: listOf(instruction, 1, 6),
});

/** The lines of the stages. A stage may begin with an earlier one, by its name or by a variable. */
function linesOf(stages) {
  const names = [];
  return stages.flatMap(({ from, base, earlierStage, as, instructions }) => {
    const earlier = [...names, `\${NONE:-${names[0]}}`];
    const image = names.length > 0 && earlierStage !== null ? earlier[earlierStage % earlier.length] : base;
    const alias = as && STAGES[names.length];
    if (alias) names.push(alias);
    return [`${from} ${image}${alias ? ` ${as} ${alias}` : ''}`, ...instructions.flat()];
  });
}

/** `{dockerfile, target?, buildArgs?}` */
export const dockerfile = fc.record({
  directive: weighted([68, fc.constant([])], [17, fc.constant(['# syntax=docker/dockerfile:1'])], [15, fc.constant(['# escape=`'])]),
  newline: weighted([85, fc.constant('\n')], [15, fc.constant('\r\n')]),
  args: listOf(variable(70), 0, 2),
  stages: listOf(stage, 1, 3),
  target: weighted([85, fc.constant(undefined)], [15, pick(...STAGES)]),
  buildArgs: weighted([7, fc.constant(undefined)], [3, fc.tuple(pick('A', 'V', 'TARGETARCH'), pick('given', 'two words', '', 'x', '0')).map(([key, value]) => ({ [key]: value }))]),
}).map(({ directive, newline, args, stages, ...rest }) => {
  const escape = directive[0]?.startsWith('# escape') ? '`' : '\\';
  const lines = [...directive, ...args.map((value) => `ARG ${value}`), ...linesOf(stages)];
  return { dockerfile: `${lines.join(newline)}${newline}`.replaceAll(ESCAPE, escape), ...rest };
});
