import * as http from 'http';
import { LoopbackServer } from '../../../emulator/endpoint/loopback-server';

class Named extends LoopbackServer {
  /** Ends the request that is in progress. */
  answer!: () => void;

  constructor(private readonly name: string, private readonly isSlow = false, longestPause = 5_000) {
    super({ longestPause });
  }

  protected async serve(_request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (this.isSlow) await new Promise<void>((resolve) => { this.answer = resolve; });
    response.end(this.name);
  }
}

const textOf = async (url: string) => (await fetch(url)).text();
const moment = () => new Promise((resolve) => setTimeout(resolve, 50));

test('requests wait while a server is paused, and the one that takes over answers them at the same port', async () => {
  const [former, next] = [new Named('former'), new Named('next')];
  const url = await former.start();
  expect(await textOf(url)).toBe('former');
  former.pause();
  let isAnswered = false;
  const waiting = Promise.all([textOf(url), textOf(url)]).finally(() => { isAnswered = true; });
  await moment();
  expect(isAnswered).toBe(false);
  next.takeOver(former);
  expect(await waiting).toEqual(['next', 'next']);
  expect(await textOf(url)).toBe('next');
  await next.stop();
});

test('a server that goes on answers the requests that have waited', async () => {
  const server = new Named('same');
  const url = await server.start();
  server.pause();
  server.pause();
  const waiting = textOf(url);
  await moment();
  server.resume();
  expect(await waiting).toBe('same');
  await server.stop();
});

test('a request that was in progress is answered by the server that began it', async () => {
  const [former, next] = [new Named('former', true), new Named('next')];
  const url = await former.start();
  const begun = textOf(url);
  await moment();
  expect(former.isIdle).toBe(false);
  next.takeOver(former);
  former.answer();
  expect(await begun).toBe('former');
  await moment();
  expect(former.isIdle).toBe(true);
  await next.stop();
});

test('a request that has waited for too long is asked to come again', async () => {
  const server = new Named('never', false, 50);
  const url = await server.start();
  server.pause();
  const response = await fetch(url);
  expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([503, '1', { message: 'the server takes a new app; try again' }]);
  await server.stop();
});
