import { markerOf, readInstructions } from '../../../cli/image/instruction-text';

const only = (text: string) => readInstructions(text).instructions[0];

test.each<[string, string, string]>([
  ['one line', 'RUN a b', 'a b'],
  ['continued lines', 'RUN a \\\n  b \\  \n c', 'a   b  c'],
  ['comments and blank lines between them', 'RUN a \\\n# why\n\n  # why\nb', 'a b'],
  ['an escape character that is escaped', 'RUN a \\\\\nENV B=1', 'a \\\\'],
  ['the end of the file', 'RUN a \\', 'a'],
  ['Windows line ends', 'RUN a \\\r\nb\r\n', 'a b'],
  ['flags', 'COPY --link --chown="a b":c --exclude=x\\ y z /', 'z /'],
  ['the end of flags', 'RUN -- --x', '--x'],
])('the text of an instruction: %s', (_, text, expected) => {
  expect(only(text).text).toBe(expected);
});

test('flags have names and values', () => {
  expect(only('COPY --link --parents=false --chown="a":b --exclude=x x /').flags).toEqual([['link', undefined], ['parents', 'false'], ['chown', 'a:b'], ['exclude', 'x']]);
});

test('an instruction knows the line where it begins', () => {
  const { instructions } = readInstructions('# a\n\nFROM a\nRUN a \\\n  b\nRUN <<EOF\n1\nEOF\nCMD a');
  expect(instructions.map(({ keyword, line }) => [keyword, line])).toEqual([['FROM', 3], ['RUN', 4], ['RUN', 6], ['CMD', 9]]);
});

test.each<[string, unknown]>([
  ['COPY <<EOF /a\n1\n  2\nEOF', [{ name: 'EOF', content: '1\n  2\n', expand: true }]],
  ['COPY <<-EOF /a\n\t1\n\t\t2\n\tEOF', [{ name: 'EOF', content: '1\n2\n', expand: true }]],
  ['COPY <<\'EOF\' /a\n$A\nEOF', [{ name: 'EOF', content: '$A\n', expand: false }]],
  ['RUN cat << EOF\n1\nEOF', [{ name: 'EOF', content: '1\n', expand: true }]],
  ['RUN cat <<A 3<<B\n1\nA\n2\nB', [{ name: 'A', content: '1\n', expand: true }, { name: 'B', content: '2\n', expand: true }]],
  ['ONBUILD COPY <<EOF /a\n1\nEOF', [{ name: 'EOF', content: '1\n', expand: true }]],
  ['ENV A=<<EOF', []],
  ['RUN cat <<<word', []],
  ['RUN echo "$((1<<2))"', []],
])('the here-documents of %j', (text, documents) => {
  expect(only(text).documents).toEqual(documents);
});

test.each([['<<', undefined], ['<<""', undefined], ['a<<b', undefined], ['<<a', { name: 'a', expand: true, tabs: false }]])('the word %s begins a here-document: %j', (word, marker) => {
  expect(markerOf(word)).toEqual(marker);
});

test('directives count only before everything else', () => {
  expect(readInstructions('# syntax=docker/dockerfile:1\n# escape=`\nFROM a').escape).toBe('`');
  expect(readInstructions('# a comment\n# escape=`\nFROM a').escape).toBe('\\');
});
