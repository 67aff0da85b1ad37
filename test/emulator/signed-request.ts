import * as http from 'node:http';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { Credentials } from '../../emulator/endpoint/keys';

export interface Sent {
  readonly method?: string;
  /** With the query, encoded as it is sent. */
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  /** Called with the request before it ends. */
  readonly before?: (request: http.ClientRequest) => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request as it is. */
export function send(endpoint: string, { method = 'POST', path = '/', headers = {}, body = '', before }: Sent): Promise<Answer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path, headers: { 'content-length': String(Buffer.byteLength(body)), ...headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    request.on('error', reject);
    before?.(request);
    request.end(body);
  });
}

export interface Signing {
  readonly service?: string;
  readonly date?: Date;
  /** Whether the header with the hash of the body is left out, as by boto3. */
  readonly withoutHash?: boolean;
}

/** The headers of a request with a signature, as an AWS SDK makes them. */
export async function signed(endpoint: string, credentials: Credentials, { method = 'POST', path = '/', headers = {}, body = '' }: Sent, { service, date = new Date(), withoutHash = false }: Signing = {}): Promise<Record<string, string>> {
  const signer = signerFor(credentials, service ?? serviceOf(path, headers), !withoutHash);
  return (await signer.sign(unsigned(endpoint, { method, path, headers, body }), { signingDate: date })).headers;
}

/** The target of a request whose signature is in its query. */
export async function presigned(endpoint: string, credentials: Credentials, { method = 'GET', path = '/', headers }: Sent, expiresIn: number, date = new Date()): Promise<string> {
  const request = unsigned(endpoint, { method, path, headers: { ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, body: '' });
  const { query } = await signerFor(credentials, 's3').presign(request, { signingDate: date, expiresIn });
  return `${request.path}?${Object.entries(query!).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`;
}

/** Sends a request that the owner of the key pair has signed. */
export async function sendSigned(endpoint: string, credentials: Credentials, sent: Sent, signing: Signing = {}): Promise<Answer> {
  return send(endpoint, { ...sent, headers: await signed(endpoint, credentials, sent, signing) });
}

function signerFor(credentials: Credentials, service: string, applyChecksum = true): SignatureV4 {
  return new SignatureV4({ credentials, region: 'us-east-1', service, sha256: Sha256, uriEscapePath: service !== 's3', applyChecksum });
}

function unsigned(endpoint: string, { method, path, headers, body }: Required<Pick<Sent, 'method' | 'path' | 'body' | 'headers'>>) {
  const { hostname, port, host } = new URL(endpoint);
  const [pathname, query = ''] = path.split('?');
  return {
    method,
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: pathname,
    query: Object.fromEntries(query.split('&').filter(Boolean).map((pair) => pair.split('=').map(decodeURIComponent)).map(([name, value = '']) => [name, value])),
    headers: { host, ...headers } as Record<string, string>,
    body,
  };
}

function serviceOf(path: string, headers: Sent['headers'] = {}): string {
  const target = String(headers['x-amz-target'] ?? '');
  if (target.startsWith('AmazonSQS')) return 'sqs';
  if (target !== '') return 'states';
  return path.startsWith('/v1/') ? 'batch' : 's3';
}
