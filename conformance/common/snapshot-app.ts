// Synthesizes the stacks that the tests keep as snapshots. Each is an app of its own, in a directory of CDK_OUTDIR.
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { SNAPSHOTS } from '../../test/stacks';

const outdir = process.env.CDK_OUTDIR!;
for (const [title, build] of Object.entries(SNAPSHOTS)) {
  const app = new App({ outdir: path.join(outdir, title.replace(/\W+/g, '-')), analyticsReporting: false });
  build(new Stack(app, 'Snapshot'));
  app.synth();
}
