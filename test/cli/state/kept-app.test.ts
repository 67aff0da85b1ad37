import * as fs from 'fs';
import * as path from 'path';
import { KeptApp } from '../../../cli/state/kept-app';
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
  fs.writeFileSync(path.join(directory, 'items', 'a.json.incomplete'), '{');
  expect(kept(directory, () => undefined).items).toHaveLength(1);
  expect(filesOf(directory, 'items')).toHaveLength(1);
});

test('that it cannot be written is told once, and it is written as soon as it can be', () => {
  const directory = path.join(temporary(), 'state');
  const lines: string[] = [];
  const app = new KeptApp(directory, (line) => lines.push(line));
  fs.renameSync(path.join(directory, 'items'), path.join(directory, 'moved'));
  for (const key of ['a', 'b']) {
    app.journal.onItem('t', key, {});
    app.flush();
  }
  expect(lines).toEqual([expect.stringContaining('the state cannot be kept: ENOENT')]);
  fs.renameSync(path.join(directory, 'moved'), path.join(directory, 'items'));
  app.close();
  expect(filesOf(directory, 'items')).toHaveLength(2);
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
