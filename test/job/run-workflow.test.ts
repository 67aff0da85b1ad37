import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchListFormat } from '../../src';
import { ARTICLE, everyProp, newJob, newStack, templateOf, threeJobs } from '../stacks';

/** The definitions, by two checkers that nobody here wrote: each finds what the other one misses. */
const { getLanguageService } = require('amazon-states-language-service'); // eslint-disable-line @typescript-eslint/no-require-imports
const aslValidator = require('asl-validator'); // eslint-disable-line @typescript-eslint/no-require-imports
const { TextDocument } = require('vscode-languageserver-textdocument'); // eslint-disable-line @typescript-eslint/no-require-imports

function definitionsOf(template: Template): string[] {
  return Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map((machine) => {
    const { 'Fn::Join': [, parts] } = machine.Properties.DefinitionString;
    return parts.map((part: any) => typeof part === 'string' ? part : part.Ref === 'AWS::Partition' ? 'aws' : 'arn:aws:lambda:us-east-1:123456789012:function:f').join('');
  });
}

async function complaints(text: string): Promise<string[]> {
  const { isValid, errors } = aslValidator(JSON.parse(text));
  const service = getLanguageService({ validate: true, allowComments: false });
  const document = TextDocument.create('file://definition.asl.json', 'asl', 1, text);
  const diagnostics = await service.doValidation(document, service.parseJSONDocument(document), { schemaValidation: 'error' });
  return [...(isValid ? [] : errors.map((error: unknown) => JSON.stringify(error))), ...diagnostics.map((one: { message: string }) => one.message)];
}

const stackOf = (build: (stack: Stack) => void) => {
  const stack = newStack();
  build(stack);
  return Template.fromStack(stack);
};

test.each<[string, () => Template]>([
  ['of the least', () => templateOf()],
  ['of the article', () => templateOf(ARTICLE)],
  ['with every prop', () => stackOf(everyProp)],
  ['of three jobs', () => stackOf(threeJobs)],
  ['of a list', () => stackOf((stack) => newJob({}, stack).runMany('Each', { bucket: new s3.Bucket(stack, 'Bucket') }))],
  ['of a list in CSV', () => stackOf((stack) => newJob({ fairShare: {} }, stack).runMany('Each', {
    bucket: new s3.Bucket(stack, 'Bucket'), key: 'list.csv', format: HeavyBatchListFormat.csv(['processId']), toleratedFailurePercentage: 5, shareIdentifier: 'nightly',
  }))],
])('the definition %s is well-formed', async (_, template) => {
  const definitions = definitionsOf(template());
  expect(definitions.length).toBeGreaterThan(0);
  for (const definition of definitions) expect(await complaints(definition)).toEqual([]);
});

test.each<[string, (machine: any) => void]>([
  ['a target that is not there', (machine) => { machine.States.NextRound.Default = 'Nowhere'; }],
  ['a field that is not known', (machine) => { machine.States.Run.Heartbeats = 5; }],
])('the checkers see %s', async (_, spoil) => {
  const machine = JSON.parse(definitionsOf(templateOf(ARTICLE))[0]);
  spoil(machine);
  expect(await complaints(JSON.stringify(machine))).not.toEqual([]);
});

