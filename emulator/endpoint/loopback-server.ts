import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Milliseconds of this machine for the headers of a request, and for all of it, so that clients which send slowly do not fill the server. A program may
 * make what it uploads while it uploads it. https://nodejs.org/api/http.html#serverrequesttimeout
 */
const TIME_LIMITS = { headersTimeout: 20_000, requestTimeout: 3_600_000, connectionsCheckingInterval: 5_000 };

/** An HTTP server for programs of this machine. */
export abstract class LoopbackServer {
  private readonly server: http.Server;

  constructor(timeLimits = TIME_LIMITS) {
    this.server = http.createServer({ ...timeLimits, keepAliveTimeout: 60_000 }, (request, response) => void this.serve(request, response));
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

  /** Answers a request. It never rejects: its caller does not wait for it. */
  protected abstract serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void>;
}

/** The headers with one text each, as they are signed. Node.js has joined those that are given several times. */
export function headersOf({ headers }: http.IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]));
}
