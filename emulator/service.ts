/** An emulated service: its name, the permissions that a call needs, and the answers to its calls. */
export interface Service {
  /** As in the environment variables `AWS_ENDPOINT_URL_<NAME>` of AWS, in lower case. */
  readonly name: ServiceName;
  /** What IAM must allow before the call is handled. All of them must be allowed. */
  authorizations(call: ApiCall): Authorization[];
  /** Returns the body of the answer, spelled as on the wire. Throws a `ServiceError` for an error of the service. */
  handle(call: ApiCall): Promise<unknown>;
}

export type ServiceName = 'batch' | 'sfn' | 'sqs' | 's3' | 'cloudwatch_logs' | 'dynamodb';

export interface ApiCall {
  /** `SubmitJob`, `SendTaskSuccess`, ... */
  readonly action: string;
  readonly input: any;
  /** The ARN of the role that signed the call. Undefined for the user of the emulator, who may do anything. */
  readonly principal?: string;
}

export interface Authorization {
  /** `batch:SubmitJob` */
  readonly action: string;
  readonly resource: string;
  /** The values of condition keys, for example of `aws:ResourceTag/x` or `batch:ShareIdentifier`. */
  readonly context?: Record<string, string | string[]>;
}

/** An error that a service answers. Code and message are worded as by the service. */
export class ServiceError extends Error {
  constructor(readonly code: string, message: string, readonly status = 400) {
    super(message);
    this.name = code;
  }
}
