import { timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import { getCanonicalHeaders, getSigningKey, SignatureV4Base } from '@smithy/signature-v4';
import type { Credentials } from './keys';
import type { Target } from './target';

/** What a request says about its own signature. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `<date>/<Region>/<service>/aws4_request` */
  readonly scope: Scope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** As in `x-amz-date`: `20260101T000000Z` */
  readonly date: string;
  /** Seconds that a presigned URL is valid. Undefined for a request that is signed in its header. */
  readonly expires?: number;
}

/** Whose signature it is. */
export interface Signer {
  readonly credentials: Credentials;
  readonly authorization: Authorization;
}

export interface Scope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly text: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The most seconds for which a URL can be presigned. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const LONGEST_EXPIRY = 604_800;

/** The name of each parameter in the query of a presigned URL. */
const IN_QUERY = {
  algorithm: 'X-Amz-Algorithm', credential: 'X-Amz-Credential', date: 'X-Amz-Date', expires: 'X-Amz-Expires', signedHeaders: 'X-Amz-SignedHeaders', signature: 'X-Amz-Signature',
};

type Headers = Readonly<Record<string, string>>;

/**
 * Reads the signature of a request, of its header or of its presigned URL. `missing` for a request that has none, `malformed` for one that cannot be
 * read. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function readAuthorization(headers: Headers, target: Target): Authorization | 'missing' | 'malformed' {
  if (headers.authorization !== undefined) return Object.keys(IN_QUERY).some((name) => target.query.has(IN_QUERY[name as keyof typeof IN_QUERY])) ? 'malformed' : fromHeader(headers);
  return target.query.has(IN_QUERY.signature) || target.query.has(IN_QUERY.algorithm) ? fromQuery(target) : 'missing';
}

function fromHeader({ authorization, 'x-amz-date': date = '' }: Headers): Authorization | 'malformed' {
  const [algorithm, ...words] = authorization.split(' ');
  const fields = new Map(words.join('').split(',').map((field): [string, string] => {
    const separator = field.indexOf('=');
    return [field.slice(0, separator), field.slice(separator + 1)];
  }));
  if (algorithm !== ALGORITHM) return 'malformed';
  return authorizationOf({ credential: fields.get('Credential'), signedHeaders: fields.get('SignedHeaders'), signature: fields.get('Signature'), date });
}

function fromQuery({ query }: Target): Authorization | 'malformed' {
  const valueOf = (name: keyof typeof IN_QUERY) => query.get(IN_QUERY[name])?.[0];
  const expires = valueOf('expires') ?? '';
  if ([...query].some(([name, values]) => name.startsWith('X-Amz-') && values.length > 1)) return 'malformed';
  if (valueOf('algorithm') !== ALGORITHM || !/^\d{1,6}$/.test(expires) || Number(expires) > LONGEST_EXPIRY) return 'malformed';
  const authorization = authorizationOf({ credential: valueOf('credential'), signedHeaders: valueOf('signedHeaders'), signature: valueOf('signature'), date: valueOf('date') ?? '' });
  return authorization === 'malformed' ? authorization : { ...authorization, expires: Number(expires) };
}

function authorizationOf(fields: { credential?: string; signedHeaders?: string; signature?: string; date: string }): Authorization | 'malformed' {
  const { credential = '', signedHeaders = '', signature = '', date } = fields;
  const [, accessKeyId, text, scopeDate, region, service] = /^(\w{1,128})\/((\d{8})\/([\w-]{1,64})\/([\w-]{1,64})\/aws4_request)$/.exec(credential) ?? [];
  if (text === undefined || !/^[0-9a-f]{64}$/.test(signature) || !/^\d{8}T\d{6}Z$/.test(date) || !date.startsWith(scopeDate)) return 'malformed';
  return { accessKeyId, scope: { date: scopeDate, region, service, text }, signedHeaders: signedHeaders.split(';'), signature, date };
}

/** Milliseconds since the epoch of `20260101T000000Z`. NaN for a date that does not exist. */
export function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** What is signed of a request. */
export interface SignedRequest {
  readonly method: string;
  readonly target: Target;
  readonly headers: Headers;
  /** SHA-256 of the body in hexadecimal digits, or what `x-amz-content-sha256` has in its place. */
  readonly payloadHash: string;
}

/**
 * The headers that have to be signed and are not: without a signature, another program could change them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 */
export function unsignedHeaders(headers: Headers, { signedHeaders, expires }: Authorization): string[] {
  const needed = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  return [...needed, ...expires === undefined ? ['x-amz-date'] : []].filter((name) => !signedHeaders.includes(name));
}

/** Whether the owner of the key pair has signed this request, as the AWS SDK for JavaScript computes it. */
export async function isSignedBy(credentials: Credentials, request: SignedRequest, authorization: Authorization): Promise<boolean> {
  const verifier = new Verifier(credentials, authorization);
  return isSame(await verifier.signatureOf(request), authorization.signature);
}

/** Compares in a time that does not depend on where the two differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** HMAC-SHA-256 of a text, with the key that is derived from a secret for a day, a Region and a service, in hexadecimal digits. */
export async function signed(text: string, credentials: Credentials, { date, region, service }: Scope): Promise<string> {
  const hash = new Sha256(await getSigningKey(Sha256, credentials, date, region, service));
  hash.update(Buffer.from(text));
  return Buffer.from(await hash.digest()).toString('hex');
}

/** Computes signatures with the library's own parts, for the headers that a request names. */
class Verifier extends SignatureV4Base {
  constructor(private readonly credentials: Credentials, private readonly authorization: Authorization) {
    const { region, service } = authorization.scope;
    // Amazon S3 is the only service whose paths are not encoded a second time.
    super({ credentials, region, service, sha256: Sha256, uriEscapePath: service !== 's3' });
  }

  async signatureOf({ method, target, headers, payloadHash }: SignedRequest): Promise<string> {
    const { signedHeaders, scope, date } = this.authorization;
    const named = Object.fromEntries(signedHeaders.filter((name) => Object.hasOwn(headers, name)).map((name) => [name, headers[name]]));
    const request = { method, protocol: 'http:', hostname: '', path: target.path, headers: named, query: Object.fromEntries(target.query) };
    const canonicalRequest = this.createCanonicalRequest(request, getCanonicalHeaders(request, undefined, new Set(signedHeaders)), payloadHash);
    return signed(await this.createStringToSign(date, scope.text, canonicalRequest, ALGORITHM), this.credentials, scope);
  }
}
