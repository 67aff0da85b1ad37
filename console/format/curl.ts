import type { Credentials } from '../api/credentials';

/** A word of a POSIX shell that stands for a text: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export interface CurlRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

/** A request as a command. Credentials are variables of the shell, so that none is in the page or in the history of the shell. */
export function curlLine({ method, url, body }: CurlRequest, kind: Credentials['kind'] | undefined, region: string): string {
  return [
    'curl',
    ...method === 'GET' ? [] : ['-X', method],
    shellWord(url),
    ...kind === 'token' ? ['-H "Authorization: $TOKEN"'] : [],
    ...kind === 'keys' ? [`--aws-sigv4 aws:amz:${region}:execute-api --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"`] : [],
    ...body === undefined ? [] : ["-H 'content-type: application/json'", '-d', shellWord(body)],
  ].join(' ');
}
