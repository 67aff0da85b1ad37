import { createHash } from 'node:crypto';
import type { DeployedQueue } from '../../assembly/deployment';
import { Clock } from '../../clock';
import { ApiCall, Authorization, Service, ServiceError } from '../../service';

export interface SqsMessage {
  readonly messageId: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
  receiptHandle?: string;
}

interface BatchEntry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
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

/** SQS: standard queues with delays, visibility timeouts, retention and dead-letter queues. */
export class Sqs implements Service {
  readonly name = 'sqs';
  private readonly queues: Map<string, Queue>;
  private count = 0;
  onSent?: (queueArn: string, body: string) => void;

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

  send(queueArn: string, body: string, delaySeconds: number, sentAt = this.clock.now()): SqsMessage {
    const queue = this.queue(queueArn);
    const message = { messageId: `message-${++this.count}`, body, sentAt, visibleAt: this.clock.now() + delaySeconds * 1000, receiveCount: 0 };
    queue.messages.set(message.messageId, message);
    this.notifyAfter(delaySeconds, queue);
    this.onSent?.(queueArn, body);
    return message;
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
        // The message keeps its age: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        this.send(deadLetterQueueArn, message.body, 0, message.sentAt);
        continue;
      }
      message.receiveCount++;
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

  async handle({ action, input }: ApiCall): Promise<unknown> {
    const queueArn = this.arnOf(input.QueueUrl);
    switch (action) {
      case 'SendMessage':
        return this.sendMessage(queueArn, input);
      case 'SendMessageBatch':
        return this.sendBatch(queueArn, input.Entries);
      default:
        throw new ServiceError('UnknownOperationException', `the emulator does not support ${action} of Amazon SQS`);
    }
  }

  private sendBatch(queueArn: string, entries: BatchEntry[]) {
    if (entries.length === 0) throw new ServiceError('AWS.SimpleQueueService.EmptyBatchRequest', 'There should be at least one entry.');
    if (entries.length > MOST_ENTRIES) throw new ServiceError('AWS.SimpleQueueService.TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${MOST_ENTRIES}.`);
    if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw new ServiceError('AWS.SimpleQueueService.BatchEntryIdsNotDistinct', 'Two or more entries have the same Id.');
    if (entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody), 0) > LARGEST_MESSAGE) {
      throw new ServiceError('AWS.SimpleQueueService.BatchRequestTooLong', 'The batch is too long.');
    }
    const outcomes = entries.map((entry) => {
      try {
        return { Successful: { Id: entry.Id, ...this.sendMessage(queueArn, entry) } };
      } catch (error) {
        return { Failed: { Id: entry.Id, Code: (error as ServiceError).code, Message: (error as Error).message, SenderFault: true } };
      }
    });
    return {
      Successful: outcomes.flatMap((outcome) => 'Successful' in outcome ? [outcome.Successful] : []),
      Failed: outcomes.flatMap((outcome) => 'Failed' in outcome ? [outcome.Failed] : []),
    };
  }

  private sendMessage(queueArn: string, { MessageBody, DelaySeconds = 0 }: { MessageBody: string; DelaySeconds?: number }) {
    if (!MessageBody) throw new ServiceError('MissingParameter', 'The request must contain the parameter MessageBody.');
    if (Buffer.byteLength(MessageBody) > LARGEST_MESSAGE) throw new ServiceError('InvalidParameterValue', `One or more parameters are invalid. Reason: Message must be shorter than ${LARGEST_MESSAGE} bytes.`);
    if (!Number.isInteger(DelaySeconds) || DelaySeconds < 0 || DelaySeconds > LONGEST_DELAY) {
      throw new ServiceError('InvalidParameterValue', `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${LONGEST_DELAY}.`);
    }
    const message = this.send(queueArn, MessageBody, DelaySeconds);
    return { MessageId: message.messageId, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
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
