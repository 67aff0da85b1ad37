import { containersOf } from './encryption';
import { CloudFormationTemplate, resourcesOf, textOf } from '../template';

/** Without a retention, CloudWatch Logs keeps logs for ever: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html */
export function logsExpire(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::Logs::LogGroup').flatMap(({ id, properties, DeletionPolicy }) => [
    ...Number.isInteger(properties.RetentionInDays) && properties.RetentionInDays >= 1 ? [] : [`${id} keeps logs for ever`],
    ...DeletionPolicy === 'Delete' ? [] : [`${id} stays when its stack is deleted`],
  ]);
}

/** Lambda would create a log group of its own, which keeps logs for ever. */
export function functionsHaveLogGroups(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::Lambda::Function')
    .filter(({ properties }) => !isLogGroup(template, properties.LoggingConfig?.LogGroup)).map(({ id }) => `${id} has no log group of this template`);
}

export function containersHaveLogGroups(template: CloudFormationTemplate): string[] {
  return containersOf(template)
    .filter(({ container }) => container.LogConfiguration?.LogDriver !== 'awslogs' || !isLogGroup(template, container.LogConfiguration.Options?.['awslogs-group']))
    .map(({ id }) => `${id} has a container without a log group of this template`);
}

function isLogGroup(template: CloudFormationTemplate, reference: unknown): boolean {
  return resourcesOf(template, 'AWS::Logs::LogGroup').some(({ id }) => reference !== undefined && textOf(reference) === `<${id}>`);
}
