import * as fc from 'fast-check';
import { APP, COMPUTES, GeneratedApp, TAG, templatesOf } from './generated-apps';
import { violationsOf } from './invariants';
import { importsAreExported } from './invariants/references';
import { tagIsEverywhere } from './invariants/tags';
import { resourcesOf } from './template';

/** Another sample: `SEED=7 APPS=500 npx jest test/templates/generated-apps.test.ts`. */
const SEED = Number(process.env.SEED ?? 1);
const APPS = Number(process.env.APPS ?? 40);
/** Each kind of compute in turn, so that no sample is without one. */
const sample = fc.sample(APP, { seed: SEED, numRuns: APPS }).map((spec, index): GeneratedApp => ({ ...spec, compute: COMPUTES[index % COMPUTES.length] }));

/** Only isolated subnets cost something while no job runs: their endpoints. */
function violations(spec: GeneratedApp): Record<string, Record<string, string[]>> {
  return Object.fromEntries(Object.entries(templatesOf(spec)).map(([name, template]) => {
    const { 'nothing costs money while no job runs': costs = [], ...others } = violationsOf(template);
    const unexpected = costs.filter((cost) => !(spec.network.includes('isolated') && /^ComputeVpcEndpoints\w+ is of type AWS::EC2::VPCEndpoint/.test(cost)));
    return [name, unexpected.length > 0 ? { ...others, costs: unexpected } : others] as const;
  }).filter(([, found]) => Object.keys(found).length > 0));
}

test.each(sample.map((spec, index) => [index, spec] as const))(`app %i of SEED=${SEED} keeps every invariant`, (_index, spec) => {
  expect({ spec, violations: violations(spec) }).toEqual({ spec, violations: {} });
});

test(`the sample of SEED=${SEED} has each kind of compute, network, bucket, secret and map`, () => {
  const values = (key: keyof GeneratedApp) => new Set(sample.map((spec) => spec[key])).size;
  expect(sample.length).toBe(APPS);
  expect([values('compute'), values('network'), values('bucket'), values('secret'), values('map')]).toEqual([11, 4, 4, 3, 4]);
});

test('the tags of an app reach each resource that can have them', () => {
  const tagged = sample.filter((spec) => spec.tagged);
  expect(tagged.length).toBeGreaterThan(APPS / 8);
  for (const spec of tagged.slice(0, 10)) {
    for (const template of Object.values(templatesOf(spec))) expect([spec, tagIsEverywhere(template, TAG)]).toEqual([spec, []]);
  }
  const [untagged] = Object.values(templatesOf({ ...tagged[0], tagged: false }));
  expect(tagIsEverywhere(untagged, TAG).length).toBeGreaterThan(5);
});

test('jobs in another stack import what the stack of their compute exports', () => {
  const apart = sample.filter((spec) => spec.otherStack).slice(0, 5);
  expect(apart).toHaveLength(5);
  for (const spec of apart) {
    const templates = Object.values(templatesOf(spec));
    expect(importsAreExported(templates)).toEqual([]);
    expect(importsAreExported(templates.slice(1))).not.toEqual([]);
  }
});

test('a job has the same logical ids whatever its numbers are, so that a change of a number replaces nothing', () => {
  const [spec] = sample;
  const ids = (app: GeneratedApp) => Object.values(templatesOf(app)).flatMap((template) => resourcesOf(template).map(({ id }) => id));
  expect(ids({ ...spec, attempts: 1, attemptTimeout: 60, maxMemory: false, logRetention: 1, retryApplicationErrors: true }))
    .toEqual(ids({ ...spec, attempts: 10, attemptTimeout: 86_400, maxMemory: true, logRetention: 365, retryApplicationErrors: false }));
});
