import { InstanceClass } from 'aws-cdk-lib/aws-ec2';
import { INSTANCE_TYPES } from '../../src/contract/instance-types';

/** Long names of the CDK, such as `io3` for i3, and families that EC2 does not describe where the table was made. */
const NOT_IN_THE_TABLE = [
  'arm1', 'dl1', 'f1', 'g3', 'g3s', 'g4ad', 'io3', 'io3-dense-nvme-drive', 'io4_intel', 'io7_intel', 'mac1', 'mac2', 'mac2-m1ultra', 'mac2-m2', 'mac2-m2pro', 'p2', 'p3',
  'u-12tb1', 'u-18tb1', 'u-24tb1', 'u-9tb1', 'u7inh-32tb', 'x2g',
];

test('the table has every family of instance types that the CDK knows', () => {
  const families = [...new Set<string>(Object.values(InstanceClass))].filter((name) => /^(u-|[a-z]{1,3}\d)/.test(name)).sort();
  expect(families.length).toBeGreaterThan(100);
  expect(families.filter((family) => !(family in INSTANCE_TYPES))).toEqual(NOT_IN_THE_TABLE);
});

test('the table loses nothing when it is made again: change the numbers when EC2 takes families away', () => {
  expect(Object.keys(INSTANCE_TYPES).length).toBeGreaterThanOrEqual(180);
  expect(Object.values(INSTANCE_TYPES).flatMap((sizes) => sizes.split(', ')).length).toBeGreaterThanOrEqual(1386);
});

test.each(Object.entries(INSTANCE_TYPES))('each type of %s has a size, vCPUs and memory', (_, sizes) => {
  for (const size of sizes.split(', ')) expect(size).toMatch(/^[\da-z-]+ [1-9]\d* [1-9]\d*( g[1-9]\d*)?( d[1-9]\d*)?$/);
});
