import { programsOf } from '../../../cli/containers/script-programs';

const names = (text: string) => programsOf(text).map(({ name }) => name);

test.each([
  ['the first word of a line', 'ffmpeg -i a b\n  sox a b', ['ffmpeg', 'sox']],
  ['behind an operator', 'a1 && b1 || c1; d1 | e1 & f1', ['a1', 'b1', 'c1', 'd1', 'e1', 'f1']],
  ['behind words of the shell', 'if a1; then b1; elif c1; then d1; else e1; fi; while f1; do g1; done; exec h1; ! i1', ['a1', 'b1', 'c1', 'd1', 'e1', 'f1', 'g1', 'h1', 'i1']],
  ['behind assignments', 'A=1 B="x y" tool --x; C=3', ['tool']],
  ['in a substitution', 'x=$(jq . a); y=`bc`; echo "at $(hostname -f)"', ['jq', 'bc', 'hostname']],
  ['in a subshell and in a function', '(tar x)\nf() {\n  gzip x\n}\nf', ['tar', 'gzip']],
  ['in a case', 'case $1 in\n  start|stop) tool a;;\nesac', ['tool']],
  ['a path', './inner.sh 1\n/opt/tool', ['./inner.sh', '/opt/tool']],
  ['a script that a shell is to read', 'bash run.sh 1\n/bin/sh ./inner.sh\nsh -c tool', ['run.sh', './inner.sh', 'sh']],
  ['each program once', 'aws s3 cp a b; aws s3 cp c d', ['aws']],
])('finds %s', (_, text, found) => {
  expect(names(text)).toEqual(found);
});

test.each([
  ['words of the shell', 'cd /x; export A=1; echo b; [ -f x ] && exit 1'],
  ['arguments', 'echo \\\n  tool\necho tool'],
  ['comments', '# tool\necho x # tool && tool'],
  ['quoted texts', "echo 'a; tool b'\necho \"a; tool b\"\necho 'one\ntool two'"],
  ['here-documents', 'cat() { echo; }\ncat <<END > /x\ntool a\nEND\ncat <<-"STOP"\n\ttool\n\tSTOP\n'],
  ['functions', 'function one { echo 1; }\ntwo() { echo 2; }\none\ntwo'],
  ['patterns of case', 'case $1 in\n  start) echo;;\nesac'],
  ['variables', '$TOOL a; "$TOOL" b; ${TOOL} c'],
  ['what is not known before the run', 'Ref::tool a'],
])('does not find %s', (_, text) => {
  expect(names(text)).toEqual([]);
});

test('counts the lines of texts, here-documents and lines that go on', () => {
  const text = "#!/bin/bash\necho 'one\ntwo' \\\n  three\ncat <<END\nfour\nEND\n\"\n\"\ntool";
  expect(programsOf(text)).toEqual([{ name: 'cat', line: 5 }, { name: 'tool', line: 10 }]);
});
