import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logGroupOf, Regulated } from './regulated';
import { FUNCTION_TIMEOUT } from '../contract/timings';

/** What all functions of this library have in common. Each has a log group and a role of its own, with these ids. */
export function functionOptions(
  scope: Construct, ids: { readonly log: string; readonly role: string }, regulated?: Regulated, logRetention?: logs.RetentionDays,
): lambda.FunctionOptions & { readonly role: iam.Role } {
  const logGroup = logGroupOf(scope, ids.log, regulated, logRetention);
  const role = new iam.Role(scope, ids.role, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return {
    architecture: lambda.Architecture.ARM_64,
    memorySize: 256,
    timeout: Duration.seconds(FUNCTION_TIMEOUT),
    logGroup,
    role,
    environmentEncryption: regulated?.encryptionKey,
  };
}
