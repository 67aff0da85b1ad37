import * as fs from 'fs';
import * as path from 'path';
import { setTimeout as sleep } from 'timers/promises';
import { AppWatch, filesOf } from '../../cli/app-watch';
import { temporary } from '../emulator/apps';

test('that a new app waits is told once, also where it is requests that it waits for', async () => {
  const directory = temporary();
  const told: string[] = [];
  let isFree = false;
  const watch = new AppWatch<string>(directory, filesOf(directory), {
    read: () => 'new',
    isBusy: () => false,
    take: async (app) => {
      told.push(`take ${app}`);
      return isFree;
    },
    onWaiting: () => told.push('waiting'),
    onRefused: (error) => told.push(String(error)),
  });
  fs.writeFileSync(path.join(directory, 'manifest.json'), '{}');
  watch.start();
  while (told.length < 4) await sleep(20);
  isFree = true;
  await sleep(600);
  await watch.stop();
  expect(told.filter((line) => line === 'waiting')).toHaveLength(1);
  expect(told.slice(0, 3)).toEqual(['take new', 'waiting', 'take new']);
  expect(told.length).toBeLessThan(7);
});

test('a stack that is newer than the manifest has a manifest to come, so the app is not read before it', async () => {
  const directory = temporary();
  const write = (name: string) => fs.writeFileSync(path.join(directory, name), '{}');
  const read: string[] = [];
  const watch = new AppWatch<string>(directory, filesOf(directory), {
    read: () => {
      read.push(fs.readdirSync(directory).sort().join(' '));
      return 'new';
    },
    isBusy: () => false,
    take: async () => true,
    onWaiting: () => undefined,
    onRefused: (error) => { throw error; },
  });
  write('manifest.json');
  await sleep(10);
  write('App.template.json');
  watch.start();
  await sleep(2_000);
  expect(read).toEqual([]);
  write('App.assets.json');
  write('manifest.json');
  while (read.length === 0) await sleep(20);
  await sleep(10);
  write('policy-validation-report.json'); // comes after the manifest
  while (read.length === 1) await sleep(20);
  await watch.stop();
  expect(read).toEqual(['App.assets.json App.template.json manifest.json', 'App.assets.json App.template.json manifest.json policy-validation-report.json']);
});

test('a copy, whose manifest is not the last, is read when it has not changed for a while', async () => {
  const directory = temporary();
  let read = 0;
  const actions = { isBusy: () => false, take: async () => true, onWaiting: () => undefined, onRefused: () => undefined };
  const watch = new AppWatch<string>(directory, filesOf(directory), { ...actions, read: () => `copy ${++read}` });
  fs.writeFileSync(path.join(directory, 'manifest.json'), '{}');
  await sleep(10);
  fs.writeFileSync(path.join(directory, 'App.template.json'), '{}');
  watch.start();
  while (read === 0) await sleep(100);
  await watch.stop();
  expect(read).toBe(1);
}, 20_000);

test('a directory that is removed is no new app, and is not told', async () => {
  const directory = temporary();
  fs.writeFileSync(path.join(directory, 'manifest.json'), '{}');
  const told: string[] = [];
  const tell = (text: string) => () => void told.push(text);
  const watch = new AppWatch<string>(directory, filesOf(directory), {
    read: () => { told.push('read'); return 'new'; }, isBusy: () => false, take: async () => true, onWaiting: tell('waiting'), onRefused: tell('refused'),
  });
  watch.start();
  try {
    fs.rmSync(directory, { recursive: true });
    await sleep(1_500);
    expect(told).toEqual([]);
    fs.mkdirSync(directory);
    fs.writeFileSync(path.join(directory, 'manifest.json'), '{}');
    while (told.length === 0) await sleep(20);
  } finally {
    await watch.stop();
  }
  expect(told).toEqual(['read']);
});
