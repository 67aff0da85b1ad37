import * as path from 'node:path';
import { contentsOf, Files, temporary } from './directories';
import { RootDirectory } from '../../../cli/image/root-directory';

const MERGED: Files = { bin: { link: 'usr/bin' }, lib: { link: '/usr/lib' }, sbin: { link: '../elsewhere' }, lib64: 'file' };

function root(files: Files = {}, hasBase = true): RootDirectory {
  return new RootDirectory(temporary(files), hasBase, temporary(MERGED));
}

test.each([
  ['/a/b', 'a/b'],
  ['/a/../../b/.', 'b'],
  ['/l/x', 'a/x'],
  ['/up/x', 'x'],
  ['/abs/x', 'a/x'],
  ['/l/../x', 'x'],
  ['/bin/x', 'usr/bin/x'],
  ['/lib', 'usr/lib'],
  ['/sbin/x', 'sbin/x'],
  ['/', ''],
])('the place of %s is %s', (imagePath, place) => {
  const directory = root({ 'a/': '', 'l': { link: 'a' }, 'up': { link: '../../..' }, 'abs': { link: '/a' } });
  expect(path.relative(directory.directory, directory.resolve(imagePath))).toBe(place);
});

test('the last name of a path is a link itself, where it is to be replaced', () => {
  const directory = root({ 'a/l': { link: 'x' }, 'd': { link: 'a' } });
  expect(directory.imagePath(directory.locate('/d/l'))).toBe('/a/l');
  expect(directory.imagePath(directory.locate('/'))).toBe('/');
});

test('a directory of the image that is a link on this machine is written into /usr', () => {
  const directory = root();
  directory.makeDirectory('/bin');
  expect(directory.imagePath(directory.place('/bin'))).toBe('/usr/bin');
  expect(directory.imagePath(directory.place('/opt'))).toBe('/opt');
  directory.linkMerged();
  expect(contentsOf(directory.directory)).toEqual({ 'bin': '-> usr/bin', 'usr/bin/': '' });
});

test('a link is not made where the image has a directory of its own', () => {
  const directory = root({ 'bin/a': '', 'usr/bin/b': '' });
  directory.linkMerged();
  expect(contentsOf(directory.directory)).toEqual({ 'bin/a': '', 'usr/bin/b': '' });
});

test('a base image has the directories that all have', () => {
  expect(['/usr/local/bin', '/bin', '/etc', '/app', '/usr/local/bin/x'].map((name) => root().isDirectory(name))).toEqual([true, true, true, false, false]);
  expect(['/usr/local/bin', '/etc', '/'].map((name) => root({}, false).isDirectory(name))).toEqual([false, false, true]);
  expect(root({ etc: 'file' }).isDirectory('/etc')).toBe(false);
});

test('the directories that are made are named', () => {
  const directory = root({ 'a/': '' });
  const made: string[] = [];
  directory.makeDirectory('/a/b/c', (place) => made.push(directory.imagePath(place)));
  expect(made).toEqual(['/a/b', '/a/b/c']);
});

test('a link that leads to itself is an error', () => {
  expect(() => root({ l: { link: 'l' } }).resolve('/l/x')).toThrow('/l/x leads through more than 255 symbolic links; remove the link that leads to itself');
});
