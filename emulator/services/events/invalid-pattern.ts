import { ServiceError } from '../../service';

/** How EventBridge refuses the pattern of a rule: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
export function invalidPattern(reason: string): ServiceError {
  return new ServiceError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}
