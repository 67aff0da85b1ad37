import * as v from 'valibot';
import { withAws } from '../../cli/containers/aws-variables';
import { VirtualClock } from '../../emulator/clock';
import { Emulator } from '../../emulator/emulator';
import { NO_FAULTS } from '../../emulator/faults';
import { ContainerRequest } from '../../emulator/services/batch/containers';
import { objectAt, resultUri } from '../../src/contract/object-store';
import { oneJob } from '../emulator/apps';
import { sendSigned } from '../emulator/signed-request';

/** What a container puts to the URI of its result in a local run, and what becomes of it. */
export const localResult = v.strictObject({
  /** A text, which is put with the endpoint and the keys in the environment of the container. */
  puts: v.string(),
  expects: v.strictObject({
    /** The object in the bucket. */
    object: v.string(),
  }),
});

export async function replayLocalResult({ puts, expects }: v.InferOutput<typeof localResult>): Promise<void> {
  const deployment = oneJob();
  const emulator = new Emulator(deployment, new VirtualClock());
  const program = async ({ environment }: ContainerRequest) => {
    const credentials = { accessKeyId: environment.AWS_ACCESS_KEY_ID, secretAccessKey: environment.AWS_SECRET_ACCESS_KEY };
    const { Bucket, Key } = objectAt(environment.HEAVY_BATCH_RESULT);
    await sendSigned(environment.AWS_ENDPOINT_URL_S3, credentials, { method: 'PUT', path: `/${Bucket}/${Key}`, body: puts });
    return {};
  };
  const containers = { start: async (request: ContainerRequest) => ({ exited: program(request), stop: () => undefined }) };
  await emulator.start({ containers, faults: NO_FAULTS });
  try {
    const { bucket, folder, jobRoleArn } = resultsOf(deployment);
    const uri = resultUri({ bucket, folder }, { jobName: 'job', submissionId: '1' }, false);
    const container = await withAws(containers, emulator, {}).start({ environment: { HEAVY_BATCH_RESULT: uri }, jobRoleArn } as unknown as ContainerRequest);
    await container.exited;
    const { Bucket, Key } = objectAt(uri);
    expect(emulator.s3.get(Bucket, Key)?.toString()).toBe(expects.object);
  } finally {
    await emulator.stop();
  }
}

/** The bucket, and the folder in which the role of the job may write. */
function resultsOf({ buckets, jobDefinitions, roles }: ReturnType<typeof oneJob>) {
  const jobRoleArn: string = jobDefinitions[0].properties.ContainerProperties.JobRoleArn;
  const policies = JSON.stringify(roles.find(({ arn }) => arn === jobRoleArn)!.policies);
  const [, folder] = /results\/([^/*"]+)\//.exec(policies)!;
  return { bucket: buckets[0].name, folder, jobRoleArn };
}
