import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { authError } from './auth-errors';
import { decodeChunks } from './aws-chunked';
import { Authorization, isSame, Signer } from './signature';
import { ServiceError, ServiceName } from '../service';

const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** What is in a body and the headers at its end, or why the body is refused. */
export type Payload = Content | { readonly refusal: ServiceError };

export interface Content {
  readonly content: Buffer;
  readonly trailers?: Headers;
}

type Headers = Readonly<Record<string, string>>;

interface Signed {
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
export async function readPayload({ service, headers }: Signed, body: Buffer, signer: Signer): Promise<Payload> {
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
  return checked(headers, { content: body });
}

/** The checksums that clients send in a header or in a trailer. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const CHECKSUMS: Record<string, (content: Buffer) => Promise<string> | string> = {
  'content-md5': (content) => createHash('md5').update(content).digest('base64'),
  'x-amz-checksum-sha1': (content) => createHash('sha1').update(content).digest('base64'),
  'x-amz-checksum-sha256': (content) => createHash('sha256').update(content).digest('base64'),
  'x-amz-checksum-crc32': (content) => crc(new Crc32(), content),
  'x-amz-checksum-crc32c': (content) => crc(new Crc32c(), content),
  'x-amz-checksum-crc64nvme': (content) => crc(new Crc64Nvme(), content),
};

async function checked(headers: Headers, read: Content): Promise<Payload> {
  for (const [name, value] of Object.entries(headers)) {
    const computed = Object.hasOwn(CHECKSUMS, name) ? await CHECKSUMS[name](read.content) : value;
    if (!isSame(computed, value)) return { refusal: new ServiceError('BadDigest', `The ${name} that you specified did not match what we received.`) };
  }
  return read;
}

async function crc(hash: { update(content: Uint8Array): void; digest(): Promise<Uint8Array> }, content: Buffer): Promise<string> {
  hash.update(content);
  return Buffer.from(await hash.digest()).toString('base64');
}

export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
