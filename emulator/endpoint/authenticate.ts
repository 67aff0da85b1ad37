import { authError, NotEmulated } from './auth-errors';
import type { KeyOwner, Keys } from './keys';
import { Content, payloadHashOf, readPayload, sha256 } from './payload';
import { Authorization, isSignedBy, readAuthorization, timeOf, unsignedHeaders } from './signature';
import type { Target } from './target';
import type { Clock } from '../clock';
import { ServiceError, ServiceName } from '../service';

/** A request, as far as its signature is about it. The names of its headers are in lower case. */
export interface Request {
  readonly service: ServiceName;
  readonly method: string;
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request whose key is known. Its signature is verified when its body has been read. */
export interface Claim {
  readonly owner: KeyOwner;
  readonly authorization: Authorization;
}

/** The names of the services in signatures, where they differ. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
const SIGNING_NAMES: Record<ServiceName, string> = { batch: 'batch', sfn: 'states', sqs: 'sqs', s3: 's3', cloudwatch_logs: 'logs', dynamodb: 'dynamodb' };

const SIGNATURE_2 = "the emulator does not know Signature Version 2; make a presigned URL of Version 4: in boto3, with Config(signature_version='s3v4')";

/** Milliseconds that a request may be early or late. https://docs.aws.amazon.com/signer/latest/api/CommonErrors.html */
const TOLERANCE = 15 * 60_000;

/** Whose key a request names, before its body is read. */
export function claimOf({ service, headers, target }: Request, keys: Keys): Claim | ServiceError {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/appendix-sigv2.html
  if (target.query.has('AWSAccessKeyId')) return new ServiceError('NotImplemented', SIGNATURE_2, 501);
  const authorization = readAuthorization(headers, target);
  if (authorization === 'missing' || authorization === 'malformed') return authError(service, authorization);
  const owner = keys.find(authorization.accessKeyId);
  if (!owner) return authError(service, 'unknown-key');
  if (!Object.values(SIGNING_NAMES).includes(authorization.scope.service)) return new NotEmulated(authorization.scope.service);
  if (authorization.scope.service !== SIGNING_NAMES[service]) return authError(service, 'malformed', `it is for ${authorization.scope.service}, and not for ${SIGNING_NAMES[service]}`);
  const [unsigned] = unsignedHeaders(headers, authorization);
  return unsigned === undefined ? { owner, authorization } : authError(service, 'malformed', `the header ${unsigned} is not signed`);
}

/**
 * The owner of the key with which a request for another service is signed, for example one for an API of API Gateway: `execute-api`. `missing` for a
 * request without a signature, and `refused` for one whose signature is not good.
 */
export async function signerOf(request: Omit<Request, 'service'>, body: Buffer, { keys, clock, signingName }: { keys: Keys; clock: Clock; signingName: string }): Promise<KeyOwner | 'missing' | 'refused'> {
  const { headers, target } = request;
  const authorization = readAuthorization(headers, target);
  if (authorization === 'missing') return 'missing';
  if (authorization === 'malformed') return 'refused';
  const owner = keys.find(authorization.accessKeyId);
  if (!owner || authorization.scope.service !== signingName || unsignedHeaders(headers, authorization).length > 0 || whenOf(authorization, clock)) return 'refused';
  const payloadHash = sha256(body);
  if ((headers['x-amz-content-sha256'] ?? payloadHash) !== payloadHash) return 'refused';
  return await isSignedBy(owner.credentials, { ...request, payloadHash }, authorization) ? owner : 'refused';
}

/** The content of a request that the owner of the key has signed. */
export async function authenticate(request: Request, claim: Claim, body: Buffer, clock: Clock): Promise<Content | ServiceError> {
  const { owner: { credentials }, authorization } = claim;
  const { service, headers } = request;
  const failure = whenOf(authorization, clock);
  if (failure) return authError(service, failure);
  const payloadHash = payloadHashOf(service, headers, body, authorization);
  if (!await isSignedBy(credentials, { ...request, payloadHash }, authorization)) return authError(service, 'mismatch');
  const payload = await readPayload(request, body, { authorization, credentials });
  return 'refusal' in payload ? payload.refusal : payload;
}

/**
 * Whether a request comes at its time. The functions sign with the time of the emulator, and other programs with that of this machine: both are good.
 * While time passes faster, a request is older when it arrives. Virtual time may pass by any amount meanwhile, also between an answer and the program that reads it.
 */
function whenOf({ date, expires }: Authorization, clock: Clock): 'skewed' | 'expired' | undefined {
  const time = timeOf(date);
  const times = [{ now: clock.now(), tolerance: TOLERANCE * Math.max(1, clock.scale ?? Infinity) }, { now: Date.now(), tolerance: TOLERANCE }];
  if (expires !== undefined) return times.some(({ now, tolerance }) => time - tolerance <= now && now <= time + expires * 1000) ? undefined : 'expired';
  return times.some(({ now, tolerance }) => Math.abs(now - time) <= tolerance) ? undefined : 'skewed';
}
