import type { HttpRequest } from './http-payload';
import { isObject } from '../../../src/contract/json-text';
import type { DeployedRoute } from '../../assembly/deployment';
import type { Clock } from '../../clock';
import { signerOf } from '../../endpoint/authenticate';
import type { KeyOwner, Keys } from '../../endpoint/keys';
import { readTarget } from '../../endpoint/target';
import { Iam, sessionArnOf } from '../iam/iam';

type Authorizer = HttpRequest['authorizer'];

export interface AuthorizersOptions {
  readonly keys: Keys;
  readonly clock: Clock;
  readonly account: string;
  /** What a token of the person who uses the emulator says. */
  readonly claims: Readonly<Record<string, string>>;
  readonly iam: () => Iam;
}

/** The user of the emulator, as IAM names people: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const USER = { name: 'developer', id: 'AIDADEVELOPER2345678A' };

/**
 * The authorizers of HTTP APIs on this machine. A request without a token or a signature is one of the person who uses the emulator: other machines do
 * not reach it. One that has them is judged, as far as that is possible here: the keys with which an issuer signs its tokens are elsewhere, and an
 * authorizer that is a function is not called.
 */
export class Authorizers {
  constructor(private readonly options: AuthorizersOptions) {}

  /** What the authorizer of a route says of a client. Undefined: it refuses. */
  async authorize({ authorization }: DeployedRoute, request: HttpRequest, resource: string): Promise<Authorizer> {
    const { claims } = this.options;
    if (authorization === 'AWS_IAM') return this.iam(request, resource);
    if (authorization === 'CUSTOM') return { lambda: claims };
    const header = headerOf(request, 'authorization');
    const given = header === undefined ? claims : this.claimsIn(header.replace(/^Bearer /i, ''));
    return given && { jwt: { claims: given, scopes: null } };
  }

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html */
  private async iam(request: HttpRequest, resource: string): Promise<Authorizer> {
    const { keys, clock, account, iam } = this.options;
    const target = readTarget(request.path);
    if (!target) return undefined;
    const { method, headers = {}, body = '' } = request;
    const signer = await signerOf({ method, target, headers }, Buffer.from(body), { keys, clock, signingName: 'execute-api' });
    if (signer === 'refused') return undefined;
    const { principal, credentials }: KeyOwner = signer === 'missing' ? { credentials: keys.user } : signer;
    if (iam().refusal(principal, { action: 'execute-api:Invoke', resource }) !== undefined) return undefined;
    const userId = principal === undefined ? USER.id : `AROA${principal.split('/').at(-1)!.toUpperCase().replace(/[^A-Z2-7]/g, '')}:local`;
    const userArn = principal === undefined ? `arn:aws:iam::${account}:user/${USER.name}` : sessionArnOf(principal);
    return { iam: { accessKey: credentials.accessKeyId, accountId: account, callerId: userId, cognitoIdentity: null, principalOrgId: null, userArn, userId } };
  }

  /** Tokens have the time of this machine. Time may pass faster in the emulator, and virtual time has no date of this machine. */
  private isInTime({ exp = Infinity, nbf = 0 }: Readonly<Record<string, unknown>>): boolean {
    const { clock } = this.options;
    const now = (clock.scale === undefined ? Date.now() : Math.min(clock.now(), Date.now())) / 1000;
    return typeof exp === 'number' && typeof nbf === 'number' && nbf <= now && now < exp;
  }

  /** The claims of a token, whose signature is not verified. Undefined for one that is malformed or that has expired. */
  private claimsIn(token: string): Record<string, string> | undefined {
    const [, payload = ''] = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token) ?? [];
    let claims: unknown;
    try {
      claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    } catch {
      return undefined;
    }
    if (!isObject(claims) || !this.isInTime(claims)) return undefined;
    return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(value)]));
  }
}

/** API Gateway passes claims on as texts: `true`, `1700000000`, `[reader writer]`. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return isObject(value) ? JSON.stringify(value) : String(value);
}

function headerOf({ headers = {} }: HttpRequest, name: string): string | undefined {
  return Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
}
