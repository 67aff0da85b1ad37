// Checks generated apps with cdk-nag. Writes `{ synthesized: [app], violations: [{ app, constructPath, rule }] }` as JSON to NAG_REPORT.
import { writeFileSync } from 'fs';
import * as path from 'path';
import type { App } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { ANY_APP, AnyApp, buildAnyApp } from '../../test/templates/any-app/any-app';

// It has no types of its own here: it is installed beside the suite.
const { AwsSolutionsChecks } = require('cdk-nag'); // eslint-disable-line @typescript-eslint/no-require-imports

interface Violation { readonly ruleName: string; readonly description: string; readonly violatingResources: { readonly constructPath: string }[] }

const specs = fc.sample(ANY_APP, { seed: Number(process.env.SEED), numRuns: Number(process.env.APPS) });
const apps = specs.flatMap((spec, app) => {
  const synthesized = synthesizedApp(spec, app);
  return synthesized ? [{ app, violations: violationsOf(synthesized) }] : [];
});
writeFileSync(process.env.NAG_REPORT!, JSON.stringify({
  synthesized: apps.map(({ app }) => app),
  violations: apps.flatMap(({ app, violations }) => violations.map((violation) => ({ app, ...violation }))),
}));

/** Undefined for an app that is refused: test/templates/any-app says whether it should be. */
function synthesizedApp(spec: AnyApp, index: number): App | undefined {
  try {
    const app = buildAnyApp(spec, path.join(process.env.CDK_OUTDIR!, String(index)));
    app.synth();
    return app;
  } catch {
    return undefined;
  }
}

function violationsOf(app: App): { constructPath: string; rule: string }[] {
  const { violations }: { violations: Violation[] } = new AwsSolutionsChecks(app, { verbose: true }).validateScope(app);
  return violations.flatMap(({ ruleName, description, violatingResources }) => violatingResources.map(({ constructPath }) => ({ constructPath, rule: `${ruleName}: ${description}` })));
}
