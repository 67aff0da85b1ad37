import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { RESULT_BYTES } from '../../contract/limits';
import { objectAt } from '../../contract/object-store';

/** What a container wrote for its caller. */
export interface RunResult {
  readonly result: unknown;
  readonly resultUri: string | null;
  readonly resultError?: string;
}

export const NO_RESULT: RunResult = { result: null, resultUri: null };

/**
 * Reads what a container wrote. It is no error when there is nothing, or when the function may not read it: the job did its work.
 * An error that may not occur at the next try is thrown.
 */
export async function runResult(s3: S3Client, uri: string | undefined): Promise<RunResult> {
  if (uri === undefined) return NO_RESULT;
  if (uri.endsWith('/')) return { result: null, resultUri: uri };
  try {
    const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand(objectAt(uri)));
    if (ContentLength > RESULT_BYTES) {
      (Body as unknown as { destroy?: () => void } | undefined)?.destroy?.();
      return { result: null, resultUri: uri };
    }
    return { result: readResult(await Body!.transformToByteArray()), resultUri: uri };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if (name === 'NoSuchKey') return NO_RESULT;
    const status = $metadata?.httpStatusCode ?? 0;
    if (status < 400 || status >= 500 || status === 408 || status === 429) throw error;
    return { result: null, resultUri: uri, resultError: `${name}: ${message}` };
  }
}

/** JSON or text. Null for bytes that are neither, and for a value that is too large when it is written as JSON. */
export function readResult(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
  const value = jsonOr(text);
  return Buffer.byteLength(JSON.stringify(value)) > RESULT_BYTES ? null : value;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
