// Checks generated apps with cdk-nag, in one process. Prints `{ apps, violations }` as JSON to the file in NAG_REPORT.
import { writeFileSync } from 'fs';
import * as path from 'path';
import * as fc from 'fast-check';
import { ANY_APP, buildAnyApp } from '../../test/templates/any-app/any-app';

// It has no types of its own here: it is installed beside the suite.
const { AwsSolutionsChecks } = require('cdk-nag'); // eslint-disable-line @typescript-eslint/no-require-imports

const violations: string[] = [];
let apps = 0;
fc.sample(ANY_APP, { seed: Number(process.env.SEED), numRuns: Number(process.env.APPS) }).forEach((spec, index) => {
  const app = synthesized();
  if (!app) return;
  apps++;
  const { violations: found } = new AwsSolutionsChecks(app, { verbose: true }).validateScope(app);
  for (const { ruleName, description, violatingResources } of found) {
    for (const { constructPath } of violatingResources) violations.push(`generated/${index}: ${constructPath} ${ruleName}: ${description}`);
  }

  function synthesized() {
    try {
      const built = buildAnyApp(spec, path.join(process.env.CDK_OUTDIR!, String(index)));
      built.synth();
      return built;
    } catch {
      return undefined; // test/templates/any-app says whether it is refused as it should be
    }
  }
});
writeFileSync(process.env.NAG_REPORT!, JSON.stringify({ apps, violations }));
