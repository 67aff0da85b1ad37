import { ServiceError, ServiceName } from '../service';

/** Why a request is not accepted as that of a key's owner. */
export type AuthFailure = 'missing' | 'malformed' | 'unknown-key' | 'mismatch' | 'skewed' | 'expired';

type Answer = readonly [code: string, status: number, message: string];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const S3: Record<AuthFailure, Answer> = {
  'missing': ['AccessDenied', 403, 'Access Denied'],
  'malformed': ['AuthorizationHeaderMalformed', 400, 'The authorization header that you provided is not valid.'],
  'unknown-key': ['InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'],
  'mismatch': ['SignatureDoesNotMatch', 403, 'The request signature we calculated does not match the signature you provided. Check your key and signing method.'],
  'skewed': ['RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.'],
  'expired': ['AccessDenied', 403, 'Request has expired'],
};

/** https://docs.aws.amazon.com/signer/latest/api/CommonErrors.html, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
const OTHERS: Record<AuthFailure, Answer> = {
  'missing': ['MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
  'malformed': ['IncompleteSignature', 400, 'The request signature does not conform to AWS standards.'],
  'unknown-key': ['UnrecognizedClientException', 403, 'The security token included in the request is invalid.'],
  'mismatch': S3.mismatch,
  'skewed': ['RequestExpired', 400, 'The date of the request is more than 15 minutes away from the current time.'],
  'expired': ['RequestExpired', 400, 'The presigned URL of the request has expired.'],
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
const SQS_UNKNOWN_KEY: Answer = ['InvalidClientTokenId', 403, OTHERS['unknown-key'][2]];

/** The error with which a service answers such a request. `detail` says what is wrong with it. */
export function authError(service: ServiceName, failure: AuthFailure, detail?: string): ServiceError {
  const answers = service === 's3' ? S3 : OTHERS;
  const [code, status, message] = service === 'sqs' && failure === 'unknown-key' ? SQS_UNKNOWN_KEY : answers[failure];
  return new ServiceError(code, detail === undefined ? message : `${message} (${detail})`, status);
}

/** A call of a service that the emulator does not have, of which only the name in the signature is known. */
export class NotEmulated extends ServiceError {
  constructor(signingName: string) {
    super('NotImplemented', `the emulator does not have the service ${signingName}; a container that has keys of yours calls it in AWS`, 501);
  }
}
