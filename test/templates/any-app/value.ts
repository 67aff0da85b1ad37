import { CfnParameter, Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import * as fc from 'fast-check';

/** A value of a prop: as a counterexample shows it, and how it is made. `make` gets a scope of its own, for what the value consists of. */
export class Value<T> {
  constructor(readonly text: string, readonly make: (scope: Construct) => T) {}

  /** What is made from a value. */
  map<U>(text: string, from: (value: T, scope: Construct) => U): Value<U> {
    return new Value(text, (scope) => from(this.make(scope), scope));
  }

  [fc.toStringMethod](): string {
    return this.text;
  }
}

export type Values<T> = fc.Arbitrary<Value<T>>;

/** What decides which values of a prop fit: where the jobs of an app run. */
export interface Setting {
  readonly compute: 'instances' | 'arm' | 'gpus' | 'instance store' | 'nodes' | 'fargate' | 'queue' | 'queue of fargate';
  readonly spot: boolean;
  readonly fairShare: boolean;
  /** Whether the jobs have one compute together. */
  readonly shared: boolean;
  readonly vpc: 'new' | 'given' | 'isolated';
}

/** The values of one prop. */
export interface PropValues<T> {
  /** Those that are accepted in a setting, with any other fitting ones. Undefined where the prop does not fit. */
  readonly fitting: (setting: Setting) => Values<T> | undefined;
  /** Edges, and values that are refused, or do not fit together with others. */
  readonly odd: Values<T>;
}

/** The values of each prop of an interface. The compiler reports a prop that is missing. */
export type PropTable<P> = { readonly [prop in keyof Required<P>]: PropValues<Required<P>[prop]> };

/** A prop that fits everywhere, or only in some settings. */
export function prop<T>(fitting: Values<T>, odd: Values<T>, only: (setting: Setting) => boolean = () => true): PropValues<T> {
  return { fitting: (setting) => only(setting) ? fitting : undefined, odd };
}

/** Some props of an interface, each with a value. */
export type Given<P> = readonly (readonly [prop: keyof P & string, value: Value<unknown>])[];

/** Makes the props, each in a scope of its own. */
export function makeProps<P>(scope: Construct, pick: Given<P>): Partial<P> {
  return Object.fromEntries(pick.map(([name, value]) => [name, value.make(new Construct(scope, name))])) as Partial<P>;
}

/** How props that fit get along with each other. */
export interface PropRules<P> {
  /** Only one of these props is given. */
  readonly apart?: readonly (readonly (keyof P & string)[])[];
  /** What is given together with a prop, whatever its own value is. */
  readonly also?: { readonly [prop in keyof P]?: { readonly [other in keyof P]?: P[other] } };
}

/** Props of an interface: up to `most` that fit, and in one of six apps one or two odd ones, which take the place of those that fit. */
export function given<P>(table: PropTable<P>, setting: Setting, most: number, { apart = [], also = {} }: PropRules<P> = {}): fc.Arbitrary<Given<P>> {
  const fitting = some(table, (of) => of.fitting(setting), { maxLength: most }).map((pick) => {
    const isApart = (name: keyof P & string, earlier: Given<P>) =>
      apart.some((props) => props.includes(name) && earlier.some(([other]) => props.includes(other)));
    const single = pick.filter(([name], index) => !isApart(name, pick.slice(0, index)));
    const added = single.flatMap(([name]) => Object.entries(also[name] ?? {}))
      .map(([name, value]) => [name as keyof P & string, new Value(fc.stringify(value), () => value)] as const);
    return replaced(single, added);
  });
  const odd = some(table, (of) => of.odd, { minLength: 1, maxLength: 2 });
  return fc.tuple(fitting, fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: odd })).map(([fits, odds]) => replaced(fits, odds));
}

function replaced<P>(pick: Given<P>, others: Given<P>): Given<P> {
  return [...pick.filter(([name]) => !others.some(([other]) => other === name)), ...others];
}

/** Some of the props for which there are values. */
function some<P>(
  table: PropTable<P>, values: (of: PropValues<unknown>) => Values<unknown> | undefined, length: { minLength?: number; maxLength: number },
): fc.Arbitrary<Given<P>> {
  const pairs = Object.entries<PropValues<unknown>>(table).flatMap(([name, of]) => {
    const found = values(of);
    return found ? [found.map((value) => [name as keyof P & string, value] as const)] : [];
  });
  return fc.uniqueArray(fc.oneof(...pairs), { selector: ([name]) => name, size: 'max', ...length });
}

/** Options inside of a prop. */
export function options<P>(table: PropTable<P>): PropValues<P> {
  const value = (pick: Given<P>) => new Value<P>(`{ ${pick.map(([name, { text }]) => `${name}: ${text}`).join(', ')} }`, (scope) => makeProps<P>(scope, pick) as P);
  return {
    fitting: (setting) => some(table, (of) => of.fitting(setting), { maxLength: 4 }).map(value),
    odd: some(table, (of) => of.odd, { maxLength: 2 }).map(value),
  };
}

/** A value that is made in a scope. The text is its code. */
export function made<T>(text: string, make: (scope: Construct) => T): Values<T> {
  return fc.constant(new Value(text, make));
}

/** One of plain values. */
export function plain<T>(...values: readonly T[]): Values<T> {
  return fc.constantFrom(...values).map((value) => new Value(fc.stringify(value), () => value));
}

/** Numbers, texts and other data of an arbitrary. */
export function data<T>(arbitrary: fc.Arbitrary<T>): Values<T> {
  return arbitrary.map((value) => new Value(fc.stringify(value), () => value));
}

export const either = <T>(...values: Values<T>[]): Values<T> => fc.oneof(...values);
export const flag = plain(true, false);

const parameterIn = (scope: Construct, type: string, value: unknown) => new CfnParameter(scope, `Parameter${scope.node.children.length}`, { type, default: value });

/** What is known at deployment only: a number, a text, and a list. */
export const numberIn = (scope: Construct, value: number): number => parameterIn(scope, 'Number', value).valueAsNumber;
export const textIn = (scope: Construct, value: string): string => parameterIn(scope, 'String', value).valueAsString;
export const listIn = (scope: Construct, value: string): string[] => parameterIn(scope, 'CommaDelimitedList', value).valueAsList;

export const numberToken = (value: number): Values<number> => made(`a parameter with the number ${value}`, (scope) => numberIn(scope, value));
export const textToken = (value: string): Values<string> => made(`a parameter with the text ${value}`, (scope) => textIn(scope, value));
export const listToken = (value: string): Values<string[]> => made(`a parameter with the list ${value}`, (scope) => listIn(scope, value));

const DURATIONS = ['millis', 'seconds', 'minutes', 'hours', 'days'] as const;
type DurationUnit = typeof DURATIONS[number];
const SIZES = ['bytes', 'kibibytes', 'mebibytes', 'gibibytes', 'tebibytes', 'pebibytes'] as const;
type SizeUnit = typeof SIZES[number];

export const duration = (unit: DurationUnit, ...amounts: number[]): Values<Duration> =>
  fc.constantFrom(...amounts).map((amount) => new Value(`Duration.${unit}(${amount})`, () => Duration[unit](amount)));
export const durationToken = (unit: DurationUnit, amount: number): Values<Duration> =>
  made(`Duration.${unit}(a parameter with ${amount})`, (scope) => Duration[unit](numberIn(scope, amount)));
export const size = (unit: SizeUnit, ...amounts: number[]): Values<Size> =>
  fc.constantFrom(...amounts).map((amount) => new Value(`Size.${unit}(${amount})`, () => Size[unit](amount)));
export const sizeToken = (unit: SizeUnit, amount: number): Values<Size> =>
  made(`Size.${unit}(a parameter with ${amount})`, (scope) => Size[unit](numberIn(scope, amount)));

/** Numbers at the edges of ranges, and outside of them. */
export const oddNumber: Values<number> = either(
  plain(0, -1, 0.5, 1.5, 1, 2, 3, 10, 11, 59, 60, 99, 100, 101, 255, 256, 1_000, 9_999, 10_000, 10_001, 65_536, 1_000_000, 1_000_001),
  plain(2 ** 31, 2 ** 53, 1e21, NaN, Infinity, -Infinity),
  data(fc.integer({ min: -10, max: 100_000 })),
  data(fc.double({ noNaN: true, min: 0, max: 1_000 })),
  numberToken(1),
);
export const oddDuration: Values<Duration> = either(
  ...DURATIONS.map((unit) => duration(unit, 0, 0.5, 1, 1.5, 7, 59, 60, 365, 366, 3_650, 3_651, 61_500, 31_536_000, 1e15)),
  ...DURATIONS.map((unit) => durationToken(unit, 60)),
);
export const oddSize: Values<Size> = either(
  ...SIZES.map((unit) => size(unit, 0, 0.5, 1, 1.5, 3, 4, 20, 180, 181, 1_000, 65_507, 1e9, 1e15)),
  ...SIZES.map((unit) => sizeToken(unit, 60)),
);
/** Texts that a service, a shell, JSON, CloudFormation or the CDK may read as something else. */
export const oddString = fc.oneof(
  fc.constantFrom('', ' ', '-', '*', '/', '.', '..', '~', 'a b', 'a/b', '/a/../b', 'a:b', 'x'.repeat(64), 'x'.repeat(129), 'x'.repeat(300), 'x'.repeat(9_000), 'a\nb', 'a\0', 'a\ud800', '"', "'", '\\', 'é', '日本',
    '🙂', '$.a', '$$.Execution.Id', "States.Format('{}', 1)", '{}', '[', '${AWS::Region}', '${a}', '#{a}', '{{resolve:ssm:/a}}', 'Ref::item', 'Ref::', '__proto__', 'constructor', 'AWS_BATCH_X', 'HEAVY_BATCH_X', '0', 'null'),
  fc.string({ maxLength: 8 }),
);
export const oddText: Values<string> = either(data(oddString), textToken('text'));
