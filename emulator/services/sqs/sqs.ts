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

interface Queue {
  readonly deployed: DeployedQueue;
  readonly messages: Map<string, SqsMessage>;
  readonly listeners: (() => void)[];
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const LARGEST_MESSAGE = 1_048_576;
const LONGEST_DELAY = 900;
const MOST_ENTRIES = 10;

/** SQS standard queues: delays, visibility, dead-letter queues. */
export class Sqs implements Service {
  readonly name = 'sqs';
  private readonly queues: Map<string, Queue>;
  private count = 0;
  onSent?: (queueArn: string, body: string) => void;

  constructor(private readonly clock: Clock, deployed: readonly DeployedQueue[]) {
    this.queues = new Map(deployed.map((queue) => [queue.arn, { deployed: queue, messages: new Map(), listeners: [] }]));
  }

  /** Calls back whenever a message of the queue becomes visible. */
  onVisible(queueArn: string, listener: () => void): void {
    this.queue(queueArn).listeners.push(listener);
  }

  messages(queueArn: string): SqsMessage[] {
    const { messages } = this.queue(queueArn);
    this.forget(queueArn);
    return [...messages.values()];
  }

  send(queueArn: string, body: string, delaySeconds: number, sentAt = this.clock.now()): SqsMessage {
    const queue = this.queue(queueArn);
    const message = { messageId: `message-${++this.count}`, body, sentAt, visibleAt: this.clock.now() + delaySeconds * 1000, receiveCount: 0 };
    queue.messages.set(message.messageId, message);
    this.wake(queue, delaySeconds);
    this.onSent?.(queueArn, body);
    return message;
  }

  /** Visible messages, hidden from others for the queue's visibility time-out. Those that were received too often go to the dead-letter queue. */
  receive(queueArn: string, atMost: number): SqsMessage[] {
    const queue = this.queue(queueArn);
    const { visibilityTimeoutSeconds, maxReceiveCount = Infinity, deadLetterQueueArn } = queue.deployed;
    const received: SqsMessage[] = [];
    this.forget(queueArn);
    for (const message of queue.messages.values()) {
      if (received.length === atMost) break;
      if (message.visibleAt > this.clock.now()) continue;
      if (message.receiveCount >= maxReceiveCount && deadLetterQueueArn) {
        queue.messages.delete(message.messageId);
        // It keeps its age: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        this.send(deadLetterQueueArn, message.body, 0, message.sentAt);
        continue;
      }
      message.receiveCount++;
      message.receiptHandle = `${message.messageId}#${message.receiveCount}`;
      message.visibleAt = this.clock.now() + visibilityTimeoutSeconds * 1000;
      received.push(message);
    }
    if (received.length > 0) this.wake(queue, visibilityTimeoutSeconds);
    return received;
  }

  delete(queueArn: string, messageId: string): void {
    this.queue(queueArn).messages.delete(messageId);
  }

  visible(queueArn: string): number {
    return this.messages(queueArn).filter((message) => message.visibleAt <= this.clock.now()).length;
  }

  arnOf(queueUrl: string): string {
    const found = [...this.queues.values()].find(({ deployed }) => deployed.url === queueUrl);
    if (!found) throw new ServiceError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');
    return found.deployed.arn;
  }

  authorizations({ action, input }: ApiCall): Authorization[] {
    return [{ action: `sqs:${action.replace('Batch', '')}`, resource: this.arnOf(input.QueueUrl) }];
  }

  async handle({ action, input }: ApiCall): Promise<unknown> {
    const queueArn = this.arnOf(input.QueueUrl);
    switch (action) {
      case 'SendMessage':
        return this.sendOne(queueArn, input);
      case 'SendMessageBatch': {
        const entries = input.Entries as { Id: string; MessageBody: string; DelaySeconds?: number }[];
        if (entries.length === 0) throw new ServiceError('AWS.SimpleQueueService.EmptyBatchRequest', 'There should be at least one entry.');
        if (entries.length > MOST_ENTRIES) throw new ServiceError('AWS.SimpleQueueService.TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${MOST_ENTRIES}.`);
        if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw new ServiceError('AWS.SimpleQueueService.BatchEntryIdsNotDistinct', 'Two or more entries have the same Id.');
        if (entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody), 0) > LARGEST_MESSAGE) {
          throw new ServiceError('AWS.SimpleQueueService.BatchRequestTooLong', 'The batch is too long.');
        }
        const answers = entries.map((entry) => {
          try {
            return { Successful: { Id: entry.Id, ...this.sendOne(queueArn, entry) } };
          } catch (error) {
            return { Failed: { Id: entry.Id, Code: (error as ServiceError).code, Message: (error as Error).message, SenderFault: true } };
          }
        });
        return {
          Successful: answers.flatMap((answer) => 'Successful' in answer ? [answer.Successful] : []),
          Failed: answers.flatMap((answer) => 'Failed' in answer ? [answer.Failed] : []),
        };
      }
      default:
        throw new ServiceError('UnknownOperationException', `SQS has no ${action} here`);
    }
  }

  private sendOne(queueArn: string, { MessageBody, DelaySeconds = 0 }: { MessageBody: string; DelaySeconds?: number }) {
    if (!MessageBody) throw new ServiceError('MissingParameter', 'The request must contain the parameter MessageBody.');
    if (Buffer.byteLength(MessageBody) > LARGEST_MESSAGE) throw new ServiceError('InvalidParameterValue', `One or more parameters are invalid. Reason: Message must be shorter than ${LARGEST_MESSAGE} bytes.`);
    if (!Number.isInteger(DelaySeconds) || DelaySeconds < 0 || DelaySeconds > LONGEST_DELAY) {
      throw new ServiceError('InvalidParameterValue', `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${LONGEST_DELAY}.`);
    }
    const message = this.send(queueArn, MessageBody, DelaySeconds);
    return { MessageId: message.messageId, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
  }

  /** What was not handled in the queue's retention is gone. */
  private forget(queueArn: string): void {
    const { messages, deployed } = this.queue(queueArn);
    for (const message of messages.values()) if (message.sentAt + deployed.retentionSeconds * 1000 <= this.clock.now()) messages.delete(message.messageId);
  }

  private wake(queue: Queue, seconds: number): void {
    if (queue.listeners.length > 0) this.clock.after(seconds * 1000, () => queue.listeners.forEach((listener) => listener()));
  }

  private queue(arn: string): Queue {
    const found = this.queues.get(arn);
    if (!found) throw new ServiceError('AWS.SimpleQueueService.NonExistentQueue', `The specified queue does not exist: ${arn}`);
    return found;
  }
}
