/**
 * What a synthesized app would be after its deployment, as far as a run uses it: all intrinsic functions are resolved, and every
 * resource has an ARN. `readDeployment()` makes it from `cdk.out`, and the emulated services read it.
 */
export interface Deployment {
  readonly account: string;
  readonly region: string;
  readonly roles: DeployedRole[];
  readonly functions: DeployedFunction[];
  readonly httpApis: DeployedHttpApi[];
  readonly eventSources: DeployedEventSource[];
  readonly queues: DeployedQueue[];
  readonly rules: DeployedRule[];
  readonly stateMachines: DeployedStateMachine[];
  readonly jobDefinitions: DeployedJobDefinition[];
  readonly jobQueues: DeployedJobQueue[];
  readonly computeEnvironments: DeployedComputeEnvironment[];
  readonly logGroups: DeployedLogGroup[];
  readonly buckets: DeployedBucket[];
  readonly tables: DeployedTable[];
  /** The resources that are in none of these lists, because the emulator cannot tell what they would be. An error only where a run needs one. */
  readonly faults: DeployedFault[];
}

/** The place of a resource in the app. */
export interface Deployed {
  /** The construct path without `/Resource` at its end; `<stack>/<logical id>` where the app has no path of it. */
  readonly path: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly arn: string;
}

/** A role with all its policies: inline policies, and the attached AWS::IAM::Policy and AWS::IAM::ManagedPolicy of the app. */
export interface DeployedRole extends Deployed {
  readonly name: string;
  readonly assumedBy: PolicyDocument;
  readonly policies: PolicyDocument[];
  /** ARNs of the managed policies of AWS, whose documents are not in the app. */
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
  /** The directory of the asset in `cdk.out`. */
  readonly codeDirectory: string;
  /** `index.handler` */
  readonly handler: string;
  readonly environment: Record<string, string>;
  readonly timeoutSeconds: number;
  readonly memoryMebibytes: number;
  /** The services that may invoke it. */
  readonly permissions: DeployedPermission[];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html */
export interface DeployedPermission {
  /** `events.amazonaws.com` */
  readonly principal: string;
  /** The ARN of what invokes the function, with wildcards. Undefined for everything of the principal. */
  readonly sourceArn?: string;
}

/** An HTTP API of API Gateway. Its ARN is the one with which it invokes functions: `arn:aws:execute-api:<Region>:<account>:<id>` */
export interface DeployedHttpApi extends Deployed {
  readonly id: string;
  readonly routes: DeployedRoute[];
  /** Which web pages may call it. Undefined: those of no other origin. */
  readonly cors?: DeployedCors;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigatewayv2-api-cors.html */
export interface DeployedCors {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds?: number;
}

export interface DeployedRoute {
  /** `POST /runs/{id}`, `ANY /{proxy+}`, `$default` */
  readonly key: string;
  readonly authorization: 'NONE' | 'AWS_IAM' | 'JWT' | 'CUSTOM';
  /** Undefined for an integration with anything else than a function that gets the payload format 2.0. */
  readonly functionArn?: string;
  readonly timeoutMilliseconds: number;
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
  /** The documents of all AWS::SQS::QueuePolicy of the queue. */
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
  readonly tags: Record<string, string>;
}

export interface DeployedJobDefinition extends Deployed {
  /** Without the revision. The ARN has it: it ends with `:1`. */
  readonly name: string;
  readonly revision: number;
  /** The properties in the template, resolved, in the spelling of CloudFormation (`ContainerProperties`, `RetryStrategy`, ...). */
  readonly properties: Record<string, any>;
  /** From what the image is built, when it is an asset of the app. */
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
  /** Whether the queue has a fair-share policy. Undefined for a queue that is not in the app. */
  readonly fairShare?: boolean;
  /** In the order of the queue. */
  readonly computeEnvironmentArns: string[];
  readonly timeLimitActions: { readonly action: string; readonly maxTimeSeconds: number; readonly reason: string; readonly state: string }[];
}

export interface DeployedComputeEnvironment extends Deployed {
  readonly name: string;
  /** `EC2`, `SPOT`, `FARGATE` or `FARGATE_SPOT` */
  readonly type: string;
  readonly minvCpus: number;
  readonly maxvCpus: number;
  readonly properties: Record<string, any>;
}

export interface DeployedLogGroup extends Deployed {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DeployedBucket extends Deployed {
  readonly name: string;
  /** The account that owns it. */
  readonly account: string;
  /** The documents of all AWS::S3::BucketPolicy of the bucket. */
  readonly policies: PolicyDocument[];
  /** After how many days its objects expire, by what their keys begin with. Rules that depend on anything else are not here. */
  readonly expirationDays: Readonly<Record<string, number>>;
}

export interface DeployedTable extends Deployed {
  readonly name: string;
  /** Schema and indexes, as CreateTable takes them: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
  readonly description: {
    readonly KeySchema: readonly object[];
    readonly AttributeDefinitions: readonly object[];
    readonly GlobalSecondaryIndexes?: readonly object[];
    readonly LocalSecondaryIndexes?: readonly object[];
  };
  /** The attribute with the time after which DynamoDB deletes an item. */
  readonly timeToLiveAttribute?: string;
}

/** A resource that a run cannot use. */
export interface DeployedFault extends Deployed {
  /** `AWS::SQS::Queue` */
  readonly type: string;
  /** Why not, and what to do. It begins with the path of the resource. */
  readonly message: string;
}
