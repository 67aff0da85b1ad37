import * as fs from 'node:fs';
import * as path from 'node:path';
import { UsageError } from './errors';
import type { ServedApp } from './jobs';
import type { Emulator } from '../emulator/emulator';
import type { HttpAnswer } from '../emulator/services/api-gateway/http-apis';
import { HttpGateway } from '../emulator/services/api-gateway/http-gateway';
import { routeOf } from '../emulator/services/api-gateway/routes';
import { CONSOLE_FILE, CONSOLE_PATH, DOCUMENT_FILE } from '../src/contract/api-runs';
import { HTTP_API_ID } from '../src/contract/construct-ids';

export interface ServedApi {
  /** The construct path. */
  readonly path: string;
  readonly url: string;
  /** The path at which the first of its jobs is started. Undefined for an API that is not one of jobs. */
  readonly start?: string;
  /** The URL of its web page. Undefined for an API that has none. */
  readonly console?: string;
}

/** APIs that have their ports, and wait to be served. */
export interface PreparedApis {
  readonly apis: readonly ServedApi[];
  /** Serves them in the place of the former ones. */
  serve(): Promise<void>;
  /** Gives up the ports that the former ones did not have. */
  cancel(): Promise<void>;
}

/** The servers of the APIs of an app, at ports that follow each other. */
export class ServedApis {
  private servers: { readonly gateway: HttpGateway; readonly url: string }[] = [];

  /**
   * @param port of the first API; undefined: any ports that are free
   * @param onUnexpectedError is told of an error of the server itself
   * @param around carries out a request that has been read
   */
  constructor(
    private readonly port: number | undefined,
    private readonly claims: Readonly<Record<string, string>>,
    private readonly onUnexpectedError: (apiPath: string, error: unknown) => void,
    private readonly around: (request: () => Promise<HttpAnswer>) => Promise<HttpAnswer> = (request) => request(),
  ) {}

  /** Makes the servers of the APIs of an app, and takes the ports that no server has yet. */
  async prepare(app: ServedApp, emulator: Emulator): Promise<PreparedApis> {
    const gateways = app.deployment.httpApis.map((api, index) => this.gatewayOf(api, emulator, startPageOf(app, index)));
    const added = gateways.slice(this.servers.length);
    const cancel = async () => void await Promise.all(added.map((gateway) => gateway.stop().catch(() => undefined)));
    const urls = this.servers.map(({ url }) => url);
    try {
      for (const gateway of added) {
        const port = this.port === undefined ? 0 : this.port + urls.length;
        gateway.pause();
        urls.push(await onPort('--port', port, () => gateway.start(port)));
      }
    } catch (error) {
      await cancel();
      throw error;
    }
    const servers = gateways.map((gateway, index) => ({ gateway, url: urls[index] }));
    return {
      apis: app.deployment.httpApis.map((api, index) => servedApiOf(app, api.path, urls[index])),
      serve: async () => {
        const former = this.servers;
        this.servers = servers;
        servers.forEach(({ gateway }, index) => former[index] ? gateway.takeOver(former[index].gateway) : gateway.resume());
        await Promise.all(former.slice(servers.length).map(({ gateway }) => gateway.stop()));
      },
      cancel,
    };
  }

  get isIdle(): boolean {
    return this.servers.every(({ gateway }) => gateway.isIdle);
  }

  pause(): void {
    this.servers.forEach(({ gateway }) => gateway.pause());
  }

  resume(): void {
    this.servers.forEach(({ gateway }) => gateway.resume());
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.splice(0).map(({ gateway }) => gateway.stop()));
  }

  private gatewayOf({ path: apiPath, cors }: ServedApp['deployment']['httpApis'][number], emulator: Emulator, startPage?: string): HttpGateway {
    const authorizers = emulator.authorizers(this.claims);
    return new HttpGateway({
      httpApis: { request: (...request) => this.around(() => emulator.httpApis.request(...request)) },
      apiPath,
      authorize: (...request) => authorizers.authorize(...request),
      // `*` is for callers with a token. Here a page without one would act as the developer.
      allowsOrigin: (origin) => cors?.allowOrigins.includes(origin) ?? false,
      startPage,
      onUnexpectedError: (error) => this.onUnexpectedError(apiPath, error),
    });
  }
}

export async function onPort<T>(option: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new UsageError(`the port ${port} is in use; name another one with ${option}`);
    if (code === 'EACCES') throw new UsageError(`this user may not use the port ${port}; name another one with ${option}`);
    throw error;
  }
}

function servedApiOf(app: ServedApp, apiPath: string, url: string): ServedApi {
  const code = codeOf(app, apiPath);
  const start = code && startIn(path.join(code, DOCUMENT_FILE));
  if (start === undefined) return { path: apiPath, url };
  return { path: apiPath.slice(0, -HTTP_API_ID.length - 1), url, start, console: fs.existsSync(path.join(code!, CONSOLE_FILE)) ? `${url}${CONSOLE_PATH}` : undefined };
}

/** The page of an API that has one, and no route for `/`. */
function startPageOf(app: ServedApp, index: number): string | undefined {
  const { path: apiPath, routes } = app.deployment.httpApis[index];
  return servedApiOf(app, apiPath, '').console && !routeOf(routes, 'GET', '/') ? CONSOLE_PATH : undefined;
}

/** Where the code of an API of jobs is. The app may have added routes to other functions. Undefined for an API of another kind. */
function codeOf({ deployment: { httpApis, functions } }: ServedApp, apiPath: string): string | undefined {
  if (!apiPath.endsWith(`/${HTTP_API_ID}`)) return undefined;
  const { routes } = httpApis.find((api) => api.path === apiPath)!;
  const ofRoutes = functions.filter(({ arn }) => routes.some(({ functionArn }) => functionArn === arn)).map(({ codeDirectory }) => codeDirectory);
  return ofRoutes.find((directory) => fs.existsSync(path.join(directory, DOCUMENT_FILE)));
}

/** The path at which an API starts a run, by its OpenAPI document. */
function startIn(file: string): string | undefined {
  const { paths } = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly paths: Record<string, object> };
  return Object.keys(paths).find((each) => each.endsWith('/runs') && 'post' in paths[each]);
}
