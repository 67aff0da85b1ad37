import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { lock } from '../../../cli/state/state-lock';
import { temporary } from '../../emulator/apps';

const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

test('a directory is for one server at a time', () => {
  const directory = temporary();
  const unlock = lock(directory);
  expect(() => lock(directory)).toThrow(`${directory} is in use by the process ${process.pid}`);
  unlock();
  lock(directory)();
  expect(fs.readdirSync(directory)).toEqual([]);
});

test.each<[string, () => string]>([
  ['of a process that has died', () => String(deadPid())],
  ['of a former process with the same pid, as containers have it', () => String(process.pid)],
  ['without a pid', () => ''],
])('a lock %s is taken over', (_, content) => {
  const directory = temporary();
  fs.writeFileSync(path.join(directory, 'lock'), content());
  const unlock = lock(directory);
  expect(fs.readFileSync(path.join(directory, 'lock'), 'utf8')).toBe(String(process.pid));
  unlock();
});

test('a lock of a process that lives is not taken over', () => {
  const directory = temporary();
  fs.writeFileSync(path.join(directory, 'lock'), String(process.ppid));
  expect(() => lock(directory)).toThrow(`${directory} is in use by the process ${process.ppid}; stop that heavy-batch serve, or name another directory with --state. If it is another program, delete `);
});
