import * as fs from 'fs';
import * as path from 'path';
import { buildSync } from 'esbuild';

let bundle: string | undefined;

/** The AWS SDK for S3 as one file, in the `node_modules` of an image, where `npm install` would put it. */
export function addSdk(image: string): void {
  const file = path.join(image, 'node_modules', '@aws-sdk', 'client-s3', 'index.js');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  bundle ??= buildSync({
    stdin: { contents: "export * from '@aws-sdk/client-s3';", resolveDir: __dirname },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
  }).outputFiles[0].text;
  fs.writeFileSync(file, bundle);
}
