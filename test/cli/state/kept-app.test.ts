import * as fs from 'fs';
import * as path from 'path';
import { KeptApp } from '../../../cli/state/kept-app';
import { fileNameOf, StateDirectory } from '../../../cli/state/state-directory';
import { ExecutionState } from '../../../emulator/states/execution-state';
import { temporary } from '../../emulator/apps';

const DAY = 24 * 3_600_000;
const tell = () => { throw new Error('the state was not written'); };
const execution = (name: string, startedAt = Date.now()): ExecutionState => ({
  arn: `arn:${name}`, stateMachineArn: 'arn:machine', name, status: 'SUCCEEDED', input: {}, output: null, startedAt, stoppedAt: startedAt, redriveCount: 0, transitions: 1, history: [],
});
const object = (text: string, more = {}) => ({ body: Buffer.from(text), etag: `"${text}"`, at: 1000, ...more });
const filesOf = (directory: string, kind: string) => fs.readdirSync(path.join(directory, kind)).sort();

/** Does something with a kept app, and gives what the next one reads. */
function kept(directory: string, work: (app: KeptApp) => void) {
  const app = new KeptApp(directory, tell);
  work(app);
  app.close();
  const next = new KeptApp(directory, tell);
  const state = next.takeState()!;
  next.close();
  return state;
}

test('what the services tell is read again, as it was at last', () => {
  const [of, events] = [{ group: 'g', stream: 's' }, [{ timestamp: 1, ingestionTime: 2, message: 'a\nb' }]];
  const state = kept(temporary(), ({ journal }) => {
    journal.onExecution({ ...execution('a'), status: 'RUNNING' });
    journal.onExecution(execution('a', 1e13));
    journal.onItem('t', 'k', { id: { S: '1' } });
    journal.onItem('t', 'k', { id: { S: '2' } });
    journal.onItem('t', 'gone', { id: { S: '3' } });
    journal.onItem('t', 'gone', undefined);
    journal.onLogStream('g', 's', { ...of, dropped: 3, events });
    journal.onLogStream('g', 'gone', { ...of, stream: 'gone', dropped: 0, events });
    journal.onLogStream('g', 'gone', undefined);
    journal.onObject('b', 'k/ü', object('x', { headers: { 'x-amz-meta-a': 'b' }, checksums: { 'x-amz-checksum-crc32': 'c' }, parts: [1] }));
    journal.onObject('b', 'gone', object('y'));
    journal.onObject('b', 'gone', undefined);
  });
  expect(state.executions).toEqual([execution('a', 1e13)]);
  expect(state.items).toEqual([{ table: 't', key: 'k', item: { id: { S: '2' } } }]);
  expect(state.logStreams).toEqual([]); // its last line is older than 90 days
  expect(state.objects).toEqual([{ bucket: 'b', key: 'k/ü', ...object('x', { headers: { 'x-amz-meta-a': 'b' }, checksums: { 'x-amz-checksum-crc32': 'c' }, parts: [1] }) }]);
});

test('lines are added to a log, and a part of a line that a process left at its end is not read', () => {
  const directory = temporary();
  const now = Date.now();
  const line = (message: string) => ({ timestamp: now, ingestionTime: now, message });
  const log = { group: 'g', stream: 's', dropped: 0, events: [line('a')] };
  const app = new KeptApp(directory, tell);
  app.journal.onLogStream('g', 's', log);
  app.flush();
  const file = path.join(directory, 'log-streams', filesOf(directory, 'log-streams')[0]);
  const { ino } = fs.statSync(file);
  log.events.push(line('b'));
  app.journal.onLogStream('g', 's', log);
  app.flush();
  expect(fs.statSync(file).ino).toBe(ino);
  app.close();
  fs.appendFileSync(file, '[1,2,"hal');
  const next = kept(directory, ({ journal }) => journal.onItem('t', 'k', {}));
  expect(next.logStreams).toEqual([log]);
  const more = { ...log, events: [...log.events, line('c')] };
  expect(kept(directory, ({ journal }) => journal.onLogStream('g', 's', more)).logStreams).toEqual([more]);
  const shortened = { ...more, dropped: 2, events: more.events.slice(2) };
  expect(kept(directory, ({ journal }) => journal.onLogStream('g', 's', shortened)).logStreams).toEqual([shortened]);
});

test('a body that several objects have is kept once, and is gone with the last of them', () => {
  const directory = temporary();
  kept(directory, ({ journal }) => ['a', 'b'].forEach((key) => journal.onObject('bucket', key, object('same'))));
  const [body, ...others] = filesOf(directory, 'bodies');
  expect(others).toEqual([]);
  const { ino } = fs.statSync(path.join(directory, 'bodies', body));
  kept(directory, ({ journal }) => journal.onObject('bucket', 'a', object('other')));
  expect(filesOf(directory, 'bodies')).toHaveLength(2);
  kept(directory, ({ journal }) => journal.onObject('bucket', 'a', object('same', { headers: { a: 'b' } })));
  expect(filesOf(directory, 'bodies')).toEqual([body]);
  expect(fs.statSync(path.join(directory, 'bodies', body)).ino).toBe(ino);
  kept(directory, ({ journal }) => ['a', 'b'].forEach((key) => journal.onObject('bucket', key, undefined)));
  expect(filesOf(directory, 'bodies')).toEqual([]);
});

test('an object whose body is shorter than it was is damaged, and the file is named', () => {
  const directory = temporary();
  kept(directory, ({ journal }) => journal.onObject('bucket', 'a', object('body')));
  const body = path.join(directory, 'bodies', filesOf(directory, 'bodies')[0]);
  fs.truncateSync(body, 2);
  expect(() => new KeptApp(directory, tell)).toThrow(`${body} is damaged: it has 2 bytes, and the object bucket/a has 4. Delete it`);
  fs.rmSync(body);
  expect(() => new KeptApp(directory, tell)).toThrow(`${body} is damaged: it cannot be read: ENOENT`);
});

test('the newest 1,000 executions of the last 90 days are kept, the oldest first', () => {
  const directory = temporary();
  const now = Date.now();
  const { executions } = kept(directory, ({ journal }) => {
    for (let index = 0; index < 1_010; index++) journal.onExecution(execution(`e${index}`, now - index));
    journal.onExecution(execution('old', now - 91 * DAY));
  });
  expect([executions.length, executions[0].name, executions.at(-1)!.name]).toEqual([1_000, 'e999', 'e0']);
  expect(filesOf(directory, 'executions')).toHaveLength(1_000);
});

test('changes are written a little later, and files that are not complete are removed at the next start', async () => {
  const directory = temporary();
  const app = new KeptApp(directory, tell);
  app.journal.onItem('t', 'k', { id: { S: '1' } });
  expect(filesOf(directory, 'items')).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(filesOf(directory, 'items')).toHaveLength(1);
  app.close();
  fs.writeFileSync(path.join(directory, 'items', `${'a'.repeat(40)}.json.incomplete`), '{');
  expect(kept(directory, () => undefined).items).toHaveLength(1);
  expect(filesOf(directory, 'items')).toHaveLength(1);
});

describe('a file that cannot be written', () => {
  let directory: string;
  let lines: string[];
  let app: KeptApp;
  /** In the place of the file of the item `bad`: no file can be moved there. */
  let obstacle: string;
  beforeEach(() => {
    directory = path.join(temporary(), 'state');
    lines = [];
    app = new KeptApp(directory, (line) => lines.push(line));
    obstacle = path.join(directory, fileNameOf('items', 't', 'bad'));
    fs.mkdirSync(obstacle);
  });

  test('does not stop the others, is told once, and is written as soon as it can be', async () => {
    for (const key of ['bad', 'a', 'b']) app.journal.onItem('t', key, {});
    app.flush();
    app.flush();
    expect(lines).toEqual([expect.stringMatching(/^the state cannot be kept: items\/[\da-f]{40}\.json: EISDIR/)]);
    expect(filesOf(directory, 'items').filter((name) => name.endsWith('.json'))).toHaveLength(3);
    fs.rmdirSync(obstacle);
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // without another change
    expect(fs.statSync(obstacle).isFile()).toBe(true);
    expect([app.close(), lines.length]).toEqual([true, 1]);
  });

  test('is told at the end, with the number of them', () => {
    app.journal.onItem('t', 'bad', {});
    app.journal.onItem('t', 'long', { toJSON() { throw new RangeError('Invalid string length'); } });
    app.flush();
    expect([app.close(), app.close()]).toEqual([false, false]);
    expect(lines).toEqual([expect.any(String), expect.stringContaining('2 files of the state could not be written, such as items/')]);
  });
});

test('a directory of a kind that someone has deleted is made again', () => {
  const directory = temporary();
  const now = Date.now();
  const log = { group: 'g', stream: 's', dropped: 0, events: [{ timestamp: now, ingestionTime: now, message: 'a' }] };
  const app = new KeptApp(directory, () => undefined);
  app.journal.onLogStream('g', 's', log);
  app.flush();
  ['items', 'log-streams'].forEach((kind) => fs.rmSync(path.join(directory, kind), { recursive: true }));
  log.events.push({ ...log.events[0], message: 'b' });
  app.journal.onLogStream('g', 's', log);
  app.journal.onItem('t', 'k', {});
  app.flush();
  expect(app.close()).toBe(true);
  const next = kept(directory, () => undefined);
  expect([next.items.length, next.logStreams]).toEqual([1, [log]]);
});

describe('a log stream', () => {
  const now = Date.now();
  const line = (message: string) => ({ timestamp: now, ingestionTime: now, message });
  const logOf = (...messages: string[]) => ({ group: 'g', stream: 's', dropped: 0, events: messages.map(line) });
  const written = (directory: string, work: (app: KeptApp) => void) => {
    const app = new KeptApp(directory, () => undefined);
    app.journal.onLogStream('g', 's', logOf('a', 'b'));
    app.flush();
    work(app);
    app.close();
    return kept(directory, () => undefined).logStreams;
  };

  test('is written as a whole after an error, which may have left a part of a line', () => {
    const directory = temporary();
    jest.spyOn(StateDirectory.prototype, 'append').mockImplementationOnce((name, content) => {
      fs.appendFileSync(path.join(directory, name), content.slice(0, -4));
      throw new Error('ENOSPC');
    });
    expect(written(directory, (app) => {
      app.journal.onLogStream('g', 's', logOf('a', 'b', 'c', 'd'));
      app.flush();
      app.journal.onLogStream('g', 's', logOf('a', 'b', 'c', 'd', 'e'));
    })).toEqual([logOf('a', 'b', 'c', 'd', 'e')]);
  });

  test('that is gone and made again before anything is written has its new lines only', () => {
    expect(written(temporary(), ({ journal }) => {
      journal.onLogStream('g', 's', undefined);
      journal.onLogStream('g', 's', logOf('new', 'c', 'd'));
    })).toEqual([logOf('new', 'c', 'd')]);
  });
});

test('many files are written in parts, between which others have their turn, and all of them at the end', async () => {
  const directory = temporary();
  const app = new KeptApp(directory, tell);
  const slow = { toJSON: () => { for (const end = performance.now() + 10; performance.now() < end;); return {}; } };
  for (let index = 0; index < 20; index++) app.journal.onItem('t', `${index}`, slow);
  const seen = new Set<number>();
  while (!seen.has(20)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    seen.add(filesOf(directory, 'items').length);
  }
  expect(seen.size).toBeGreaterThan(4); // none, all, and those between
  app.journal.onItem('t', 'next', {});
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(filesOf(directory, 'items')).toHaveLength(20); // writing took 200 ms, and the next is ten times as long after it
  app.close();
  expect(filesOf(directory, 'items')).toHaveLength(21);
});

test('10,000 objects with a body each are removed in a moment', () => {
  const app = new KeptApp(temporary(), tell);
  const spies = [jest.spyOn(StateDirectory.prototype, 'write').mockReturnValue(), jest.spyOn(StateDirectory.prototype, 'remove').mockReturnValue()];
  for (let index = 0; index < 10_000; index++) app.journal.onObject('b', `${index}`, object(`${index}`));
  app.flush();
  const start = performance.now();
  for (let index = 0; index < 10_000; index++) app.journal.onObject('b', `${index}`, undefined);
  app.flush();
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(spies[1]).toHaveBeenCalledTimes(20_000);
  spies.forEach((spy) => spy.mockRestore());
  app.close();
});

test('the time goes on from the newest one in the state', () => {
  const directory = temporary();
  const later = Date.now() + 30 * DAY;
  kept(directory, ({ journal }) => journal.onExecution(execution('a', later)));
  const app = new KeptApp(directory, tell);
  expect(app.now).toBe(later);
  app.close();
  const other = new KeptApp(temporary(), tell);
  expect(Math.abs(other.now - Date.now())).toBeLessThan(10_000);
  other.close();
});

test('files of other programs and links are neither read nor removed', () => {
  const directory = temporary();
  kept(directory, ({ journal }) => journal.onObject('b', 'k', object('x')));
  const target = path.join(temporary(), 'target');
  fs.writeFileSync(target, '{');
  const link = path.join('items', `${'a'.repeat(40)}.json`);
  fs.symlinkSync(target, path.join(directory, link));
  const others = ['executions/.DS_Store', 'bodies/.DS_Store', 'items/copy of it.json', 'log-streams/mine.incomplete', '.DS_Store'];
  others.forEach((name) => fs.writeFileSync(path.join(directory, name), 'x'));
  expect(kept(directory, () => undefined).objects).toHaveLength(1);
  for (const name of [...others, link]) expect([name, fs.existsSync(path.join(directory, name))]).toEqual([name, true]);
});

test('a link in the place of a file that is not complete is not followed', () => {
  const directory = temporary();
  const target = path.join(temporary(), 'target');
  fs.writeFileSync(target, 'mine');
  kept(directory, ({ journal }) => {
    fs.symlinkSync(target, path.join(directory, `${fileNameOf('items', 't', 'k')}.incomplete`));
    journal.onItem('t', 'k', {});
  });
  expect(fs.readFileSync(target, 'utf8')).toBe('mine');
});

test.each(['', 'items'])('a link in the place of the directory %j is refused, and one that others may read is closed', (kind) => {
  const directory = path.join(temporary(), 'state');
  kept(directory, () => undefined);
  const place = path.join(directory, kind);
  fs.chmodSync(place, 0o755);
  kept(directory, () => undefined);
  expect(fs.statSync(place).mode & 0o777).toBe(0o700); // eslint-disable-line no-bitwise
  const moved = path.join(temporary(), 'moved');
  fs.renameSync(place, moved);
  fs.symlinkSync(moved, place);
  expect(() => new KeptApp(directory, tell)).toThrow('is a link or a file, and no directory; name another directory with --state');
  fs.rmSync(place);
  fs.renameSync(moved, place);
  kept(directory, () => undefined); // it is not locked
});

test('a directory of another user is refused', () => {
  const directory = temporary();
  const user = jest.spyOn(process, 'getuid').mockReturnValue(4_711);
  expect(() => new KeptApp(directory, tell)).toThrow(`${directory} is a directory of another user; name another directory with --state`);
  user.mockRestore();
  expect(fs.readdirSync(directory)).toEqual([]);
});

test('the key pair of the user is kept as it was at first', () => {
  const directory = temporary();
  const user = { accessKeyId: 'a', secretAccessKey: 'b' };
  const app = new KeptApp(directory, tell);
  expect(app.keys).toBeUndefined();
  app.keepKeys({ user, byRole: new Map([['role', user]]) });
  app.close();
  const next = new KeptApp(directory, tell);
  expect(next.keys).toEqual({ user });
  next.close();
});
