import { createHash } from 'node:crypto';
import { isSame, signed, Signer } from './signature';
import { ServiceError } from '../service';

/** The bytes of a body without what is around its chunks, and its trailing headers. */
export interface Decoded {
  readonly content: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * How a body in chunks is protected. Clients that sign chunks do so without TLS, and the others with TLS only: the emulator has none, and accepts both.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html, https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
const KINDS: Record<string, { readonly isSigned: boolean; readonly hasTrailer: boolean }> = {
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { isSigned: false, hasTrailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { isSigned: true, hasTrailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { isSigned: true, hasTrailer: true },
};

const END_OF_LINE = '\r\n';
/** Bytes. No line of this format is longer. */
const LONGEST_LINE = 1_024;
const EMPTY_HASH = hashOf('');

export interface Chunked {
  /** What `x-amz-content-sha256` has in the place of a hash. */
  readonly kind: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Takes a body apart that is sent as `<size in hexadecimal digits>;chunk-signature=<signature>`, the chunk, and so on. */
export async function decodeChunks({ kind: name, headers, body }: Chunked, signer: Signer): Promise<Decoded | ServiceError> {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (!kind) return new ServiceError('NotImplemented', `the emulator does not support ${name} of Amazon S3`, 501);
  const lines = new Lines(body);
  const chunks: Buffer[] = [];
  let previous = signer.authorization.signature;
  for (;;) {
    const [, size, signature] = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(lines.next() ?? '') ?? [];
    if (size === undefined || (signature !== undefined) !== kind.isSigned) return incomplete();
    const length = Number.parseInt(size, 16);
    const chunk = lines.take(length);
    if (!chunk) return incomplete();
    if (kind.isSigned) {
      if (!isSame(await chunkSignature(previous, chunk, signer), signature)) return mismatch();
      previous = signature;
    }
    if (length === 0) break;
    chunks.push(chunk);
    if (lines.next() !== '') return incomplete();
  }
  const content = Buffer.concat(chunks);
  if (headers['x-amz-decoded-content-length'] !== String(content.length)) return incomplete();
  const trailers = kind.hasTrailer ? await readTrailers(lines, headers, kind.isSigned ? { ...signer, previous } : undefined) : {};
  return trailers instanceof ServiceError ? trailers : { content, trailers };
}

/** Each signature is also of the one before. */
interface Chain extends Signer {
  readonly previous: string;
}

/** The trailing headers are those that `x-amz-trailer` names, in the order of the body. */
async function readTrailers(lines: Lines, headers: Readonly<Record<string, string>>, chain: Chain | undefined): Promise<Record<string, string> | ServiceError> {
  const named = (headers['x-amz-trailer'] ?? '').toLowerCase().split(',').map((name) => name.trim());
  const trailers: [string, string][] = [];
  let signature: string | undefined;
  for (let line = lines.next(); line !== undefined && line !== ''; line = lines.next()) {
    const separator = line.indexOf(':');
    const [name, value] = [line.slice(0, separator).toLowerCase(), line.slice(separator + 1).trim()];
    if (name === 'x-amz-trailer-signature') signature = value;
    else if (named.includes(name)) trailers.push([name, value]);
    else return malformed();
  }
  if (trailers.length !== new Set(named).size || new Set(trailers.map(([name]) => name)).size < trailers.length) return malformed();
  if (chain && !isSame(await trailerSignature(chain, trailers), signature ?? '')) return mismatch();
  return Object.fromEntries(trailers);
}

function chunkSignature(previous: string, chunk: Buffer, { authorization: { date, scope }, credentials }: Signer): Promise<string> {
  return signed(['AWS4-HMAC-SHA256-PAYLOAD', date, scope.text, previous, EMPTY_HASH, hashOf(chunk)].join('\n'), credentials, scope);
}

function trailerSignature({ previous, authorization: { date, scope }, credentials }: Chain, trailers: readonly [string, string][]): Promise<string> {
  const text = trailers.map(([name, value]) => `${name}:${value}\n`).join('');
  return signed(['AWS4-HMAC-SHA256-TRAILER', date, scope.text, previous, hashOf(text)].join('\n'), credentials, scope);
}

/** A body, read from its beginning to its end. */
class Lines {
  private at = 0;

  constructor(private readonly body: Buffer) {}

  /** The next line. Undefined where there is none. */
  next(): string | undefined {
    const end = this.body.subarray(this.at, this.at + LONGEST_LINE).indexOf(END_OF_LINE);
    if (end < 0) return undefined;
    const line = this.body.toString('latin1', this.at, this.at + end);
    this.at += end + END_OF_LINE.length;
    return line;
  }

  take(length: number): Buffer | undefined {
    if (this.at + length > this.body.length) return undefined;
    this.at += length;
    return this.body.subarray(this.at - length, this.at);
  }
}

function hashOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function incomplete(): ServiceError {
  return new ServiceError('IncompleteBody', 'The request body terminated unexpectedly, or its chunks do not have the sizes that they say.');
}

function malformed(): ServiceError {
  return new ServiceError('MalformedTrailerError', 'The request contained trailing data that was not well-formed or did not conform to our published schema.');
}

function mismatch(): ServiceError {
  return new ServiceError('SignatureDoesNotMatch', 'The chunk signature does not match the signature that we calculated.', 403);
}
