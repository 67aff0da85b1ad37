import { createHash } from 'node:crypto';
import { authError } from './auth-errors';
import { decodeChunks } from './aws-chunked';
import { Authorization, isSame, Signer } from './signature';
import type { Target } from './target';
import { ServiceError, ServiceName } from '../service';
import { wrongChecksum } from '../services/s3/checksums';

const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** What is in a body and the headers at its end, or why the body is refused. */
export type Payload = Content | { readonly refusal: ServiceError };

export interface Content {
  readonly content: Buffer;
  readonly trailers?: Headers;
}

type Headers = Readonly<Record<string, string>>;

interface Signed {
  readonly method: string;
  readonly target: Target;
  readonly service: ServiceName;
  readonly headers: Headers;
}

/**
 * What is signed of the body: its hash, or a word that says how else it is protected. Only S3 has such words, and a presigned URL of S3 has no hash.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function payloadHashOf(service: ServiceName, headers: Headers, body: Buffer, authorization: Authorization): string {
  const given = headers['x-amz-content-sha256'];
  if (given !== undefined) return given;
  return service === 's3' && authorization.expires !== undefined ? UNSIGNED : sha256(body);
}

/** Compares the body with what was signed of it, and takes the chunks of a body apart. The signature of the request has been verified before. */
export async function readPayload(request: Signed, body: Buffer, signer: Signer): Promise<Payload> {
  const { service, headers } = request;
  const { authorization } = signer;
  const hash = payloadHashOf(service, headers, body, authorization);
  if (service !== 's3') return isSame(hash, sha256(body)) ? { content: body } : { refusal: authError(service, 'mismatch') };
  if (headers['x-amz-content-sha256'] === undefined && authorization.expires === undefined) {
    return { refusal: new ServiceError('MissingSecurityHeader', 'Your request is missing a required header: x-amz-content-sha256') };
  }
  if (hash.startsWith('STREAMING-')) {
    const decoded = await decodeChunks({ kind: hash, headers, body }, signer);
    return decoded instanceof ServiceError ? { refusal: decoded } : checked({ ...headers, ...decoded.trailers }, decoded);
  }
  if (headers['content-encoding']?.includes('aws-chunked')) return { refusal: new ServiceError('InvalidRequest', 'A body that is aws-chunked needs a STREAMING value of x-amz-content-sha256.') };
  if (hash !== UNSIGNED && !isSame(hash, sha256(body))) {
    return { refusal: new ServiceError('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.") };
  }
  // The other checksums of a request that completes an upload are those of the whole object.
  const { 'content-md5': md5 } = headers;
  return checked(completesUpload(request) ? { ...md5 !== undefined && { 'content-md5': md5 } } : headers, { content: body });
}

function completesUpload({ method, target }: Signed): boolean {
  return method === 'POST' && target.query.has('uploadId');
}

async function checked(headers: Headers, read: Content): Promise<Payload> {
  const refusal = await wrongChecksum(headers, read.content);
  return refusal ? { refusal } : read;
}

export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
