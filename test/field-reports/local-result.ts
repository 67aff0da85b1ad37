import * as fs from 'fs';
import * as v from 'valibot';
import { expectPieces, oneOf, pieces } from './data';
import { Workspace } from '../../cli/containers/workspace';
import { PayloadFiles } from '../../cli/payload-files';
import type { Emulator } from '../../emulator/emulator';
import type { ContainerRequest } from '../../emulator/services/batch/containers';

/** What a container leaves in the place of its result in a local run, and what becomes of it. */
export const localResult = v.strictObject({
  leaves: oneOf({
    text: v.string(),
    /** A symbolic link to a path. */
    link: v.string(),
  }),
  expects: oneOf({
    /** The object in the bucket. */
    object: v.string(),
    /** Pieces of what the run says about it. S3 refuses the result with the same words. */
    refused: pieces,
  }),
});

export async function replayLocalResult({ leaves: { text, link }, expects }: v.InferOutput<typeof localResult>): Promise<void> {
  const objects: string[] = [];
  const refusals: string[] = [];
  const lines: string[] = [];
  const emulator = {
    s3: { get: () => undefined, refuse: (_bucket: string, _key: string, why: string) => refusals.push(why) },
    writeObject: (_role: string, _bucket: string, _key: string, body: Buffer) => objects.push(body.toString()),
  };
  const containers = {
    start: async ({ environment: { HEAVY_BATCH_RESULT: file } }: ContainerRequest) => {
      if (text !== undefined) fs.writeFileSync(file, text);
      if (link !== undefined) fs.symlinkSync(link, file);
      return { exited: Promise.resolve({ exitCode: 0 }), stop: () => undefined };
    },
  };
  const workspace = new Workspace();
  const files = new PayloadFiles(containers, workspace, emulator as unknown as Emulator);
  const request = { environment: { HEAVY_BATCH_RESULT: 's3://bucket/results/Job/job-1' }, onOutput: (line: string) => lines.push(line) };
  const container = await files.start(request as unknown as ContainerRequest);
  expect(await container.exited).toEqual({ exitCode: 0 });
  workspace.removeAll();
  expect(objects).toEqual(expects.object === undefined ? [] : [expects.object]);
  expect(refusals).toHaveLength(expects.refused ? 1 : 0);
  expectPieces(refusals[0], expects.refused);
  expectPieces(lines.join('\n'), expects.refused);
}
