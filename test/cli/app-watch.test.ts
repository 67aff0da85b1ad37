import * as fs from 'fs';
import * as path from 'path';
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
  while (told.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
  isFree = true;
  await new Promise((resolve) => setTimeout(resolve, 600));
  await watch.stop();
  expect(told.filter((line) => line === 'waiting')).toHaveLength(1);
  expect(told.slice(0, 3)).toEqual(['take new', 'waiting', 'take new']);
  expect(told.length).toBeLessThan(7);
});
