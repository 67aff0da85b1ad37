/** What every service of the stand-in is to the HTTP front: a name, the calls that it answers, and what IAM is asked before. */
export interface Service {
  /** As in `AWS_ENDPOINT_URL_<NAME>`, lower case. */
  readonly name: ServiceName;
  /** What IAM is asked before the call: all of them must be allowed. */
  authorizations(call: ApiCall): Authorization[];
  /** The answer's body, in the wire's spelling. Throws `ServiceError` for the answers that are errors. */
  handle(call: ApiCall): Promise<unknown>;
}

export type ServiceName = 'batch' | 'sfn' | 'sqs' | 's3';

export interface ApiCall {
  /** `SubmitJob`, `SendTaskSuccess`, ... */
  readonly action: string;
  readonly input: any;
  /** ARN of the role that signed the call; undefined for the person at the laptop, who may do anything. */
  readonly principal?: string;
}

export interface Authorization {
  /** `batch:SubmitJob` */
  readonly action: string;
  readonly resource: string;
  /** Condition keys, for example `aws:ResourceTag/x` or `batch:ShareIdentifier`. */
  readonly context?: Record<string, string | string[]>;
}

/** An answer that is an error, in the service's own words. */
export class ServiceError extends Error {
  constructor(readonly code: string, message: string, readonly status = 400) {
    super(message);
    this.name = code;
  }
}
