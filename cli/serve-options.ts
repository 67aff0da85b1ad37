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
}

/** What the names of a person are in the tokens of usual issuers. https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims */
const CLAIMS = { sub: 'developer', username: 'developer', email: 'developer@example.com' };

/** Who sends the requests that have no token. */
export function claimsOf({ claim = [] }: Pick<ServeOptions, 'claim'>): Record<string, string> {
  return { ...CLAIMS, ...pairsOf('--claim', 'name=value', claim) };
}
