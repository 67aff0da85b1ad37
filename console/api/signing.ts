import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from './credentials';
import { Sha256 } from './sha256';

export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The Region in which requests for a host are signed. The name of a custom domain does not say it. */
export function regionOf(host: string, region: string): string {
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1] ?? (region || 'us-east-1');
}

/** The headers of a request that is signed with Signature Version 4. */
export async function signedHeaders(
  { method, url, headers, body }: SignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: Extract<Credentials, { kind: 'keys' }>,
  region: string,
  signingDate = new Date(),
): Promise<Record<string, string>> {
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials: { accessKeyId, secretAccessKey, sessionToken }, sha256: Sha256 });
  const request = { method, protocol, hostname, path: pathname, query: Object.fromEntries(searchParams), headers: { ...headers, host }, body };
  const { host: _, ...signed } = (await signer.sign(request, { signingDate })).headers; // the browser itself sends the header Host
  return signed;
}
