import * as fs from 'fs';
import * as path from 'path';
import { setTimeout as sleep } from 'timers/promises';
import { newerLine, SourceWatch } from '../../cli/source-watch';
import { temporary } from '../emulator/apps';

const SECOND = 1_000;
const PAUSE = 200;

/** A project, and what is told of it in each look. Times are seconds after now, so that a test need not wait for them. */
function project() {
  const directory = temporary();
  const app = path.join(directory, 'cdk.out');
  const write = (file: string, at: number) => {
    const name = path.join(directory, file);
    fs.mkdirSync(path.dirname(name), { recursive: true });
    fs.writeFileSync(name, '{}');
    fs.utimesSync(name, new Date(), new Date(Date.now() + at * SECOND));
  };
  write('cdk.json', -20);
  write('app.ts', -20);
  write('cdk.out/manifest.json', -10);
  const told: string[][] = [];
  const watch = new SourceWatch(app, [path.join(directory, 'results')], (files) => told.push([...files].sort()), PAUSE);
  /** Whether a look told something. The first comes at once, and the next after a pause. */
  const look = async () => {
    const before = told.length;
    watch.look();
    for (let waited = 0; waited < 4 * PAUSE && told.length === before; waited += 20) await sleep(20);
    return told.slice(before);
  };
  return { directory, app, write, told, watch, look };
}

test('each newer file is told once, and again when it has changed after another synthesis', async () => {
  const { write, look, watch } = project();
  try {
    write('app.ts', 0);
    expect(await look()).toEqual([['app.ts']]);
    write('image/job.py', 1);
    expect(await look()).toEqual([['image/job.py']]);
    write('app.ts', 2);
    expect(await look()).toEqual([]);
    write('cdk.out/manifest.json', 3);
    expect(await look()).toEqual([]);
    write('app.ts', 4);
    expect(await look()).toEqual([['app.ts']]);
  } finally {
    await watch.stop();
  }
});

test('what programs write is no source: directories of jobs and of this program, installed packages, hidden files and logs', async () => {
  const { write, look, watch } = project();
  try {
    ['results/a.csv', 'node_modules/a/index.js', '.git/HEAD', '.env', 'serve.log', 'app.ts~', 'cdk.out/asset.1/job.py'].forEach((file) => write(file, 0));
    expect(await look()).toEqual([]);
  } finally {
    await watch.stop();
  }
});

test('looks that are asked for in a pause are one look after it', async () => {
  const { write, told, watch } = project();
  try {
    write('app.ts', 0);
    watch.look();
    while (told.length === 0) await sleep(10);
    write('image/a.py', 0);
    watch.look();
    write('image/b.py', 0);
    watch.look();
    expect(told).toEqual([['app.ts']]);
    while (told.length === 1) await sleep(10);
    expect(told).toEqual([['app.ts'], ['image/a.py', 'image/b.py']]);
  } finally {
    await watch.stop();
  }
});

test('nothing is told of an app that is being synthesized, without a project, or after the end', async () => {
  const { write, look, watch, app, directory } = project();
  try {
    write('app.ts', 0);
    fs.rmSync(path.join(app, 'manifest.json'));
    expect(await look()).toEqual([]);
    write('cdk.out/manifest.json', -10);
    fs.renameSync(path.join(directory, 'cdk.json'), path.join(directory, 'other.json'));
    expect(await look()).toEqual([]);
  } finally {
    await watch.stop();
  }
  fs.renameSync(path.join(directory, 'other.json'), path.join(directory, 'cdk.json'));
  expect(await look()).toEqual([]);
});

test('that telling fails does not end the looks', async () => {
  const { app, write } = project();
  let count = 0;
  const watch = new SourceWatch(app, [], () => {
    count++;
    throw new Error('the terminal is gone');
  }, PAUSE);
  try {
    write('app.ts', 0);
    watch.look();
    while (count < 1) await sleep(10);
    write('cdk.out/manifest.json', 1);
    write('app.ts', 2);
    watch.look();
    while (count < 2) await sleep(10);
    expect(count).toBe(2);
  } finally {
    await watch.stop();
  }
});

test.each([
  [['app.ts'], 'app.ts is'],
  [['app.ts', 'image/job.py'], 'app.ts and image/job.py are'],
  [['a', 'b', 'c'], 'a, b and c are'],
  [['a', 'b', 'c', 'd'], 'a, b, c and 1 more file are'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more files are'],
])('a line about %j names at most three', (files, subject) => {
  expect(newerLine(files, 'cdk.out')).toBe(`${subject} newer than cdk.out, which is what runs. Run 'npx cdk synth': the new app is taken without a restart.`);
});
