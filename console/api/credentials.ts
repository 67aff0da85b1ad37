/** What a user signs in with: a token, which is sent as it is, or keys of AWS, which sign each request. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'keys'; readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string; readonly expiration?: string };

/** Reads what was pasted. Throws an error in words for the user. The text itself is never part of the error. */
export function readCredentials(pasted: string): Credentials {
  const text = pasted.trim();
  if (text === '') throw new Error('Paste a token, or the JSON of aws configure export-credentials.');
  if (!text.startsWith('{')) {
    if (!/^[\x20-\x7e]+$/.test(text)) throw new Error('A token is one line of ASCII characters.');
    return { kind: 'token', token: text };
  }
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Error('This begins like JSON, but it is not valid JSON. Paste the whole output of the command.');
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = value;
  if (!isText(AccessKeyId) || !isText(SecretAccessKey)) throw new Error('The JSON has no AccessKeyId and SecretAccessKey.');
  return {
    kind: 'keys',
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: isText(SessionToken) ? SessionToken : undefined,
    expiration: isText(Expiration) ? Expiration : undefined,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Whether the credentials say themselves that their time is over. */
export function isExpired(credentials: Credentials | undefined, now: number): boolean {
  return credentials?.kind === 'keys' && credentials.expiration !== undefined && Date.parse(credentials.expiration) <= now;
}
