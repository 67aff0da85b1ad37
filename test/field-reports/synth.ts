import { Duration, Size, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as v from 'valibot';
import { duration, expand, expectPieces, like, oneOf, pieces } from './data';
import { HeavyBatchJobProps } from '../../src';
import { definitionOf } from '../definitions';
import { newJob, newStack } from '../stacks';

const mebibytes = v.pipe(v.number(), v.transform((amount) => Size.mebibytes(amount)));
const time = v.pipe(duration, v.transform((seconds) => Duration.seconds(seconds)));
const texts = v.record(v.string(), v.string());
const flag = v.optional(v.boolean());
const count = v.optional(v.number());

/** The props of a job as data. Sizes are in MiB. */
const props = v.strictObject({
  fargate: flag,
  spot: flag,
  instanceTypes: v.optional(v.pipe(v.array(v.string()), v.transform((names) => names.map((name) => new ec2.InstanceType(name))))),
  image: v.optional(v.pipe(v.string(), v.transform((name) => ecs.ContainerImage.fromRegistry(name)))),
  vcpus: count,
  gpus: count,
  nodes: count,
  attempts: count,
  minvCpus: count,
  maxvCpus: count,
  schedulingPriority: count,
  memory: v.optional(mebibytes),
  maxMemory: v.optional(mebibytes),
  scratchSize: v.optional(mebibytes),
  command: v.optional(v.array(v.pipe(v.string(), v.transform(expand)))),
  parameters: v.optional(texts),
  environment: v.optional(texts),
  /** The names of secrets. */
  secrets: v.optional(v.array(v.string())),
  shareIdentifier: v.optional(v.string()),
  fairShare: v.optional(v.strictObject({ weights: v.optional(v.record(v.string(), v.number())) })),
  vpcEndpoints: flag,
  attemptTimeout: v.optional(time),
  queueTimeout: v.optional(time),
  startTimeout: v.optional(time),
  runTimeout: v.optional(time),
});

/** Props of a job, and the error or the resources that come of them. */
export const synth = v.strictObject({
  props: v.optional(props, {}),
  /** Tags of the stack. */
  tags: v.optional(texts, {}),
  expects: oneOf({
    refused: pieces,
    warned: pieces,
    /** Properties that some resource of each type has. A list is part of the resource's list. */
    has: v.pipe(v.array(v.strictObject({ type: v.string(), properties: v.record(v.string(), v.unknown()) })), v.minLength(1)),
    /** Fields of the definition of the run's state machine. */
    definition: v.record(v.string(), v.unknown()),
  }),
});

export function replaySynth({ props: given, tags, expects }: v.InferOutput<typeof synth>): void {
  const stack = newStack();
  Object.entries(tags).forEach(([name, value]) => Tags.of(stack).add(name, value));
  const make = () => newJob(propsOf(given, stack), stack);
  if (expects.refused) {
    expectPieces(errorOf(make), expects.refused);
    return;
  }
  make();
  const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data));
  expectPieces(warnings.join('\n'), expects.warned);
  const template = Template.fromStack(stack);
  expects.has?.forEach(({ type, properties }) => template.hasResourceProperties(type, matcherOf(properties)));
  if (expects.definition) expect(definitionOf(template)).toEqual(like(expects.definition));
}

function propsOf({ secrets, ...given }: v.InferOutput<typeof props>, stack: Stack): HeavyBatchJobProps {
  const secretOf = (name: string) => [name, batch.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, name, name))];
  return { ...given, ...secrets ? { secrets: Object.fromEntries(secrets.map(secretOf)) } : {} };
}

function errorOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** `null` stands for a property that is absent. */
function matcherOf(value: unknown): any {
  if (value === null) return Match.absent();
  if (Array.isArray(value)) return Match.arrayWith(value.map(matcherOf));
  if (typeof value !== 'object') return value;
  return Match.objectLike(Object.fromEntries(Object.entries(value as object).map(([name, part]) => [name, matcherOf(part)])));
}
