// Checks generated apps, and apps that are `regulated`, with cdk-nag. Writes `{ synthesized: [app], violations: [{ app, constructPath, rule }] }` as JSON
// to NAG_REPORT.
import { writeFileSync } from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { REGULATED_APPS } from './regulated-apps';
import { ANY_APP, AnyApp, buildAnyApp } from '../../test/templates/any-app/any-app';
import { Given, Value } from '../../test/templates/any-app/value';

// It has no types of its own here: it is installed beside the suite.
const { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } = require('cdk-nag'); // eslint-disable-line @typescript-eslint/no-require-imports

const ALL_PACKS = [AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks];

interface Violation { readonly ruleName: string; readonly description: string; readonly violatingResources: { readonly constructPath: string }[] }

/** A name of an app, how it is built, and the packs that have to accept it. */
type Case = readonly [app: string, build: (outdir: string) => App, packs: typeof ALL_PACKS];

const specs = fc.sample(ANY_APP, { seed: Number(process.env.SEED), numRuns: Number(process.env.APPS) });
const cases: Case[] = [
  ...Object.entries(REGULATED_APPS).map(([title, build]): Case => [`regulated/${title}`, (outdir) => appWith(build, outdir), ALL_PACKS]),
  ...specs.map((spec, index): Case => [`generated/${index}`, (outdir) => buildAnyApp(spec, outdir), [AwsSolutionsChecks]]),
  ...specs.map((spec, index): Case => [`generated/${index} with regulated`, (outdir) => buildAnyApp(withRegulated(spec), outdir), ALL_PACKS]),
];
const apps = cases.flatMap(([app, build, packs], index) => {
  const synthesized = synthesizedApp(app, () => build(path.join(process.env.CDK_OUTDIR!, String(index))));
  return synthesized ? [{ app, violations: packs.flatMap((pack) => violationsOf(synthesized, pack)) }] : [];
});
writeFileSync(process.env.NAG_REPORT!, JSON.stringify({
  synthesized: apps.map(({ app }) => app),
  violations: apps.flatMap(({ app, violations }) => violations.map((violation) => ({ app, ...violation }))),
}));

function appWith(build: (stack: Stack) => void, outdir: string): App {
  const app = new App({ outdir, autoSynth: false, analyticsReporting: false });
  build(new Stack(app, 'Stack'));
  return app;
}

/** The same app, whose compute is `regulated`, unless it is already. */
function withRegulated(spec: AnyApp): AnyApp {
  const added = <P>(pick: Given<P>): Given<P> => pick.some(([name]) => name === 'regulated')
    ? pick : [...pick, ['regulated' as keyof P & string, new Value('{}', () => ({}))]];
  return { ...spec, compute: added(spec.compute), queueCompute: added(spec.queueCompute) };
}

/** Undefined for a generated app that is refused: test/templates/any-app says whether it should be. */
function synthesizedApp(name: string, build: () => App): App | undefined {
  try {
    const app = build();
    app.synth();
    return app;
  } catch (error) {
    if (name.startsWith('regulated/')) throw error;
    return undefined;
  }
}

function violationsOf(app: App, Pack: typeof ALL_PACKS[number]): { constructPath: string; rule: string }[] {
  const { violations }: { violations: Violation[] } = new Pack(app, { verbose: true }).validateScope(app);
  return violations.flatMap(({ ruleName, description, violatingResources }) => violatingResources.map(({ constructPath }) => ({ constructPath, rule: `${ruleName}: ${description}` })));
}
