import { spawnSync } from 'child_process';
import * as fs from 'fs';
import { hostname } from 'os';
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
  ['of one that has died, of this host', () => `${deadPid()} ${hostname()} a`],
  ['without a pid', () => ''],
])('a lock %s is taken over', (_, content) => {
  const directory = temporary();
  fs.writeFileSync(path.join(directory, 'lock'), content());
  const unlock = lock(directory);
  expect(fs.readFileSync(path.join(directory, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} ${hostname()} [-\\da-f]{36}$`));
  unlock();
});

test('a lock of a process that lives is not taken over', () => {
  const directory = temporary();
  fs.writeFileSync(path.join(directory, 'lock'), String(process.ppid));
  expect(() => lock(directory)).toThrow(`${directory} is in use by the process ${process.ppid}; stop that heavy-batch serve, or name another directory with --state. If it is another program, delete `);
});

test('a lock of another host is not taken over: its process may live', () => {
  const directory = temporary();
  const file = path.join(fs.realpathSync(directory), 'lock');
  fs.writeFileSync(file, `${deadPid()} other-host a`);
  expect(() => lock(directory)).toThrow(/ is in use by the process \d+ of the host other-host; stop that heavy-batch serve, or name another directory with --state\. If it has ended, delete /);
  expect(() => lock(directory)).toThrow(file);
  expect(fs.readdirSync(directory)).toEqual(['lock']);
});

test('only the lock of this process is given back', () => {
  const directory = temporary();
  const unlock = lock(directory);
  fs.writeFileSync(path.join(directory, 'lock'), `${process.pid} ${hostname()} other`);
  unlock();
  expect(fs.readdirSync(directory)).toEqual(['lock']);
});

test('a lock that another process took between the look and the takeover is put back', () => {
  const directory = temporary();
  const file = path.join(fs.realpathSync(directory), 'lock');
  fs.writeFileSync(file, String(deadPid()));
  const living = `${process.ppid} ${hostname()} b`;
  const kill = jest.spyOn(process, 'kill').mockImplementationOnce(() => {
    fs.writeFileSync(file, living);
    throw Object.assign(new Error(), { code: 'ESRCH' });
  });
  expect(() => lock(directory)).toThrow(`in use by the process ${process.ppid};`);
  kill.mockRestore();
  expect([fs.readdirSync(directory), fs.readFileSync(file, 'utf8')]).toEqual([['lock'], living]);
});

test('the lock has its holder as soon as it is there', () => {
  const directory = temporary();
  const nodeFs = jest.requireActual<typeof fs>('fs');
  const written: string[] = [];
  const write = nodeFs.writeFileSync;
  const spy = jest.spyOn(nodeFs, 'writeFileSync').mockImplementation((file, ...more) => {
    written.push(path.basename(String(file)));
    write(file, ...more);
  });
  const unlock = lock(directory);
  spy.mockRestore();
  expect(written).toEqual([expect.stringMatching(new RegExp(`^lock\\.${process.pid}\\.`))]);
  expect(fs.readdirSync(directory)).toEqual(['lock']);
  unlock();
});
