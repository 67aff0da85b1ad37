import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { deliver, firstMessage, show, told } from './check-function';
import { s3, serviceError } from './clients';
import { expectPieces, oneOf, pieces, platform, serviceErrorData, shownJob } from './data';

/** What a container that succeeded has written, and what the run's output holds of it. */
export const result = v.strictObject({
  written: oneOf({
    text: v.string(),
    base64: v.string(),
    /** A list in a list, and so on, to so many levels. */
    nested: v.number(),
    /** A text of so many characters. */
    characters: v.number(),
    /** How S3 refuses to give it. */
    refused: serviceErrorData,
  }),
  expects: v.strictObject({
    result: v.unknown(),
    resultError: v.optional(pieces),
    resultUri: v.boolean(),
  }),
});

const URI = 's3://bucket/results/Job/job-1';

export async function replayResult({ written, expects }: v.InferOutput<typeof result>): Promise<void> {
  show({ on: v.parse(platform, undefined), job: v.parse(shownJob, { status: 'SUCCEEDED', exitCode: 0 }), context: { result: URI } });
  if (written.refused) s3.on(GetObjectCommand).rejects(serviceError(written.refused));
  else s3.on(GetObjectCommand).resolves(objectOf(bytesOf(written)) as never);
  expect(await deliver(firstMessage())).toBe(false);
  const { output } = told()!;
  expect(output.status).toBe('SUCCEEDED');
  expect(output.result).toEqual(expects.result);
  expect(output.resultUri).toBe(expects.resultUri ? URI : null);
  expect(output.resultError !== undefined).toBe(expects.resultError !== undefined);
  expectPieces(output.resultError, expects.resultError);
}

function bytesOf({ text, base64, nested, characters = 0 }: v.InferOutput<typeof result>['written']): Buffer {
  if (text !== undefined) return Buffer.from(text);
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  if (nested !== undefined) return Buffer.from('['.repeat(nested) + ']'.repeat(nested));
  return Buffer.from(JSON.stringify('x'.repeat(characters)));
}

function objectOf(bytes: Buffer) {
  return { ContentLength: bytes.length, Body: { transformToByteArray: async () => new Uint8Array(bytes), destroy: () => undefined } };
}
