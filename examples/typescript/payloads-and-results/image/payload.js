// A payload is an S3 URI in AWS, and the path of a file in the emulator. These two functions work with both.
const fs = require('node:fs');

const at = (uri) => {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  return { Bucket, Key };
};

/** The value itself, or the content of the object or file that it names. */
exports.read = async (value) => {
  if (value.startsWith('s3://')) {
    const { GetObjectCommand, S3Client } = require('@aws-sdk/client-s3');
    const { Body } = await new S3Client().send(new GetObjectCommand(at(value)));
    return Body.transformToString();
  }
  return value.startsWith('/') && fs.existsSync(value) ? fs.readFileSync(value, 'utf8') : value;
};

/** Writes the result of the run. */
exports.answer = async (result) => {
  const to = process.env.HEAVY_BATCH_RESULT;
  if (to.startsWith('s3://')) {
    const { PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');
    await new S3Client().send(new PutObjectCommand({ ...at(to), Body: JSON.stringify(result) }));
  } else {
    fs.writeFileSync(to, JSON.stringify(result));
  }
};
