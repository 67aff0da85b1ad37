import { PassThrough, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { OutputLines, splitLines } from '../../../cli/containers/output-lines';
import { LONGEST_EVENT } from '../../../emulator/services/cloudwatch-logs/log-event';

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  await new OutputLines((line) => { lines.push(line); }).read(Readable.from(chunks.map((chunk) => Buffer.from(chunk as string)), { objectMode: true }));
  return lines;
}

test('lines are put together from the parts in which they come', async () => {
  expect(await linesOf('a', 'b\nc', '\n', '\nd\r\ne')).toEqual(['ab', 'c', '', 'd', 'e']);
  expect(await linesOf()).toEqual([]);
  expect(await linesOf('only\n')).toEqual(['only']);
  expect(await linesOf('end\r')).toEqual(['end']);
});

test('a character that comes in two parts is one character', async () => {
  const euro = Buffer.from('€');
  expect(await linesOf(euro.subarray(0, 1), euro.subarray(1), '\n')).toEqual(['€']);
});

test('a carriage return within a line stays there', async () => {
  expect(await linesOf('10%\r20%\n')).toEqual(['10%\r20%']);
});

test('a line that is longer than an event of CloudWatch Logs is cut, and no character is', () => {
  const exact = splitLines(Buffer.from(`${'a'.repeat(LONGEST_EVENT)}\n`));
  expect(exact).toEqual({ lines: ['a'.repeat(LONGEST_EVENT)], rest: Buffer.alloc(0) });
  const { lines, rest } = splitLines(Buffer.from(`${'a'.repeat(LONGEST_EVENT - 1)}€b`));
  expect(lines).toEqual(['a'.repeat(LONGEST_EVENT - 1)]);
  expect(rest.toString()).toBe('€b');
  const binary = splitLines(Buffer.alloc(LONGEST_EVENT + 1, 0x80));
  expect(binary.lines).toHaveLength(1);
  expect(binary.rest).toHaveLength(1);
});

test('while a line is being received, no stream is read any further', async () => {
  const received: string[] = [];
  let release = () => {};
  const lines = new OutputLines((line) => {
    received.push(line);
    return new Promise<void>((resolve) => { release = resolve; });
  });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const done = Promise.all([lines.read(stdout, 'out: '), lines.read(stderr, 'err: ')]);
  stdout.end('a\nb\n');
  await turn();
  stderr.end('c\n');
  await turn();
  expect(received).toEqual(['out: a']);
  while (received.length < 3) {
    release();
    await turn();
  }
  release();
  await done;
  expect(received[0]).toBe('out: a');
  expect(received.slice(1).sort()).toEqual(['err: c', 'out: b']);
});

test('an error of the receiver ends the reading', async () => {
  const lines = new OutputLines(() => { throw new Error('full'); });
  await expect(lines.read(Readable.from([Buffer.from('a\n')], { objectMode: true }))).rejects.toThrow('full');
});
