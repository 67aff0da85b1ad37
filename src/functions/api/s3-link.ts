import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { objectAt } from '../../contract/object-store';
import { expectedOwner } from '../shared/bucket-owner';

export { S3Client };

/** Where an object is for some minutes, for who has no credentials of AWS. */
export interface S3Link {
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Bytes */
  readonly size: number;
}

/**
 * Seconds for which a link can be used. It ends earlier when the credentials of the function do, which last for hours:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
 */
const LINK_KEPT = 15 * 60;

/** A link to an object. Rejects where there is no such object. */
export async function s3LinkTo(client: S3Client, uri: string): Promise<S3Link> {
  const object = objectAt(uri);
  const { ContentLength: size = 0 } = await client.send(new HeadObjectCommand({ ...object, ...expectedOwner() }));
  const expiresAt = Date.now() + LINK_KEPT * 1000;
  // A browser saves it, whatever type the job gave it.
  const url = await getSignedUrl(client, new GetObjectCommand({ ...object, ResponseContentDisposition: 'attachment' }), { expiresIn: LINK_KEPT });
  return { url, expiresAt, size };
}
