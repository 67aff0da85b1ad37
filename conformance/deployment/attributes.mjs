// The attributes of resources (`Fn::GetAtt`) that follow from their physical ids.
import { ACCOUNT, REGION } from '../moto/server.mjs';

const AT = `${REGION}:${ACCOUNT}`;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const ATTRIBUTES = {
  'AWS::Batch::ComputeEnvironment': { ComputeEnvironmentArn: (id) => id },
  'AWS::Batch::JobQueue': { JobQueueArn: (id) => id },
  'AWS::EFS::FileSystem': { Arn: (id) => `arn:aws:elasticfilesystem:${AT}:file-system/${id}` },
  'AWS::IAM::Role': { Arn: (id) => `arn:aws:iam::${ACCOUNT}:role/${id}` },
  'AWS::Lambda::Function': { Arn: (id) => `arn:aws:lambda:${AT}:function:${id}` },
  'AWS::Logs::LogGroup': { Arn: (id) => `arn:aws:logs:${AT}:log-group:${id}` },
  'AWS::S3::Bucket': { Arn: (id) => `arn:aws:s3:::${id}` },
  'AWS::SQS::Queue': { Arn: (url) => `arn:aws:sqs:${AT}:${url.split('/').at(-1)}` },
};

/** `<logical id>.<attribute>` and its value. */
export function attributesOf({ Resources }, ids) {
  return Object.entries(Resources).filter(([id]) => ids.has(id)).flatMap(([id, { Type }]) => (
    Object.entries(ATTRIBUTES[Type] ?? {}).map(([name, valueOf]) => [`${id}.${name}`, valueOf(ids.get(id))])
  ));
}
