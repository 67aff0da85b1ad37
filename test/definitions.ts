import { Template } from 'aws-cdk-lib/assertions';

/** The definitions of all state machines in a template, with a text in place of each reference. */
export function definitionTexts(template: Template): string[] {
  return Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map((machine) => definitionText(machine.Properties.DefinitionString));
}

/** A definition, with a text in place of each reference. */
export function definitionText(definition: { 'Fn::Join': [string, unknown[]] }): string {
  return definition['Fn::Join'][1].map((part) => typeof part === 'string' ? part
    : JSON.stringify(part) === '{"Ref":"AWS::Partition"}' ? 'aws' : 'arn:aws:lambda:us-east-1:123456789012:function:f').join('');
}

/** The definition of the only state machine in a template. */
export function definitionOf(template: Template): any {
  return JSON.parse(definitionTexts(template)[0]);
}
