import { Duration, Stack } from 'aws-cdk-lib';
import { Template as Found } from 'aws-cdk-lib/assertions';
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Template } from './batch';
import { Effects } from './changes';
import { ADDED, IN_PLACE } from './cloudformation';
import { HeavyBatchApi, HeavyBatchApiProps, HeavyBatchApiValueType, HeavyBatchJob } from '../../src';
import { newJob, newStack } from '../stacks';

interface ApiChange {
  readonly to: (stack: Stack, job: HeavyBatchJob) => Partial<HeavyBatchApiProps>;
  readonly does: Effects;
}

/** The document beside the code of the function changes, or one of its variables. */
const FUNCTION = { Function: IN_PLACE };
/** CloudFormation changes the authorizer of a route where it is, and API Gateway then asks the new one. */
const ROUTE = { Route: IN_PLACE };

/** Every prop of an API. The compiler reports a prop that is missing here. */
export const API_CHANGES: { readonly [prop in keyof Required<HeavyBatchApiProps>]: ApiChange } = {
  jobs: {
    to: (stack, job) => {
      const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort';
      const imported = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Imported', { stateMachineArn });
      return { jobs: [{ job, name: 'work', parameters: { size: { valueType: HeavyBatchApiValueType.INTEGER } } }, { job: imported }] };
    },
    does: { ...FUNCTION, Policy: IN_PLACE, Rule: IN_PLACE },
  },
  authorizer: { to: () => ({ authorizer: new HttpJwtAuthorizer('Jwt', 'https://login.example.com', { jwtAudience: ['runs'] }) }), does: { ...FUNCTION, ...ROUTE, Authorizer: ADDED } },
  allowAnonymousAccess: { to: () => ({ allowAnonymousAccess: true }), does: { ...FUNCTION, ...ROUTE } },
  ownerClaim: { to: () => ({ ownerClaim: 'userArn' }), does: FUNCTION },
  console: { to: () => ({ console: true }), does: { Route: ADDED, Permission: ADDED, Stage: IN_PLACE } },
  retention: { to: () => ({ retention: Duration.days(7) }), does: FUNCTION },
  maxWaitingRequests: { to: () => ({ maxWaitingRequests: 0 }), does: FUNCTION },
  throttle: { to: () => ({ throttle: { rateLimit: 5 } }), does: { Stage: IN_PLACE } },
  cors: { to: () => ({ cors: { allowOrigins: ['https://app.example.com'] } }), does: { Api: IN_PLACE } },
  domain: {
    to: (stack) => {
      const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:123456789012:certificate/a');
      return { domain: { domainName: new DomainName(stack, 'Domain', { domainName: 'runs.example.com', certificate }) } };
    },
    does: { ApiMapping: ADDED, DomainName: ADDED, Stage: IN_PLACE }, // it waits for the domain
  },
  logRetention: { to: () => ({ logRetention: logs.RetentionDays.ONE_WEEK }), does: { LogGroup: IN_PLACE } },
  title: { to: () => ({ title: 'Sorting' }), does: { ...FUNCTION, Api: IN_PLACE } },
};

/** The template of a stack with a job and an API over it. */
export function templateOfApi(props: ApiChange['to'], regulated?: {}): Template {
  const stack = newStack();
  const job = newJob({ command: ['work', 'Ref::size'], parameters: { size: '10' }, regulated }, stack);
  new HeavyBatchApi(stack, 'Api', { jobs: [{ job }], ...props(stack, job) });
  return Found.fromStack(stack).toJSON() as Template;
}
