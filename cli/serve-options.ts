import { UsageError } from './errors';
import { LocalOptions, pairsOf } from './run-options';

/** The options of `heavy-batch serve`. */
export interface ServeOptions extends LocalOptions {
  /** Of the first API. Each further one has the next port. */
  readonly port: number;
  /** Of the endpoint for AWS SDKs. */
  readonly awsPort: number;
  /** Each one `name=value`. */
  readonly claim?: string[];
  readonly allowOrigin?: string[];
  /** The directory in which runs, records and objects are kept. False: none. */
  readonly state: string | false;
}

/** What the names of a person are in the tokens of usual issuers. https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims */
const CLAIMS = { sub: 'developer', username: 'developer', email: 'developer@example.com' };

/** Who sends the requests that have no token. */
export function claimsOf({ claim = [] }: Pick<ServeOptions, 'claim'>): Record<string, string> {
  return { ...CLAIMS, ...pairsOf('--claim', 'name=value', claim) };
}

/** Refuses what is not an origin as browsers send it, before a page is refused because of it. */
export function validateOrigins({ allowOrigin = [] }: Pick<ServeOptions, 'allowOrigin'>): void {
  const wrong = allowOrigin.find((origin) => !URL.canParse(origin) || !/^https?:$/.test(new URL(origin).protocol) || new URL(origin).origin !== origin);
  if (wrong === undefined) return;
  const meant = URL.canParse(wrong) && /^https?:$/.test(new URL(wrong).protocol) ? `; use ${new URL(wrong).origin}` : ', for example http://localhost:5173';
  throw new UsageError(`--allow-origin ${wrong} is not an origin${meant}`);
}

/** Refuses ports that do not exist, and one for two servers. */
export function validatePorts({ port, awsPort }: Pick<ServeOptions, 'port' | 'awsPort'>, apis: number): void {
  const last = port + apis - 1;
  if (last > 65_535) throw new UsageError(`--port ${port} leaves no port for each of the ${apis} APIs; use ${65_536 - apis} or less`);
  if (awsPort >= port && awsPort <= last) throw new UsageError(`--aws-port ${awsPort} is one of the ports of the APIs, which are ${port} to ${last}; use another one`);
}
