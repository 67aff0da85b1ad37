import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { deliver, FIRST_MESSAGE, show, told } from './check-function';
import { s3, serviceError } from './clients';
import { expectPieces, pieces, platform, serviceErrorData, shownJob } from './data';

/** What a container that succeeded has written, or how S3 refuses to give it, and what the run's output holds of it. */
export const result = v.strictObject({
  written: v.union([
    v.strictObject({ text: v.string() }),
    v.strictObject({ base64: v.string() }),
    /** A list in a list, and so on. */
    v.strictObject({ nested: v.number() }),
    v.strictObject({ characters: v.number() }),
    serviceErrorData,
  ]),
  expects: v.strictObject({
    result: v.unknown(),
    resultError: v.optional(pieces),
    resultUri: v.boolean(),
  }),
});

const URI = 's3://bucket/results/Job/job-1';

export async function replayResult({ written, expects }: v.InferOutput<typeof result>): Promise<void> {
  show({ on: v.parse(platform, undefined), job: v.parse(shownJob, { status: 'SUCCEEDED', exitCode: 0 }), context: { result: URI } });
  if ('error' in written) s3.on(GetObjectCommand).rejects(serviceError(written));
  else s3.on(GetObjectCommand).resolves(objectOf(bytesOf(written)) as never);
  expect(await deliver(FIRST_MESSAGE)).toBe(false);
  const { output } = told()!;
  expect(output.status).toBe('SUCCEEDED');
  expect(output.result).toEqual(expects.result);
  expect(output.resultUri).toBe(expects.resultUri ? URI : null);
  expect(output.resultError !== undefined).toBe(expects.resultError !== undefined);
  expectPieces(output.resultError, expects.resultError);
}

type Written = Exclude<v.InferOutput<typeof result>['written'], { error: string }>;

function bytesOf(written: Written): Buffer {
  if ('text' in written) return Buffer.from(written.text);
  if ('base64' in written) return Buffer.from(written.base64, 'base64');
  if ('nested' in written) return Buffer.from('['.repeat(written.nested) + ']'.repeat(written.nested));
  return Buffer.from(JSON.stringify('x'.repeat(written.characters)));
}

function objectOf(bytes: Buffer) {
  return { ContentLength: bytes.length, Body: { transformToByteArray: async () => new Uint8Array(bytes), transformToString: async () => bytes.toString(), destroy: () => undefined } };
}
