import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { contentsOf, Files, temporary } from './directories';
import { buildImage } from '../../../cli/image/image-files';

function context(dockerfile: string, files: Files = {}): string {
  return temporary({ Dockerfile: dockerfile, ...files });
}

function build(directory: string) {
  const root = temporary();
  const { skipped } = buildImage({ directory, dockerfile: 'Dockerfile', buildArgs: {} }, root);
  return { skipped, files: contentsOf(root) };
}

function archive(directory: string, name: string, files: Files, ...options: string[]): void {
  execFileSync('tar', [...options, '-cf', path.join(directory, name), '.'], { cwd: temporary(files) });
}

test.each(['', '-z', '-j', '-J'])('ADD unpacks an archive, whatever its name: tar %s', (option) => {
  const directory = context('FROM a\nADD data /x/');
  archive(directory, 'data', { 'a/b': '1', 'l': { link: 'a/b' } }, ...option ? [option] : []);
  expect(build(directory)).toEqual({ skipped: [], files: { 'x/a/b': '1', 'x/l': '-> a/b' } });
});

test.each(['COPY data.tgz /x/', 'ADD --unpack=false data.tgz /x/'])('%s copies an archive as it is', (line) => {
  const directory = context(`FROM a\n${line}`);
  archive(directory, 'data.tgz', { a: '1' }, '-z');
  expect(Object.keys(build(directory).files)).toEqual(['x/data.tgz']);
});

test('an archive is merged into what is there, and replaces what is of another kind', () => {
  const directory = context('FROM a\nCOPY src /x\nADD data.tar /x', { 'src/a/b': 'old', 'src/a/c': 'old', 'src/d': 'file', 'src/e/f': 'in a directory' });
  archive(directory, 'data.tar', { 'a/b': 'new', 'd/g': 'new', 'e': 'new' });
  expect(build(directory).files).toEqual({ 'x/a/b': 'new', 'x/a/c': 'old', 'x/d/g': 'new', 'x/e': 'new' });
});

test('a link in an archive does not lead out of the image', () => {
  const outside = temporary({ a: 'old' });
  const directory = context('FROM a\nADD one.tar /x\nADD two.tar /x');
  archive(directory, 'one.tar', { l: { link: outside } });
  archive(directory, 'two.tar', { 'l/a': 'new' });
  expect(build(directory).files).toEqual({ 'x/l/a': 'new' });
  expect(contentsOf(outside)).toEqual({ a: 'old' });
});

test('a file that only looks like an archive is copied', () => {
  const directory = context('FROM a\nADD a.gz a.tar /x/', { 'a.tar': 'not a tar' });
  fs.writeFileSync(path.join(directory, 'a.gz'), execFileSync('gzip', ['-c'], { input: 'text' }));
  expect(Object.keys(build(directory).files)).toEqual(['x/a.gz', 'x/a.tar']);
});

test('an archive is reported when there is no tar, or when it is damaged', () => {
  const directory = context('FROM a\nADD a.tar /x/');
  archive(directory, 'a.tar', { a: '1' });
  const { PATH } = process.env;
  try {
    process.env.PATH = temporary();
    expect(build(directory)).toMatchObject({ files: {}, skipped: [{ line: 2, instruction: 'ADD a.tar /x/', reason: 'an archive cannot be unpacked: spawnSync tar ENOENT' }] });
    process.env.PATH = temporary({ tar: { text: '#!/bin/sh\nfor directory; do :; done\n: > "$directory/part"\necho "tar: damaged" >&2\nexit 2\n', mode: 0o755 } });
    expect(build(directory).skipped[0].reason).toBe('an archive cannot be unpacked: tar: damaged');
  } finally {
    process.env.PATH = PATH;
  }
});
