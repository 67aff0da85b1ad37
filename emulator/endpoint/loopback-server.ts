import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/**
 * Milliseconds of this machine for the headers of a request, for all of it, and for waiting while the server is paused, so that clients which send slowly do not fill the server. A program may
 * make what it uploads while it uploads it. https://nodejs.org/api/http.html#serverrequesttimeout
 */
const TIME_LIMITS = { headersTimeout: 20_000, requestTimeout: 3_600_000, connectionsCheckingInterval: 5_000, longestPause: 20_000 };

interface Pause {
  /** Resolves with the server that goes on with the requests. */
  readonly over: Promise<LoopbackServer>;
  readonly end: (server: LoopbackServer) => void;
}

/** An HTTP server for programs of this machine. */
export abstract class LoopbackServer {
  private server: http.Server;
  private inProgress = 0;
  private waiting?: Pause;
  private readonly longestPause: number;
  private readonly listener: http.RequestListener;

  constructor(timeLimits: Partial<typeof TIME_LIMITS> = TIME_LIMITS) {
    this.longestPause = timeLimits.longestPause ?? TIME_LIMITS.longestPause;
    this.listener = (request, response) => void this.accept(request, response);
    this.server = http.createServer({ ...timeLimits, keepAliveTimeout: 60_000 }, this.listener);
  }

  /** Listens on a port of the loopback interface; without one, on any that is free. Returns the URL. */
  async start(port = 0): Promise<string> {
    const { server } = this;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Ends also the connections that clients keep. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Whether no request is in progress. */
  get isIdle(): boolean {
    return this.inProgress === 0;
  }

  /** Lets the requests wait that come from now on. Those in progress go on. */
  pause(): void {
    if (this.waiting) return;
    let end!: Pause['end'];
    this.waiting = { over: new Promise((resolve) => { end = resolve; }), end };
  }

  /** Lets the requests go on that have waited. */
  resume(): void {
    this.goOn(this);
  }

  /** Goes on with the port, the connections and the waiting requests of another server, which then has none. */
  takeOver(former: LoopbackServer): void {
    this.server = former.server.off('request', former.listener).on('request', this.listener);
    former.goOn(this);
  }

  /** Answers a request. It never rejects: its caller does not wait for it. */
  protected abstract serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void>;

  private goOn(server: LoopbackServer): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.end(server);
  }

  private async accept(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (!this.waiting) return this.track(request, response);
    const server = await Promise.race([this.waiting.over, setTimeout(this.longestPause, undefined, { ref: false })]);
    if (server) return server.accept(request, response);
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"message":"the server takes a new app; try again"}');
  }

  private async track(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.inProgress++;
    try {
      await this.serve(request, response);
    } finally {
      this.inProgress--;
    }
  }
}

/** The headers with one text each, as they are signed. Node.js has joined those that are given several times. */
export function headersOf({ headers }: http.IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]));
}
