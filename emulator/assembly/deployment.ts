/**
 * What a synthesized app would be once deployed, as far as a run touches it: every intrinsic is resolved, every resource has
 * an ARN. Made by `deployment()` out of `cdk.out`, read by the stand-in's services.
 */
export interface Deployment {
  readonly account: string;
  readonly region: string;
  readonly roles: DeployedRole[];
  readonly functions: DeployedFunction[];
  readonly eventSources: DeployedEventSource[];
  readonly queues: DeployedQueue[];
  readonly rules: DeployedRule[];
  readonly stateMachines: DeployedStateMachine[];
  readonly jobDefinitions: DeployedJobDefinition[];
  readonly jobQueues: DeployedJobQueue[];
  readonly computeEnvironments: DeployedComputeEnvironment[];
  readonly logGroups: DeployedLogGroup[];
  readonly buckets: DeployedBucket[];
}

/** Where a resource stands in the app. */
export interface Deployed {
  /** The construct path (`aws:cdk:path` without a trailing `/Resource`, or more of them), or `<stack>/<logical id>` when the app leaves it out. */
  readonly path: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly arn: string;
}

/** A role with all that its policies say: inline, attached AWS::IAM::Policy, AWS::IAM::ManagedPolicy of the app. */
export interface DeployedRole extends Deployed {
  readonly name: string;
  readonly assumedBy: PolicyDocument;
  readonly policies: PolicyDocument[];
  /** ARNs of AWS's own managed policies, which are not in the app. */
  readonly managedPolicyArns: string[];
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

export interface DeployedFunction extends Deployed {
  readonly name: string;
  readonly roleArn: string;
  /** Folder of the asset in `cdk.out`. */
  readonly codeDirectory: string;
  /** `index.handler` */
  readonly handler: string;
  readonly environment: Record<string, string>;
  readonly timeoutSeconds: number;
}

export interface DeployedEventSource extends Deployed {
  readonly functionArn: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly maximumBatchingWindowSeconds: number;
  readonly reportBatchItemFailures: boolean;
  readonly maximumConcurrency?: number;
}

export interface DeployedQueue extends Deployed {
  readonly name: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly deadLetterQueueArn?: string;
  readonly maxReceiveCount?: number;
  /** Resource policy, all AWS::SQS::QueuePolicy documents of the queue together. */
  readonly policies: PolicyDocument[];
}

export interface DeployedRule extends Deployed {
  readonly name: string;
  readonly pattern: Record<string, unknown>;
  readonly targets: { readonly arn: string; readonly [field: string]: unknown }[];
}

export interface DeployedStateMachine extends Deployed {
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Record<string, unknown>;
  readonly tracing: boolean;
}

export interface DeployedJobDefinition extends Deployed {
  /** Without the revision; `arn` ends with `:1`. */
  readonly name: string;
  readonly revision: number;
  /** The template's Properties, resolved, CloudFormation's spelling (`ContainerProperties`, `RetryStrategy`, ...). */
  readonly properties: Record<string, any>;
  /** The folder that the image is built from, when the image is an asset of this app. */
  readonly image?: DeployedImage;
}

export interface DeployedImage {
  readonly directory: string;
  readonly dockerfile: string;
  readonly buildArgs: Record<string, string>;
  readonly target?: string;
  readonly platform?: string;
}

export interface DeployedJobQueue extends Deployed {
  readonly name: string;
  readonly priority: number;
  /** Whether it has a fair-share policy; undefined of a queue that is not in the app. */
  readonly fairShare?: boolean;
  /** In their order. */
  readonly computeEnvironmentArns: string[];
  readonly timeLimitActions: { readonly action: string; readonly maxTimeSeconds: number; readonly reason: string; readonly state: string }[];
}

export interface DeployedComputeEnvironment extends Deployed {
  readonly name: string;
  /** EC2, SPOT, FARGATE or FARGATE_SPOT */
  readonly type: string;
  readonly minvCpus: number;
  readonly maxvCpus: number;
  readonly properties: Record<string, any>;
}

export interface DeployedLogGroup extends Deployed {
  readonly name: string;
}

export interface DeployedBucket extends Deployed {
  readonly name: string;
  /** Bucket policy, all AWS::S3::BucketPolicy documents of the bucket together. */
  readonly policies: PolicyDocument[];
}
