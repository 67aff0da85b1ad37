import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { ServiceError } from '../../service';

/** The checksums that clients send in a header or in a trailer. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const CHECKSUMS: Record<string, (content: Buffer) => Promise<string> | string> = {
  'content-md5': (content) => createHash('md5').update(content).digest('base64'),
  'x-amz-checksum-sha1': (content) => createHash('sha1').update(content).digest('base64'),
  'x-amz-checksum-sha256': (content) => createHash('sha256').update(content).digest('base64'),
  'x-amz-checksum-crc32': (content) => crc(new Crc32(), content),
  'x-amz-checksum-crc32c': (content) => crc(new Crc32c(), content),
  'x-amz-checksum-crc64nvme': (content) => crc(new Crc64Nvme(), content),
};

/** The checksums of an object among some headers. Undefined where there is none. */
export function checksumsIn(headers: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const found = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-') && Object.hasOwn(CHECKSUMS, name));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The error of the first checksum that is not that of some content. A checksum of the checksums of parts ends with their number, and is not compared. */
export async function wrongChecksum(headers: Readonly<Record<string, string>>, content: Buffer): Promise<ServiceError | undefined> {
  for (const [name, value] of Object.entries(headers)) {
    const computed = Object.hasOwn(CHECKSUMS, name) && !/-\d+$/.test(value) ? await CHECKSUMS[name](content) : value;
    if (computed !== value) return new ServiceError('BadDigest', `The ${name} that you specified did not match what we received.`);
  }
  return undefined;
}

async function crc(hash: { update(content: Uint8Array): void; digest(): Promise<Uint8Array> }, content: Buffer): Promise<string> {
  hash.update(content);
  return Buffer.from(await hash.digest()).toString('base64');
}
