import { once } from 'events';
import { createInterface } from 'readline';
import { PassThrough } from 'stream';
import { call, echoJob } from './served';
import { testKit } from '../../cli/test-kit/test-kit';
import { HeavyBatchApi } from '../../src';
import { synthesize } from '../emulator/apps';

/** A job without a script runs its program, and time stands still meanwhile. This program never ends. */
const app = synthesize((stack) => { new HeavyBatchApi(stack, 'Api', { jobs: [{ job: echoJob(stack) }], allowAnonymousAccess: true }); });

const input = new PassThrough();
const output = new PassThrough();
const lines = createInterface({ input: output });
let ended: Promise<number>;
let url: string;

/** The answer to a command. */
async function send(command: string, fields: object = {}): Promise<Record<string, unknown>> {
  const answer = once(lines, 'line');
  input.write(`${JSON.stringify({ id: 1, command, ...fields })}\n`);
  return JSON.parse((await answer)[0]);
}

beforeAll(async () => {
  // Two minutes of this machine are two seconds here.
  const { setTimeout: after } = global;
  jest.spyOn(global, 'setTimeout').mockImplementation(((work: () => void, ms?: number) => after(work, ms === 120_000 ? 2_000 : ms)) as typeof setTimeout);
  const terminal = { stdout: output, stderr: { write: () => undefined } };
  ended = testKit({ app, timeScale: 1, claim: [] } as unknown as Parameters<typeof testKit>[0], terminal as never, input);
  url = JSON.parse((await once(lines, 'line'))[0]).apis[0].url;
});
afterEach(() => send('reset'));
afterAll(async () => {
  try {
    input.end();
    await ended;
  } finally {
    jest.restoreAllMocks();
  }
});

async function startRun(): Promise<string> {
  const { body: { id } } = await call(`${url}/runs`, { method: 'POST', body: { word: 'wait' } });
  return `${url}/runs/${id}`;
}

const REASON = 'the program of a job runs, and time stands still meanwhile; script the job, or let its program end';

test('a program that never ends is an error of untilRunsEnd and of advance', async () => {
  await startRun();
  const { error } = await send('untilRunsEnd');
  expect(error).toBe(`time has come to 2026-01-01T00:00:01.000Z in 120 s of this machine, and not all runs have ended: ${REASON}`);
  expect((await send('advance', { milliseconds: 60_000 })).error).toBe(`time has come to 2026-01-01T00:00:01.000Z in 120 s of this machine, and goes no further: ${REASON}`);
});

test('a request that waits for a program that never ends is answered', async () => {
  const { status, body } = await call(`${await startRun()}?wait=25`);
  expect({ status, body }).toEqual({ status: 503, body: { message: `this request was not answered in 120 s of this machine: ${REASON}` } });
});
