import * as fs from 'fs';
import * as http from 'http';
import { AddressInfo } from 'net';
import * as path from 'path';
import { Activity, WORK_HEADER } from '../../../../emulator/activity';
import { VirtualClock } from '../../../../emulator/clock';
import { Sandbox, SandboxOptions } from '../../../../emulator/services/lambda/sandbox';
import { temporary } from '../../apps';

const NOW = Date.UTC(2030, 0, 2, 3, 4, 5, 678);

/** An instance of a function whose handler has this body. */
function sandbox(body: string, options: Partial<SandboxOptions> = {}) {
  const directory = temporary();
  fs.writeFileSync(path.join(directory, 'index.js'), `exports.handler = async (event) => { ${body} };`);
  fs.writeFileSync(path.join(directory, 'data.json'), '{"a":1}');
  const clock = new VirtualClock(NOW);
  const activity = new Activity();
  const logs: string[] = [];
  const instance = new Sandbox({ directory, handler: 'index.handler', environment: { NAME: 'own' }, clock, activity, random: () => 0.25, onLog: (line) => logs.push(line), ...options });
  /** Handles an event while virtual time passes. */
  const run = async (event?: unknown): Promise<any> => {
    let isOver = false;
    const answer = instance.handler(event, {}).finally(() => { isOver = true; });
    for (let turn = 0; turn < 100 && !isOver; turn++) {
      await activity.untilIdle();
      if (!isOver) clock.advance();
    }
    return answer;
  };
  return { instance, directory, clock, activity, logs, run };
}

test('a function has the time of the clock, its own environment and its own random numbers', async () => {
  const { run, clock } = sandbox(`
    return [Date.now(), new Date().getTime(), new Date(5).getTime(), Date(), Date.UTC(1970, 0, 2), new Date() instanceof Date, process.env, Math.random(), Math.max(1, 2), typeof process.version];
  `);
  clock.after(0.9, () => undefined);
  clock.advance();
  expect(await run()).toEqual([NOW, NOW, 5, new Date(NOW).toString(), 86_400_000, true, { NAME: 'own' }, 0.25, 2, 'string']);
});

test('a function may change its environment', async () => {
  const { run } = sandbox("process.env = { OTHER: '1' }; return process.env;");
  expect(await run()).toEqual({ OTHER: '1' });
});

test('a warning of a function is in its log, unless it is about the Node.js of this machine', async () => {
  const { run, logs } = sandbox("process.emitWarning('old'); process.emitWarning(new Error('older')); process.emitWarning('NodeVersionSupportWarning: The AWS SDK');");
  await run();
  expect(logs).toEqual(['old', 'Error: older']);
});

test('what a function prints is its log, whatever the level', async () => {
  const { run, logs } = sandbox("console.log('a', { b: 1 }, 2); console.info('i'); console.warn('w'); console.error('e'); console.debug('d');");
  await run();
  expect(logs).toEqual(['a {"b":1} 2', 'i', 'w', 'e', 'd']);
});

test('the timers of a function follow the clock', async () => {
  const { run } = sandbox(`
    const began = Date.now();
    const fired = [];
    const note = (name) => fired.push([name, Date.now() - began]);
    setTimeout(note, 50, 'timeout');
    setTimeout(note, undefined, 'none');
    clearTimeout(setTimeout(note, 10, 'cleared'));
    clearTimeout(undefined);
    let count = 0;
    const interval = setInterval((name) => { note(name); if (++count === 3) clearInterval(interval); }, 20, 'interval');
    const often = setInterval(() => { note('often'); clearInterval(often); });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return fired;
  `);
  expect(await run()).toEqual([['none', 0], ['often', 1], ['interval', 20], ['interval', 40], ['timeout', 50], ['interval', 60]]);
});

test('a timer has the methods that Node.js gives it', async () => {
  const { run } = sandbox('const timer = setTimeout(() => undefined, 5); return [timer.unref() === timer, timer.ref() === timer, timer.hasRef()];');
  expect(await run()).toEqual([true, true, true]);
});

test.each([
  ["require('fs').promises", 'require'],
  ["require('node:fs/promises')", 'require with a prefix'],
  ["(await import('fs/promises')).default", 'import'],
])('a file that is read with %s counts as work until it is there', async (promises) => {
  const { instance, directory, activity } = sandbox(`return JSON.parse(await ${promises}.readFile(event, 'utf8'));`);
  let isIdle = false;
  const answer = instance.handler(path.join(directory, 'data.json'), {}).then((value) => [value, isIdle]);
  await Promise.resolve();
  void activity.untilIdle().then(() => { isIdle = true; });
  expect(await answer).toEqual([{ a: 1 }, false]);
  await activity.untilIdle();
});

test('a function has the other modules, and the functions of `fs` that return no promise, as they are', async () => {
  const { run, directory } = sandbox("return [require('path').basename('/a/b'), require('fs').readFileSync(event, 'utf8'), require('./data.json')];");
  expect(await run(path.join(directory, 'data.json'))).toEqual(['b', '{"a":1}', { a: 1 }]);
});

test('a bundle without the handler is an error', () => {
  expect(() => sandbox('', { handler: 'index.other' })).toThrow("index.js exports no 'index.other'");
});

describe('a request of a function', () => {
  const REQUEST = `return new Promise((resolve, reject) => require('http').request(event, (response) => {
    let text = ''; response.on('data', (chunk) => { text += chunk; }); response.on('end', () => resolve(text));
  }).on('error', reject).end());`;
  const open: http.ServerResponse[] = [];
  const server = http.createServer((request, response) => {
    if (request.url === '/never') open.push(response);
    else response.end(String(request.headers[WORK_HEADER]));
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const isIdle = async (activity: Activity) => {
    let idle = false;
    void activity.untilIdle().then(() => { idle = true; });
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    return idle;
  };

  test('says which work it is, and is work until it has been answered', async () => {
    const { run, activity } = sandbox(REQUEST);
    expect(await run(`${url}/`)).toBe('1');
    expect(await run(`${url}/`)).toBe('2');
    await activity.untilIdle();
  });

  test('fails when the instance is killed, and is no work any more', async () => {
    const { instance, activity } = sandbox(REQUEST);
    const answer = instance.handler(`${url}/never`, {});
    while (open.length === 0) await new Promise(setImmediate);
    expect(await isIdle(activity)).toBe(false);
    instance.kill();
    await expect(answer).rejects.toThrow('socket hang up');
    await activity.untilIdle();
  });

  test('fails when the instance has been killed before', async () => {
    const { instance, activity } = sandbox(REQUEST);
    instance.kill();
    await expect(instance.handler(`${url}/`, {})).rejects.toThrow('the instance of the function has been killed');
    await activity.untilIdle();
  });
});

test('the timers of an instance that was killed do not fire', async () => {
  const { instance, clock, logs } = sandbox("setTimeout(() => console.log('timeout'), 5); setInterval(() => console.log('interval'), 5);");
  await instance.handler({}, {});
  instance.kill();
  while (clock.advance());
  expect(logs).toEqual([]);
});
