import type { Lambda } from './lambda';
import type { DeployedEventSource } from '../../assembly/deployment';
import { Clock } from '../../clock';
import type { Iam } from '../iam/iam';
import { md5Of, Sqs, SqsMessage } from '../sqs/sqs';

/** The actions that the role of a function needs, so that Lambda can read the queue. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const NEEDED_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** The event source mapping between a queue and a function: invokes the function with batches of messages, and deletes those that it handled. */
export class EventSourceMapping {
  /** Whether a batch waits for its batching window to end. */
  private isGathering = false;
  private invocations = 0;

  constructor(
    private readonly source: DeployedEventSource,
    private readonly clock: Clock,
    private readonly sqs: Sqs,
    private readonly lambda: Lambda,
    private readonly iam: Iam,
  ) {
    sqs.onVisible(source.queueArn, () => this.gather());
  }

  private gather(): void {
    if (this.isGathering || this.invocations >= (this.source.maximumConcurrency ?? 1000) || this.sqs.visibleCount(this.source.queueArn) === 0) return;
    const role = this.lambda.roleOf(this.source.functionArn);
    if (NEEDED_ACTIONS.some((action) => this.iam.refusal(role, { action, resource: this.source.queueArn }) !== undefined)) return;
    this.isGathering = true;
    const isFull = this.sqs.visibleCount(this.source.queueArn) >= this.source.batchSize;
    this.clock.after(isFull ? 0 : this.source.maximumBatchingWindowSeconds * 1000, () => {
      this.isGathering = false;
      const messages = this.sqs.receive(this.source.queueArn, this.source.batchSize);
      if (messages.length > 0) void this.invoke(messages);
      this.gather();
    });
  }

  private async invoke(messages: SqsMessage[]): Promise<void> {
    const { functionArn, queueArn } = this.source;
    this.invocations++;
    const Records = messages.map((message) => ({
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentAt),
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
        SenderId: message.senderId,
        ...(message.messageGroupId !== undefined ? { MessageGroupId: message.messageGroupId } : {}),
        ...(message.deadLetterQueueSourceArn !== undefined ? { DeadLetterQueueSourceArn: message.deadLetterQueueSourceArn } : {}),
      },
      messageAttributes: {},
      md5OfBody: md5Of(message.body),
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: queueArn.split(':')[3],
    }));
    const receipts = new Map(messages.map((message) => [message.messageId, message.receiptHandle]));
    try {
      const failed = this.failedMessages(await this.lambda.invoke(functionArn, { Records }), messages);
      for (const message of messages) {
        // When the visibility timeout ended before the function did, the message has been received again, and this batch may not delete it.
        if (!failed.has(message.messageId) && receipts.get(message.messageId) === message.receiptHandle) this.sqs.delete(queueArn, message.messageId);
      }
    } catch {
      // The whole batch becomes visible again when its visibility timeout ends.
    } finally {
      this.invocations--;
      this.gather();
    }
  }

  /** The ids of the messages that failed. A response that is not well-formed fails the whole batch: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
  private failedMessages(answer: unknown, messages: SqsMessage[]): Set<string> {
    if (!this.source.reportBatchItemFailures) return new Set();
    const failures = (answer as { batchItemFailures?: ({ itemIdentifier: string } | null)[] } | null)?.batchItemFailures;
    if (failures === undefined || failures === null) return new Set();
    const ids = messages.map((message) => message.messageId);
    const wellFormed = Array.isArray(failures) && failures.every((failure) => ids.includes(failure?.itemIdentifier as string));
    return new Set(wellFormed ? failures.map((failure) => failure!.itemIdentifier) : ids);
  }
}
