// What a container prints.
const succeeds = (...lines) => ({ status: 'SUCCEEDED', exitCode: 0, lines });
const sh = (script) => ['sh', '-c', script];
const NODE = 'FROM localhost/node:1\n';
const node = (script) => ['node', '-e', script];

export default [
  { name: 'a last line without an end', command: sh('printf "one\\ntwo"'), expected: succeeds('one', 'two') },
  { name: 'empty lines', command: sh('printf "\\none\\n\\n\\ntwo\\n\\n"'), expected: succeeds('', 'one', '', '', 'two', '') },
  { name: 'no output', command: ['true'], expected: succeeds() },
  { name: 'both outputs', command: sh('echo one; sleep 0.3; echo two >&2; sleep 0.3; echo three'), expected: succeeds('one', 'two', 'three') },
  { name: 'a line in parts', command: sh('printf a; sleep 0.3; printf b; sleep 0.3; echo c'), expected: succeeds('abc') },
  { name: 'parts of two outputs', command: sh('printf a; sleep 0.3; echo err >&2; sleep 0.3; echo b'), expected: succeeds('err', 'ab'), differs: 'both outputs of a process go through one pipe, which keeps their order and joins the parts of their lines', asProcess: succeeds('aerr', 'b') },
  { name: 'a line of 300000 characters', dockerfile: NODE, command: node('console.log("x".repeat(300000))'), expected: succeeds('x'.repeat(262118), 'x'.repeat(37882)) },
  { name: 'a line that is exactly as long as an event', dockerfile: NODE, command: node('console.log("x".repeat(262118))'), expected: succeeds('x'.repeat(262118)) },
  { name: '20000 lines', dockerfile: NODE, command: node('for (let i = 0; i < 20000; i++) console.log(i)'), expected: succeeds(...Array.from({ length: 20_000 }, (_, index) => String(index))) },
  { name: 'a megabyte at the very end', dockerfile: NODE, command: node('require("fs").writeSync(1, ("y".repeat(1023) + "\\n").repeat(1024)); process.exit(5)'), expected: { status: 'FAILED', exitCode: 5, lines: Array(1024).fill('y'.repeat(1023)) } },
  { name: 'characters of many bytes', command: sh('printf "ü€😀\\n"'), expected: succeeds('ü€😀') },
  { name: 'bytes that are no text', command: sh('printf "\\377\\376x\\n"'), expected: succeeds('\uFFFD\uFFFDx') },
  { name: 'the end of a line of Windows', command: sh('printf "one\\r\\ntwo\\r\\n"'), expected: succeeds('one', 'two') },
  { name: 'a progress bar', command: sh('printf "10%%\\r50%%\\r100%%\\n"'), expected: succeeds('100%') },
  { name: 'the output is no terminal', command: sh('[ -t 1 ] || echo pipe; [ -t 0 ] || echo none; cat | wc -c | tr -d " "'), expected: succeeds('pipe', 'none', '0') },
];
