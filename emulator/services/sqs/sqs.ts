import { createHash } from 'node:crypto';
import type { DeployedQueue } from '../../assembly/deployment';
import { roleId } from '../../assembly/names';
import { Clock } from '../../clock';
import { ApiCall, Authorization, Service, ServiceError } from '../../service';
import { uuidOf } from '../../uuid';

export interface SqsMessage {
  readonly messageId: string;
  readonly body: string;
  readonly sentAt: number;
  readonly senderId: string;
  readonly messageGroupId?: string;
  /** The queue from which a message came to this dead-letter queue. */
  readonly deadLetterQueueSourceArn?: string;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  receiptHandle?: string;
}

interface MessageFields {
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
  readonly MessageGroupId?: string;
}

export interface SentWith {
  readonly messageGroupId?: string;
  /** The ARN of the role that sends the message. Undefined for the user of the emulator, and for EventBridge. */
  readonly roleArn?: string;
}

interface BatchEntry extends MessageFields {
  readonly Id: string;
}

interface Queue {
  readonly deployed: DeployedQueue;
  readonly messages: Map<string, SqsMessage>;
  readonly listeners: (() => void)[];
}

// These limits are the emulator's own, apart from those in src/contract: a mistake in one of the two is found by a test.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const LARGEST_MESSAGE = 1_048_576;
const LONGEST_DELAY = 900;
const MOST_ENTRIES = 10;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatchRequestEntry.html */
const ENTRY_ID = /^[\w-]{1,80}$/;
/** Letters, digits and punctuation. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html */
const MESSAGE_GROUP_ID = /^[!-~]{1,128}$/;

/** SQS: standard queues with delays, visibility timeouts, retention and dead-letter queues. */
export class Sqs implements Service {
  readonly name = 'sqs';
  private readonly queues: Map<string, Queue>;
  private count = 0;
  onSent?: (queueArn: string, message: SqsMessage) => void;

  constructor(private readonly clock: Clock, deployed: readonly DeployedQueue[]) {
    this.queues = new Map(deployed.map((queue) => [queue.arn, { deployed: queue, messages: new Map(), listeners: [] }]));
  }

  /** Calls the listener whenever a message of the queue becomes visible. */
  onVisible(queueArn: string, listener: () => void): void {
    this.queue(queueArn).listeners.push(listener);
  }

  messages(queueArn: string): SqsMessage[] {
    this.deleteExpired(queueArn);
    return [...this.queue(queueArn).messages.values()];
  }

  send(queueArn: string, body: string, delaySeconds: number, { messageGroupId, roleArn }: SentWith = {}): SqsMessage {
    const now = this.clock.now();
    const senderId = senderIdOf(roleArn);
    const message = { messageId: uuidOf(`message ${++this.count}`), body, senderId, sentAt: now, messageGroupId, visibleAt: now + delaySeconds * 1000, receiveCount: 0 };
    this.add(queueArn, message, delaySeconds);
    return message;
  }

  /** Delivers a message once more, which SQS may do: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html */
  deliverAgain(queueArn: string, { body, senderId, messageGroupId }: SqsMessage): void {
    const now = this.clock.now();
    this.add(queueArn, { messageId: uuidOf(`message ${++this.count}`), body, senderId, messageGroupId, sentAt: now, visibleAt: now, receiveCount: 0 }, 0);
  }

  /** Returns visible messages and hides them for the visibility timeout of the queue. Messages that were received too often go to the dead-letter queue. */
  receive(queueArn: string, atMost: number): SqsMessage[] {
    const queue = this.queue(queueArn);
    const { visibilityTimeoutSeconds, maxReceiveCount = Infinity, deadLetterQueueArn } = queue.deployed;
    const received: SqsMessage[] = [];
    this.deleteExpired(queueArn);
    for (const message of queue.messages.values()) {
      if (received.length === atMost) break;
      if (message.visibleAt > this.clock.now()) continue;
      if (message.receiveCount >= maxReceiveCount && deadLetterQueueArn) {
        queue.messages.delete(message.messageId);
        // The message keeps its id, its age and its count: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        this.add(deadLetterQueueArn, { ...message, deadLetterQueueSourceArn: queueArn, visibleAt: this.clock.now() }, 0);
        continue;
      }
      message.receiveCount++;
      message.firstReceivedAt ??= this.clock.now();
      message.receiptHandle = `${message.messageId}#${message.receiveCount}`;
      message.visibleAt = this.clock.now() + visibilityTimeoutSeconds * 1000;
      received.push(message);
    }
    if (received.length > 0) this.notifyAfter(visibilityTimeoutSeconds, queue);
    return received;
  }

  delete(queueArn: string, messageId: string): void {
    this.queue(queueArn).messages.delete(messageId);
  }

  /** The number of visible messages. */
  visibleCount(queueArn: string): number {
    return this.messages(queueArn).filter((message) => message.visibleAt <= this.clock.now()).length;
  }

  arnOf(queueUrl: string): string {
    const queue = [...this.queues.values()].find(({ deployed }) => deployed.url === queueUrl);
    if (!queue) throw new ServiceError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');
    return queue.deployed.arn;
  }

  authorizations({ action, input }: ApiCall): Authorization[] {
    return [{ action: `sqs:${action.replace('Batch', '')}`, resource: this.arnOf(input.QueueUrl) }];
  }

  async handle({ action, input, principal }: ApiCall): Promise<unknown> {
    const queueArn = this.arnOf(input.QueueUrl);
    switch (action) {
      case 'SendMessage':
        return this.sendMessage(queueArn, input, principal);
      case 'SendMessageBatch':
        return this.sendBatch(queueArn, input.Entries, principal);
      default:
        throw new ServiceError('UnknownOperationException', `the emulator does not support ${action} of Amazon SQS`);
    }
  }

  sendMessage(queueArn: string, { MessageBody, DelaySeconds = 0, MessageGroupId }: MessageFields, roleArn?: string) {
    if (!MessageBody) throw new ServiceError('MissingParameter', 'The request must contain the parameter MessageBody.');
    if (Buffer.byteLength(MessageBody) > LARGEST_MESSAGE) throw new ServiceError('InvalidParameterValue', `One or more parameters are invalid. Reason: Message must be shorter than ${LARGEST_MESSAGE} bytes.`);
    if (!Number.isInteger(DelaySeconds) || DelaySeconds < 0 || DelaySeconds > LONGEST_DELAY) {
      throw new ServiceError('InvalidParameterValue', `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${LONGEST_DELAY}.`);
    }
    if (MessageGroupId !== undefined && !MESSAGE_GROUP_ID.test(MessageGroupId)) {
      const reason = 'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.';
      throw new ServiceError('InvalidParameterValue', `Value ${MessageGroupId} for parameter MessageGroupId is invalid. Reason: ${reason}`);
    }
    const message = this.send(queueArn, MessageBody, DelaySeconds, { messageGroupId: MessageGroupId, roleArn });
    return { MessageId: message.messageId, MD5OfMessageBody: md5Of(MessageBody) };
  }

  private sendBatch(queueArn: string, entries: BatchEntry[], roleArn?: string) {
    if (entries.length === 0) throw new ServiceError('AWS.SimpleQueueService.EmptyBatchRequest', 'There should be at least one entry.');
    if (entries.length > MOST_ENTRIES) throw new ServiceError('AWS.SimpleQueueService.TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${entries.length}.`);
    if (!entries.every(({ Id }) => ENTRY_ID.test(Id))) {
      throw new ServiceError('AWS.SimpleQueueService.InvalidBatchEntryId', 'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.');
    }
    if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw new ServiceError('AWS.SimpleQueueService.BatchEntryIdsNotDistinct', 'Two or more entries have the same Id.');
    const size = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody), 0);
    if (size > LARGEST_MESSAGE) {
      throw new ServiceError('AWS.SimpleQueueService.BatchRequestTooLong', `Batch requests cannot be longer than ${LARGEST_MESSAGE} bytes. You have sent ${size} bytes.`);
    }
    const outcomes = entries.map((entry) => {
      try {
        return { Successful: { Id: entry.Id, ...this.sendMessage(queueArn, entry, roleArn) } };
      } catch (error) {
        return { Failed: { Id: entry.Id, Code: (error as ServiceError).code, Message: (error as Error).message, SenderFault: true } };
      }
    });
    const successful = outcomes.flatMap((outcome) => 'Successful' in outcome ? [outcome.Successful] : []);
    const failed = outcomes.flatMap((outcome) => 'Failed' in outcome ? [outcome.Failed] : []);
    // An empty list is left out, although the API says that both are always there.
    return { ...(successful.length > 0 ? { Successful: successful } : {}), ...(failed.length > 0 ? { Failed: failed } : {}) };
  }

  private add(queueArn: string, message: SqsMessage, delaySeconds: number): void {
    const queue = this.queue(queueArn);
    queue.messages.set(message.messageId, message);
    this.notifyAfter(delaySeconds, queue);
    this.onSent?.(queueArn, message);
  }

  /** Deletes the messages that are older than the retention period of the queue. */
  private deleteExpired(queueArn: string): void {
    const { messages, deployed } = this.queue(queueArn);
    for (const message of messages.values()) if (message.sentAt + deployed.retentionSeconds * 1000 <= this.clock.now()) messages.delete(message.messageId);
  }

  /** Calls the listeners when messages become visible after some seconds. */
  private notifyAfter(seconds: number, queue: Queue): void {
    if (queue.listeners.length > 0) this.clock.after(seconds * 1000, () => queue.listeners.forEach((listener) => listener()));
  }

  private queue(arn: string): Queue {
    const queue = this.queues.get(arn);
    if (!queue) throw new ServiceError('AWS.SimpleQueueService.NonExistentQueue', `The specified queue does not exist: ${arn}`);
    return queue;
  }
}

/** The id of a role with the name of its session, or the id of a user: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
function senderIdOf(roleArn: string | undefined): string {
  return roleArn === undefined ? 'AIDALOCAL' : `${roleId(roleArn)}:local`;
}

export function md5Of(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/** The names of errors in the JSON protocol, where they differ from the codes of the older query protocol: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
const ERROR_SHAPES: Record<string, string> = {
  'AWS.SimpleQueueService.NonExistentQueue': 'QueueDoesNotExist',
  'InvalidParameterValue': 'InvalidParameterValueException',
  'MissingParameter': 'MissingRequiredParameterException',
};

/** How an error is named in the body. Its header `x-amzn-query-error` has the code. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait */
export function errorShapeOf(code: string): string {
  return `com.amazonaws.sqs#${ERROR_SHAPES[code] ?? code.split('.').at(-1)}`;
}
