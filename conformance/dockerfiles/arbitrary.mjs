// Dockerfiles that nobody wrote: stages, variables, quotes, continued lines, in all orders.
import { between, chance, oneOf } from './seeded.mjs';

const NAMES = ['A', 'B', 'HOME', 'PATH', 'V'];
const STAGES = ['base', 'deps', 'final'];
const BUILD_ARGS = ['A', 'V', 'TARGETARCH'];

/** Answers `{dockerfile, target?, buildArgs?}`. */
export function generateDockerfile(random) {
  const escape = chance(random, 0.15) ? '`' : '\\';
  const end = chance(random, 0.15) ? '\r\n' : '\n';
  const lines = escape === '`' ? ['# escape=`'] : chance(random, 0.2) ? ['# syntax=docker/dockerfile:1'] : [];
  for (let count = between(random, 0, 2); count > 0; count--) lines.push(`ARG ${pair(random, escape, 0.7)}`);
  const named = [];
  for (let count = between(random, 1, 3); count > 0; count--) {
    const base = named.length > 0 && chance(random, 0.5) ? oneOf(random, [...named, `\${NONE:-${named[0]}}`]) : oneOf(random, ['scratch', 'node:24', '--platform=$BUILDPLATFORM golang:1.25', 'python:${NONE:-3.13}-slim']);
    const alias = chance(random, 0.6) ? STAGES[named.length] : undefined;
    lines.push(`${oneOf(random, ['FROM', 'from'])} ${base}${alias ? ` ${oneOf(random, ['AS', 'as'])} ${alias}` : ''}`);
    if (alias) named.push(alias);
    for (let more = between(random, 1, 6); more > 0; more--) lines.push(...instruction(random, escape));
  }
  return {
    dockerfile: lines.join(end) + end,
    ...chance(random, 0.15) ? { target: oneOf(random, STAGES) } : {},
    ...chance(random, 0.3) ? { buildArgs: { [oneOf(random, BUILD_ARGS)]: oneOf(random, ['given', 'two words', '']) } } : {},
  };
}

function instruction(random, escape) {
  const kind = oneOf(random, ['ARG', 'ENV', 'ENV', 'ENV', 'old ENV', 'WORKDIR', 'WORKDIR', 'CMD', 'CMD', 'ENTRYPOINT', 'SHELL', 'ONBUILD', 'RUN', 'heredoc', 'COMMENT', 'empty']);
  switch (kind) {
    case 'ARG': return continued(random, escape, ['ARG', ...pairs(random, escape, 0.6)]);
    case 'ENV': return continued(random, escape, ['ENV', ...pairs(random, escape, 1)]);
    case 'old ENV': return [`ENV ${oneOf(random, NAMES)} ${word(random, escape)}${chance(random, 0.4) ? ` ${word(random, escape)}` : ''}`];
    case 'WORKDIR': return [`WORKDIR ${oneOf(random, ['/app', 'sub', '../up', '/a//b/', '.', '"/my app"', '$HOME', '/x/${A:-y}', '/${V}', 'a b'])}`];
    case 'SHELL': return [`SHELL ${JSON.stringify(oneOf(random, [['/bin/bash', '-c'], ['/bin/bash', '-o', 'pipefail', '-c']]))}`];
    case 'ONBUILD': return [`ONBUILD ${oneOf(random, ['CMD ["onbuild"]', 'ENV A=onbuild', 'WORKDIR onbuild', 'ARG V=onbuild', 'ENTRYPOINT onbuild'])}`];
    case 'RUN': return continued(random, escape, ['RUN', 'make', '-j4', '&&', 'make', 'install']);
    case 'heredoc': return [`${oneOf(random, ['RUN <<EOF', 'COPY <<EOF /a', 'RUN <<-"EOF" sh'])}`, 'CMD ["no"]', 'ENV NO=no', 'EOF'];
    case 'COMMENT': return [`${oneOf(random, ['', '  '])}# CMD ["no"]`];
    case 'empty': return [''];
    default: return command(random, escape, kind);
  }
}

function command(random, escape, keyword) {
  const words = oneOf(random, [['node', 'index.js'], ['a'], [], ['echo', '$HOME', 'b c'], ['say "hi"', '\ttab', 'ä'], ['--flag=${V}']]);
  const spaced = (json) => json.replace(/,/g, () => oneOf(random, [',', ', ', ' ,\t']));
  if (chance(random, 0.6)) {
    return words.length > 1 && chance(random, 0.3)
      ? [`${keyword} [${JSON.stringify(words[0])}, ${escape}`, ...chance(random, 0.4) ? ['  # why'] : [], `  ${words.slice(1).map((one) => JSON.stringify(one)).join(', ')}]`]
      : [`${keyword} ${spaced(JSON.stringify(words))}`];
  }
  return continued(random, escape, [keyword, ...oneOf(random, [['node', 'index.js'], ['exec', 'java', '$OPTS', '-jar', '"$1"'], ['echo', 'a', '#', 'b'], ["['single']"], ['["a", 5']])]);
}

function pairs(random, escape, valued) {
  return Array.from({ length: between(random, 1, 3) }, () => pair(random, escape, valued));
}

function pair(random, escape, valued) {
  const name = oneOf(random, [...NAMES, 'TARGETARCH']);
  return chance(random, valued) ? `${name}=${word(random, escape)}` : name;
}

function word(random, escape) {
  const piece = () => oneOf(random, [
    'x', '1.2', '/usr/bin', '"two words"', "'$A kept'", `a${escape} b`, `${escape}$A`, `${escape}n`, `"q${escape}"q"`, `"n${escape}n"`, "'s\"d'", '$A', '${V}', '"$HOME/x"', '${NONE:-none}',
    '${A:-$V}', '${A:+set}', '${NONE:+set}', '${A-unset}', '${NONE+unset}', '${V#*.}', '${V##*.}', '${A%x*}', '${A%%x*}', '${PATH/usr/opt}', '${PATH//bin/sbin}', ':$PATH', '$', '$1', '${NONE:-"a b"}', '=', '',
  ]);
  return Array.from({ length: between(random, 1, 3) }, piece).join('');
}

/** The words on one line, or on several. */
function continued(random, escape, words) {
  if (words.length < 3 || chance(random, 0.6)) return [words.join(' ')];
  const at = between(random, 2, words.length - 1);
  const between2 = chance(random, 0.3) ? ['  # why'] : chance(random, 0.1) ? [''] : [];
  return [`${words.slice(0, at).join(' ')} ${escape}${chance(random, 0.2) ? '  ' : ''}`, ...between2, `${oneOf(random, ['', '    '])}${words.slice(at).join(' ')}`];
}
