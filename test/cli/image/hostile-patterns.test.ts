import { programsOf } from '../../../cli/containers/script-programs';
import { readDockerfile } from '../../../cli/image/dockerfile';
import { nameMatcher } from '../../../cli/image/file-pattern';
import { excluding } from '../../../cli/image/ignore-rules';
import { readInstructions } from '../../../cli/image/instruction-text';
import { namedSourceOf } from '../../../cli/image/program-source';
import { shellCommands } from '../../../cli/image/shell-commands';
import { readWildcard } from '../../../emulator/services/events/wildcard';
import { matchesWildcards } from '../../../emulator/services/iam/policy';
import { holds } from '../../../emulator/states/choice';

/** Texts for which a regular expression that looks right would take from minutes to the age of the universe. */
const SIZE = 80 * 1024;
/** Milliseconds. On a busy machine, what is linear or quadratic here takes a small part of it. */
const LIMIT = 20_000;

const many = (text: string, length = SIZE) => text.repeat(Math.ceil(length / text.length));
const stars = (count: number) => `${'a*'.repeat(count)}b`;
const choice = (pattern: string, value: string) => holds({ Variable: '$', StringMatches: pattern }, { data: value, context: {}, random: () => 0 });
const refused = (action: () => unknown) => { try { action(); } catch (error) { return (error as Error).name; } return undefined; };

test.each<[string, () => unknown, unknown]>([
  ['a name of COPY', () => nameMatcher(stars(100))('a'.repeat(255)), false],
  ['a name of COPY with brackets that do not close', () => nameMatcher(many('['))('a'), false],
  ['a name of COPY that is very long', () => nameMatcher(many('a*'))('a'.repeat(255)), false],
  ['.dockerignore', () => excluding([stars(100)])('a'.repeat(255)), true],
  ['.dockerignore with many directories', () => excluding([`${'**/a/'.repeat(400)}b`])('a/'.repeat(2_000)), true],
  ['.dockerignore with three stars', () => excluding([`${'***'.repeat(1_000)}b`])('a'.repeat(4_000)), true],
  ['a beginning that is removed', () => readDockerfile(`FROM a\nENV A=${'a'.repeat(10_000)}\nCMD ["\${A}"]\nENV B=\${A#${stars(200)}}`).environment.B.length, 10_000],
  ['an end that is removed', () => readDockerfile(`FROM a\nENV A=${'a'.repeat(10_000)}\nENV B=\${A%b${'*a'.repeat(200)}}`).environment.B.length, 10_000],
  ['what is replaced', () => readDockerfile(`FROM a\nENV A=${'a'.repeat(50_000)}\nENV B=\${A//${stars(100)}/x}`).environment.B.length, 50_000],
  ['a value that doubles', () => refused(() => readDockerfile(`FROM a\nENV A=0123456789\n${'ENV A=$A$A\n'.repeat(60)}`)), 'DockerfileError'],
  ['lines that go on', () => readInstructions(`FROM a\nRUN ${many('\\\n')}\n`).instructions.length, 2],
  ['here-documents', () => readInstructions(`FROM a\n${many('RUN <<A\nA\n')}`).instructions.length, 8_193],
  ['a directive with spaces', () => readInstructions(`# a=b${' '.repeat(SIZE)}c\nFROM a\n`).instructions.length, 1],
  ['line feeds', () => readInstructions(`FROM a\nRUN a\\\n${'\r'.repeat(SIZE)}x\n`).instructions.length, 2],
  ['flags', () => refused(() => readInstructions(`FROM a\nRUN ${many('--a ')}`)), 'DockerfileError'],
  ['braces in a shell text', () => shellCommands(many('${'), {})?.length, 1],
  ['braces in a here-document', () => readDockerfile(`FROM a\nCOPY <<A /x\n${many('${')}\nA\nCMD ["a"]`).command, ['a']],
  ['quotes in a script', () => programsOf(`"${many('\\"')}`), []],
  ['here-documents of a script without an end', () => programsOf(many('cat <<aaaaaaaaaaaaaaaaaaaaaaaa\n')).length, 1],
  ['a here-document of a script with a long name', () => programsOf(`cat <<${'a'.repeat(30_000)}\n${many('b\n', 2_000)}`).length, 2],
  ['words of a script', () => programsOf(`${many('if\n')}=`).length, 0],
  ['assignments of a script', () => programsOf(`${many('A={ ')}=`).length, 0],
  ['installations', () => namedSourceOf('tool', { base: 'a', skipped: [{ line: 1, instruction: 'RUN', text: many('install '), reason: '' }] }), undefined],
  ['a program with many digits', () => namedSourceOf(`${many('1.')}x`, { base: 'a', skipped: [] }), undefined],
  ['a policy', () => matchesWildcards(stars(100), 'a'.repeat(2_000)), false],
  ['a choice', () => choice(stars(1_000), 'a'.repeat(20_000)), false],
  ['an event pattern that is refused', () => refused(() => readWildcard(stars(100))), 'InvalidEventPatternException'],
  ['an event pattern with many combinations', () => refused(() => readWildcard(`*${'ab'.repeat(300)}*${'cd'.repeat(300)}*`)), 'InvalidEventPatternException'],
  ['an event pattern', () => readWildcard('*ab*c')('ab'.repeat(40_000)), false],
])('%s', (_, action, expected) => {
  const started = performance.now();
  expect(action()).toEqual(expected);
  expect(performance.now() - started).toBeLessThan(LIMIT);
});
