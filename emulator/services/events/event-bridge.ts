import { compilePattern } from './event-pattern';
import { AssemblyError } from '../../assembly/assembly';
import type { DeployedQueue, DeployedRule, Deployment, PolicyStatement } from '../../assembly/deployment';
import { Clock } from '../../clock';
import type { Faults } from '../../faults';
import { ServiceError } from '../../service';
import { UnsupportedError } from '../../unsupported-error';
import { decide } from '../iam/policy';
import type { Lambda } from '../lambda/lambda';
import type { Sqs } from '../sqs/sqs';

const PRINCIPAL = 'events.amazonaws.com';

/** EventBridge: delivers events to the targets of the rules that match them. The faults decide how often and how late. */
export class EventBridge {
  private readonly rules: { readonly rule: DeployedRule; readonly matches: (event: unknown) => boolean }[];

  constructor(
    private readonly deployment: Deployment,
    private readonly clock: Clock,
    private readonly faults: Faults,
    private readonly sqs: Sqs,
    private readonly lambda: Lambda,
  ) {
    this.rules = deployment.rules.map((rule) => ({ rule, matches: patternOf(rule) }));
    for (const rule of deployment.rules) {
      for (const target of rule.targets) {
        const unknown = Object.keys(target).find((field) => !['Arn', 'Id', 'arn'].includes(field));
        if (unknown) throw new UnsupportedError(`the rule ${rule.path} has a target with '${unknown}', which the emulator does not support`);
      }
    }
  }

  put(event: Record<string, unknown>): void {
    for (const { rule } of this.rules.filter(({ matches }) => matches(event))) {
      for (const delivery of this.faults.event(event)) this.clock.after(delivery.delay, () => this.deliver(rule, delivery.event));
    }
  }

  private deliver(rule: DeployedRule, event: Record<string, unknown>): void {
    for (const { arn } of rule.targets) {
      const queue = this.deployment.queues.find((candidate) => candidate.arn === arn);
      // An event that the policy of its target does not allow is dropped without an error.
      if (queue) {
        if (this.mayGoTo(queue, rule)) this.sqs.send(arn, JSON.stringify(event), 0);
      } else if (this.deployment.functions.some((candidate) => candidate.arn === arn)) {
        if (this.lambda.allows(arn, PRINCIPAL, rule.arn)) this.lambda.invokeLater(arn, event);
      } else {
        throw new UnsupportedError(`the rule ${rule.path} has the target ${arn}, which is not a queue or function of the app; the emulator delivers events to queues and functions only`);
      }
    }
  }

  private mayGoTo({ arn, policies }: DeployedQueue, rule: DeployedRule): boolean {
    const context = { 'aws:SourceArn': rule.arn, 'aws:SourceAccount': this.deployment.account, 'aws:SecureTransport': 'true' };
    return decide(policies, { action: 'sqs:SendMessage', resource: arn, context }, isForEventBridge) === 'allowed';
  }
}

function patternOf({ path, pattern }: DeployedRule): (event: unknown) => boolean {
  try {
    return compilePattern(pattern);
  } catch (error) {
    throw error instanceof ServiceError ? new AssemblyError(`the rule ${path} has a pattern that EventBridge refuses: ${error.message}`) : error;
  }
}

function isForEventBridge({ Principal }: PolicyStatement): boolean {
  const principal = Principal as { AWS?: string; Service?: string | string[] } | '*' | undefined;
  return principal === '*' || principal?.AWS === '*' || [(principal as { Service?: string | string[] })?.Service].flat().includes(PRINCIPAL);
}
