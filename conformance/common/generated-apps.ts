// Synthesizes apps with any props. Each that is not refused is an app of its own, in a directory of CDK_OUTDIR.
import * as fs from 'fs';
import * as path from 'path';
import * as fc from 'fast-check';
import { ANY_APP, buildAnyApp } from '../../test/templates/any-app/any-app';

const outdir = process.env.CDK_OUTDIR!;
fc.sample(ANY_APP, { seed: Number(process.env.SEED), numRuns: Number(process.env.APPS) }).forEach((spec, index) => {
  const directory = path.join(outdir, String(index));
  try {
    buildAnyApp(spec, directory).synth();
  } catch {
    // test/templates/any-app says whether it is refused as it should be.
    fs.rmSync(directory, { recursive: true, force: true });
  }
});
