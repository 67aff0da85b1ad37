// Long values of a run, and its result, are objects in S3. In a local run, the AWS SDK finds an emulated S3 by its environment.
const { GetObjectCommand, PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');

const s3 = new S3Client();

const at = (uri) => {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  return { Bucket, Key };
};

/** The value itself, or the content of the object that it names. */
exports.read = async (value) => {
  if (!value.startsWith('s3://')) return value;
  const { Body } = await s3.send(new GetObjectCommand(at(value)));
  return Body.transformToString();
};

/** Writes the result of the run, or of one child of an array job. */
exports.answer = async (result) => {
  const { HEAVY_BATCH_RESULT: uri, AWS_BATCH_JOB_ARRAY_INDEX: index } = process.env;
  await s3.send(new PutObjectCommand({ ...at(uri.endsWith('/') ? uri + index : uri), Body: JSON.stringify(result) }));
};
