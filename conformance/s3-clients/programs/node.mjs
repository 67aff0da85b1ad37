// The program of a job, as it is for AWS: the AWS SDK for JavaScript, and nothing that is for local runs.
import { randomBytes } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage'; // eslint-disable-line import/no-unresolved

const client = new S3Client();
const { BUCKET: Bucket, HEAVY_BATCH_RESULT: result } = process.env;
const at = (uri) => {
  const [bucket, ...key] = uri.slice('s3://'.length).split('/');
  return { Bucket: bucket, Key: key.join('/') };
};
const bytesOf = async (location) => Buffer.from(await (await client.send(new GetObjectCommand(location))).Body.transformToByteArray());

const text = await bytesOf(at(process.argv[2]));

const big = randomBytes(12 * 1024 * 1024);
await new Upload({ client, params: { Bucket, Key: 'a b/big+1', Body: big } }).done();
const isSame = big.equals(await bytesOf({ Bucket, Key: 'a b/big+1' }));
const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
const denied = await bytesOf(at(result)).then(() => undefined, (error) => error.name);

const answer = { read: text.length, isSame, listed: Contents.map(({ Key }) => Key), denied };
await client.send(new PutObjectCommand({ ...at(result), Body: JSON.stringify(answer) }));
