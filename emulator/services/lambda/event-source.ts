import type { Lambda } from './lambda';
import type { DeployedEventSource } from '../../assembly/deployment';
import { Clock } from '../../clock';
import type { Iam } from '../iam/iam';
import type { Sqs, SqsMessage } from '../sqs/sqs';

/** What Lambda needs of the function's role to read a queue. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const NEEDS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** An SQS event source mapping: gathers messages, invokes the function, and deletes what it handled. */
export class EventSource {
  private gathering = false;
  private running = 0;

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
    if (this.gathering || this.running >= (this.source.maximumConcurrency ?? 1000) || this.sqs.visible(this.source.queueArn) === 0) return;
    const role = this.lambda.roleOf(this.source.functionArn);
    if (NEEDS.some((action) => this.iam.refusal(role, { action, resource: this.source.queueArn }) !== undefined)) return;
    this.gathering = true;
    const full = this.sqs.visible(this.source.queueArn) >= this.source.batchSize;
    this.clock.after(full ? 0 : this.source.maximumBatchingWindowSeconds * 1000, () => {
      this.gathering = false;
      const messages = this.sqs.receive(this.source.queueArn, this.source.batchSize);
      if (messages.length > 0) void this.invoke(messages);
      this.gather();
    });
  }

  private async invoke(messages: SqsMessage[]): Promise<void> {
    const { functionArn, queueArn } = this.source;
    this.running++;
    const Records = messages.map((message) => ({
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentAt),
        ApproximateFirstReceiveTimestamp: String(this.clock.now()),
        SenderId: 'AIDALOCAL',
      },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: queueArn.split(':')[3],
    }));
    const receipts = new Map(messages.map((message) => [message.messageId, message.receiptHandle]));
    try {
      const failed = this.failedOf(await this.lambda.invoke(functionArn, { Records }), messages);
      for (const message of messages) {
        // A message whose time was over before the function answered is somebody else's now.
        if (!failed.has(message.messageId) && receipts.get(message.messageId) === message.receiptHandle) this.sqs.delete(queueArn, message.messageId);
      }
    } catch {
      // The whole batch becomes visible again when its time is over.
    } finally {
      this.running--;
      this.gather();
    }
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html: what is not well-formed fails the whole batch. */
  private failedOf(answer: unknown, messages: SqsMessage[]): Set<string> {
    if (!this.source.reportBatchItemFailures) return new Set();
    const failures = (answer as { batchItemFailures?: { itemIdentifier?: string }[] } | null)?.batchItemFailures;
    if (failures === undefined || failures === null) return new Set();
    const ids = messages.map((message) => message.messageId);
    const wellFormed = Array.isArray(failures) && failures.every((failure) => ids.includes(failure?.itemIdentifier ?? ''));
    return new Set(wellFormed ? failures.map((failure) => failure.itemIdentifier!) : ids);
  }
}
