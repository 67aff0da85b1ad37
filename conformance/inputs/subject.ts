// What the suite tries: the validator of the submit function, the reader of the messages, and the whole check function, whose clients answer from memory.
import { BatchClient } from '@aws-sdk/client-batch';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';

export { handler as checkFunction } from '../../src/functions/check/check.lambda';
export { readWatchMessage } from '../../src/functions/check/watch-messages';
export { jobRequest } from '../../src/functions/submit/job-request';
export { InvalidInput, parseRunInput } from '../../src/functions/shared/input/run-input';
export { jobName } from '../../src/contract/job-name';

interface Command { readonly constructor: { readonly name: string }; readonly input: unknown }

const CLIENTS = { batch: BatchClient, s3: S3Client, sfn: SFNClient, sqs: SQSClient };

/** Has all calls of the clients answered by a function, which may throw. */
export function answerCalls(answer: (service: string, action: string, input: unknown) => unknown): void {
  for (const [service, client] of Object.entries(CLIENTS)) {
    Object.assign(client.prototype, { send: async (command: Command) => answer(service, command.constructor.name.replace(/Command$/, ''), command.input) });
  }
}
