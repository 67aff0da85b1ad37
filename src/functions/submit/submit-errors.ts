import { JOB_NOT_FOUND, SUBMIT_ERRORS } from '../../contract/errors';
import { log } from '../shared/log';

// The name of an error is what the state machine sees, and what its retriers go by.
export class SubmitThrottled extends Error { readonly name = SUBMIT_ERRORS.THROTTLED; }
export class SubmitUncertain extends Error { readonly name = SUBMIT_ERRORS.UNCERTAIN; }
export class SubmitRefused extends Error { readonly name = SUBMIT_ERRORS.REFUSED; }

/** The job of the round was submitted, and AWS Batch has forgotten it. */
export class JobNotFound extends Error {
  readonly name = JOB_NOT_FOUND;
  /** Without the places in the code: Lambda would put them into the cause of the run. */
  readonly stack = `${JOB_NOT_FOUND}: ${this.message}`;
}

type ErrorClass = new (message: string) => Error;

/** Makes a call of AWS, and throws the error that says what its failure means for the run: `thrown`, where it does not depend on what failed. */
export async function withSubmitErrors<T>(action: string, call: () => Promise<T>, { thrown }: { readonly thrown?: ErrorClass } = {}): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof SubmitUncertain || error instanceof JobNotFound) throw error;
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ?? 0;
    const text = `${action}: ${name}: ${message}`;
    log('failed', { error: name, message: text });
    if (thrown) throw new thrown(text);
    // Another invocation has written the record: it may submit the job. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    if (status === 409 || status === 412) throw new SubmitUncertain(text);
    // https://docs.aws.amazon.com/batch/latest/APIReference/CommonErrors.html
    if (status === 429 || /^(TooManyRequests|Throttling|RequestLimitExceeded|SlowDown)/.test(name)) throw new SubmitThrottled(text);
    throw status >= 400 && status < 500 ? new SubmitRefused(text) : new SubmitUncertain(text);
  }
}
