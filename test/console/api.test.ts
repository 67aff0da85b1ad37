import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { Client } from '../../console/api/client';
import { isExpired, readCredentials } from '../../console/api/credentials';
import { ApiError, NetworkError, troubleText } from '../../console/api/errors';
import { Phase, Session } from '../../console/api/session';
import { Sha256 } from '../../console/api/sha256';
import { regionOf, SignedRequest, signedHeaders } from '../../console/api/signing';
import { jobsIn } from '../../console/api/types';
import { Activity } from '../../console/poll/activity';
import { backoff, runDelay } from '../../console/poll/backoff';
import { Polled, Poller } from '../../console/poll/poller';

/** The hash of Node.js, in the form that the signer takes. */
class NodeSha256 {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', typeof secret === 'string' ? secret : new Uint8Array(secret as ArrayBuffer));
  }

  update(data: Uint8Array) { this.hash.update(data); }
  async digest() { return new Uint8Array(this.hash.digest()); }
  reset() { throw new Error('not used'); }
}

const KEYS = { kind: 'keys', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' } as const;
const DATE = new Date('2026-11-27T10:00:00Z');

test.each<SignedRequest>([
  { method: 'GET', url: 'https://abc.execute-api.eu-west-1.amazonaws.com/runs?job=a%20b&status=FAILED', headers: {} },
  { method: 'POST', url: 'http://127.0.0.1:8787/v1/jobs/report/runs', headers: { 'content-type': 'application/json', 'idempotency-key': 'k' }, body: '{"title":"Ünïcode"}' },
])('$method $url is signed as with the cryptography of Node.js', async (request) => {
  const { protocol, hostname, host, pathname, searchParams } = new URL(request.url);
  const signer = new SignatureV4({ service: 'execute-api', region: 'eu-west-1', credentials: KEYS, sha256: NodeSha256 as never });
  const expected = await signer.sign(
    {
      method: request.method,
      protocol,
      hostname,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { ...request.headers, host },
      body: request.body,
    },
    { signingDate: DATE },
  );
  const signed = await signedHeaders(request, KEYS, 'eu-west-1', DATE);
  expect(signed).toEqual(Object.fromEntries(Object.entries(expected.headers).filter(([name]) => name !== 'host')));
  expect(signed.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261127\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/);
});

test('a hash is that of all its parts', async () => {
  const hash = new Sha256();
  hash.update('a');
  hash.update(new Uint8Array([0, 98, 0]).subarray(1, 2));
  expect(Buffer.from(await hash.digest()).toString('hex')).toBe(createHash('sha256').update('ab').digest('hex'));
});

test.each([
  ['abc.execute-api.eu-west-1.amazonaws.com', 'us-east-2', 'eu-west-1'], ['abc.execute-api.cn-north-1.amazonaws.com.cn', '', 'cn-north-1'], ['api.example.com', 'us-east-2', 'us-east-2'], ['127.0.0.1', '', 'us-east-1'],
])('requests to %s, of a page of the Region %j, are signed for %s', (host, region, expected) => {
  expect(regionOf(host, region)).toBe(expected);
});

test('what is pasted is a token, or keys', () => {
  expect(readCredentials(' Bearer abc ')).toEqual({ kind: 'token', token: 'Bearer abc' });
  const expiration = '2026-11-27T10:00:00Z';
  const keys = readCredentials(JSON.stringify({ Version: 1, AccessKeyId: 'a', SecretAccessKey: 's', SessionToken: 't', Expiration: expiration }));
  expect(keys).toEqual({ kind: 'keys', accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't', expiration });
  expect([isExpired(keys, DATE.getTime() - 1), isExpired(keys, DATE.getTime()), isExpired({ kind: 'token', token: 'x' }, Infinity)]).toEqual([false, true, false]);
});

test.each(['', '{"AccessKeyId": "SECRET', '{"AccessKeyId": "SECRET"}', 'SECRET\nof two lines'])('%j is refused without being repeated', (pasted) => {
  expect(() => readCredentials(pasted)).toThrow(/^(?!.*SECRET)/);
});

test('the jobs are those with parameters in the document', () => {
  expect(jobsIn({ components: { schemas: { Run: {}, Parameters_report: {}, Parameters_sort: {} } } })).toEqual(['report', 'sort']);
  expect(jobsIn({})).toEqual([]);
});

test('each failure in a row makes the next try later, but never later than 19 seconds, unless the API says so', () => {
  expect([0, 1, 2, 3, 20].map((failures) => backoff(failures, 0, 0.5))).toEqual([1_000, 2_000, 4_000, 8_000, 15_000]);
  expect(backoff(20, 0, 1)).toBe(18_750);
  expect(backoff(0, 60, 0)).toBe(60_000);
});

test('a run is asked for every 2 to 15 seconds, and every minute once it is over', () => {
  expect([1, undefined, 7, 30].map((seconds) => runDelay(seconds))).toEqual([2_000, 5_000, 7_000, 15_000]);
  expect(runDelay(undefined, true)).toBe(60_000);
});

describe('a poller', () => {
  const page = { hidden: false, addEventListener: (_: string, listener: () => void) => { page.tell = listener; }, tell: () => {} };
  let asked: number;
  let states: Polled<number>[];
  let answer: () => Promise<number>;
  let activity: Activity;
  let poller: Poller<number>;
  let refused: number;

  beforeEach(() => {
    jest.useFakeTimers();
    [asked, states, answer, page.hidden, refused] = [0, [], async () => asked, false, 0];
    activity = new Activity(page as never);
    poller = new Poller<number>(async () => {
      asked++;
      return { data: await answer(), delay: 1_000 };
    }, activity, (state) => states.push(state), async () => ++refused > 0);
  });
  afterEach(() => {
    poller.stop();
    jest.useRealTimers();
  });

  test('asks again, but not while the page is paused or hidden', async () => {
    poller.start();
    await jest.advanceTimersByTimeAsync(2_500);
    expect(asked).toBe(3);
    activity.pause(true);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(asked).toBe(3);
    activity.pause(false);
    await jest.advanceTimersByTimeAsync(10);
    expect(asked).toBe(4);
    page.hidden = true;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(asked).toBe(4);
    page.hidden = false;
    page.tell();
    await jest.advanceTimersByTimeAsync(10);
    expect(asked).toBe(5);
  });

  test('has one request at a time, and asks again after it when that was wanted', async () => {
    answer = () => new Promise((resolve) => { setTimeout(() => resolve(asked), 400); });
    poller.start();
    poller.refresh();
    poller.refresh();
    await jest.advanceTimersByTimeAsync(390);
    expect(asked).toBe(1);
    await jest.advanceTimersByTimeAsync(20);
    expect(asked).toBe(2);
  });

  test('keeps what it knows while there is no answer, and says since when', async () => {
    poller.start();
    await jest.advanceTimersByTimeAsync(10);
    answer = () => Promise.reject(new Error('gone'));
    await jest.advanceTimersByTimeAsync(5_000);
    const troubles = states.filter(({ trouble }) => trouble);
    expect(troubles.length).toBeGreaterThan(1);
    expect(new Set(troubles.map(({ trouble }) => trouble!.since)).size).toBe(1);
    expect(troubles.at(-1)).toMatchObject({ data: 1, trouble: { error: { message: 'gone' } } });
    answer = async () => 7;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(states.at(-1)).toEqual({ data: 7 });
  });

  test('asks once more after a refusal, when the caller may still use the API', async () => {
    answer = () => Promise.reject(new ApiError(403, 'Forbidden'));
    poller.start();
    await jest.advanceTimersByTimeAsync(60_000);
    expect([asked, refused]).toEqual([2, 2]);
    expect(states.at(-1)).toMatchObject({ error: { status: 403 } });
    answer = async () => 7;
    poller.refresh();
    await jest.advanceTimersByTimeAsync(10);
    expect(states.at(-1)).toEqual({ data: 7 });
  });

  test('tells nothing after it was stopped', async () => {
    poller.start();
    poller.stop();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(states).toEqual([]);
  });
});

test('only a request without an answer says that the API is not reachable', () => {
  expect([new NetworkError('x'), new ApiError(429, 'x'), new ApiError(503, 'x'), new ApiError(500, 'x'), new Error('x')].map(troubleText)).toEqual([
    'Not reachable', 'The API asks to wait', 'The API asks to wait', 'The API failed', 'The API failed',
  ]);
});

describe('with answers of an API', () => {
  const client = () => new Client('https://abc.execute-api.eu-west-1.amazonaws.com', '', '');
  const answers = (...responses: readonly (readonly [status: number, headers?: Record<string, string>])[]) => {
    const left = responses.map(([status, headers]) => new Response('{"message":"m"}', { status, headers }));
    return jest.spyOn(globalThis, 'fetch').mockImplementation(async () => left.shift()!);
  };
  afterEach(() => jest.restoreAllMocks());

  test.each([[403, 2], [401, 2], [404, 1]])('a %d of another time is followed by %d requests, the last one signed with that time', async (status, requests) => {
    const date = new Date('2030-01-01T00:00:00Z').toUTCString();
    const fetched = answers([status, { date }], [200, { date }]);
    const own = client();
    own.credentials = { ...KEYS, expiration: '2040-01-01T00:00:00Z' };
    await own.call('/runs').catch(() => undefined);
    expect(fetched).toHaveBeenCalledTimes(requests);
    const signedAt = fetched.mock.calls.map(([, init]) => (init!.headers as Record<string, string>)['x-amz-date']);
    expect(signedAt[1]?.startsWith('20300101T0000')).toBe(requests === 2 ? true : undefined);
    own.credentials = { ...KEYS, expiration: '2029-01-01T00:00:00Z' };
    await expect(own.call('/runs')).rejects.toThrow('expired');
  });

  test('a refusal of the same time is told at once', async () => {
    const fetched = answers([403, { date: new Date().toUTCString() }]);
    const own = client();
    own.credentials = KEYS;
    await expect(own.call('/runs')).rejects.toMatchObject({ status: 403 });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test('a browser without storage keeps credentials in memory, and the document is asked for later and later', async () => {
    answers([503, { 'retry-after': '40' }], [500], [200], [500]);
    const phases: Phase[] = [];
    const session = new Session(client(), (phase) => phases.push(phase), () => { throw new Error('SecurityError'); });
    expect(await session.signIn('token', true)).toBe(false);
    expect(await session.ask()).toBe(false);
    expect(await session.ask()).toBe(true);
    expect(session.client.credentials).toEqual({ kind: 'token', token: 'token' });
    expect(phases).toMatchObject([{ name: 'unreachable', retryIn: 40_000, error: { status: 503 } }, { name: 'unreachable' }, { name: 'ready', isSignedIn: true }]);
    await session.refused(); // what is shown stays
    expect(phases).toHaveLength(3);
    session.signOut();
    expect(session.client.credentials).toBeUndefined();
  });
});
