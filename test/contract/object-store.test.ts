import * as fc from 'fast-check';
import { parseS3Uri, payloadKeys, payloadUri, resultKeys, resultUri, s3Uri } from '../../src/contract/object-store';

const store = { bucket: 'bucket', folder: 'Job' };
const SUBMISSION = { jobName: 'hb-1', submissionId: 'id' };

test.each([
  [payloadUri(store, SUBMISSION, 'input.json'), payloadKeys('Job'), payloadKeys()],
  [resultUri(store, SUBMISSION, false), resultKeys('Job'), resultKeys()],
  [resultUri(store, SUBMISSION, true), resultKeys('Job'), resultKeys()],
])('%s is in %s and in %s', (uri, ofJob, ofAll) => {
  for (const pattern of [ofJob, ofAll]) expect(parseS3Uri(uri)!.key.startsWith(pattern.replace(/\*$/, ''))).toBe(true);
});

test('a URI is parsed into the bucket and the key that made it', () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }).filter((bucket) => !bucket.includes('/')), fc.string({ minLength: 1 }), (bucket, key) => {
    expect(parseS3Uri(s3Uri(bucket, key))).toEqual({ bucket, key });
  }));
});

test.each(['', 's3://', 's3://bucket', 's3://bucket/', 'https://bucket/key', ' s3://bucket/key'])('%j is not the URI of an object', (text) => {
  expect(parseS3Uri(text)).toBeUndefined();
});
