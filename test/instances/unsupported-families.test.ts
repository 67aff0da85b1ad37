import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJobProps, HeavyBatchQueueCompute } from '../../src';
import { familyArchitecture } from '../../src/instances/instance-names';
import { REFUSED_FAMILIES, WITHOUT_DRIVER } from '../../src/instances/unsupported-families';
import { existingQueue, newJob, newStack } from '../stacks';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));
const warnings = (props: HeavyBatchJobProps) => Annotations.fromStack(Stack.of(newJob(props))).findWarning('*', Match.stringLikeRegexp('burstable|driver'))
  .map(({ entry }) => entry.data);

describe('burstable instances', () => {
  test.each<[string, string]>([['t2.micro', 'm7i'], ['t3.large', 'm7i'], ['t3a.large', 'm7a'], ['t4g.medium', 'm7g']])('are refused: %s', (name, instead) => {
    expect(() => newJob({ instanceTypes: types(name) }))
      .toThrow(`'instanceTypes' has ${name}, which AWS Batch does not accept: it has no burstable instances; use another family, such as ${instead} (at Stack/Job/Compute)`);
  });

  test('are refused as a class', () => {
    expect(() => newJob({ instanceClasses: [ec2.InstanceClass.BURSTABLE3] })).toThrow("'instanceClasses' has t3, which AWS Batch does not accept");
  });

  test('of a newer generation cause a warning', () => {
    expect(warnings({ instanceTypes: types('t8i.medium') })).toEqual([
      "'instanceTypes' has t8i.medium, and AWS Batch accepted no burstable instances so far (seen 2026-06-10), so the deployment may fail; use another family, such as m7i" +
      ' [ack: cdk-heavy-batch:burstableInstances]',
    ]);
  });

  test('may belong to an existing queue, whose compute environment may be unmanaged', () => {
    const stack = newStack();
    expect(() => new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: existingQueue(stack), instanceTypes: types('t3.large') })).not.toThrow();
  });
});

test.each<[string]>([['mac1.metal'], ['mac2-m2pro.metal'], ['mac-m4.metal']])('Macs are refused, since they run no Linux containers: %s', (name) => {
  expect(() => newJob({ instanceTypes: types(name) })).toThrow(`'instanceTypes' has ${name}, which runs macOS on a Dedicated Host, and no Linux containers`);
});

describe('other accelerators', () => {
  test.each<[string, string]>([['f2.6xlarge', 'FPGAs'], ['vt1.3xlarge', 'transcoding accelerators'], ['dl1.24xlarge', 'Gaudi accelerators'], ['g4ad.xlarge', 'GPUs of AMD']])('of %s cause a warning: there is no image with a driver for %s', (name, accelerator) => {
    expect(warnings({ instanceTypes: types(name) })).toEqual([
      `'instanceTypes' has ${name}, but the ECS-optimized images have no driver for its ${accelerator}, so containers cannot use them; use other instances, or a 'machineImage' with the driver` +
      ' [ack: cdk-heavy-batch:noAcceleratorDriver]',
    ]);
  });

  test('cause no warning where there are none', () => {
    expect(warnings({ instanceTypes: types('c6i.large') })).toEqual([]);
  });
});

describe('families that the ECS-optimized images do not support', () => {
  const own = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123' });

  test.each(['a1.large', 'p3.2xlarge', 'g3s.xlarge', 'g5g.xlarge'])('may be used with an image of the user: %s', (name) => {
    expect(() => newJob({ instanceTypes: types(name) })).toThrow("or a 'machineImage' that supports it (at Stack/Job/Compute)");
    expect(() => newJob({ instanceTypes: types(name), machineImage: own })).not.toThrow();
  });

  test('are not those that AWS Batch itself refuses', () => {
    expect(() => newJob({ instanceTypes: types('t3.large'), machineImage: own })).toThrow('which AWS Batch does not accept');
  });
});

describe('the tables', () => {
  test('name a family of the same architecture to use instead, which is not refused itself', () => {
    const refused = new Set(REFUSED_FAMILIES.flatMap(({ families }) => Object.keys(families)));
    const wrong = REFUSED_FAMILIES.flatMap(({ families }) => Object.entries(families))
      .filter(([family, instead]) => refused.has(instead) || (family !== 'g5g' && familyArchitecture(family) !== familyArchitecture(instead)));
    expect(wrong).toEqual([]);
  });

  test.each([...REFUSED_FAMILIES, ...WITHOUT_DRIVER])('have a source and a day for $reason', ({ source, seen }) => {
    expect(source).toMatch(/^https:\/\//);
    expect(seen).toMatch(/^20\d\d-\d\d-\d\d$/);
  });
});
