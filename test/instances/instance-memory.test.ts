import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { INSTANCE_TYPES } from '../../src/contract/instance-types';
import { AGENT_MIB, familyFacts, instanceTypeFacts, SYSTEM_SHARE } from '../../src/instances/instance-memory';

const everyType = Object.keys(INSTANCE_TYPES).flatMap((family) => familyFacts(family).map((facts) => ({ name: `${family}.${facts.size}`, ...facts })));

/** The families of the table. One that AWS adds is added here, and none can be lost. */
const FAMILIES = [
  'a1 c1 c3 c4 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8a c8g c8gb c8gd c8gn c8i',
  'c8i-flex c8ib c8id c8in c8ine c9g c9gd d2 d3 d3en dl2q f2 g4dn g5 g5g g6 g6e g6f g7 g7e gr6 gr6f h1 hpc6a hpc6id hpc7a hpc7g',
  'hpc8a i2 i3 i3en i4g i4i i7i i7ie i8g i8ge im4gn inf1 inf2 is4gen m1 m2 m3 m4 m5 m5a m5ad m5d m5dn m5n m5zn m6a m6g m6gd m6i',
  'm6id m6idn m6in m7a m7g m7gd m7i m7i-flex m8a m8azn m8g m8gb m8gd m8gn m8i m8i-flex m8ib m8id m8idb m8idn m8in m8ine m9g m9gd',
  'p3dn p4d p4de p5 p5e p5en p6-b200 p6-b300 r3 r4 r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd',
  'r7i r7iz r8a r8g r8gb r8gd r8gn r8i r8i-flex r8ib r8id r8idb r8idn r8in r9g r9gd t1 t2 t3 t3a t4g t8i trn1 trn1n trn2 trn2u',
  'u-3tb1 u-6tb1 u7i-12tb u7i-6tb u7i-8tb u7in-16tb u7in-24tb u7in-32tb vt1 x1 x1e x2gd x2idn x2iedn x2iezn x8aedz x8g x8i z1d',
].join(' ');

describe('the facts of an instance type', () => {
  test('have the memory that EC2 reports, and the memory that is free for containers', () => {
    expect(instanceTypeFacts('c6i.large')).toEqual({ size: 'large', vcpus: 2, memoryMiB: 4096, fitsMiB: 3756, mostMiB: 4064, gpus: 0, storeGB: 0 });
  });

  test('have a measured value where there is one', () => {
    expect(instanceTypeFacts('m4.large')).toMatchObject({ memoryMiB: 8192, fitsMiB: 7985, mostMiB: 7985 });
  });

  test('have the GPUs and the instance store', () => {
    expect(instanceTypeFacts('g5.12xlarge')).toMatchObject({ vcpus: 48, gpus: 4, storeGB: 3800 });
    expect(instanceTypeFacts('i3en.24xlarge')).toMatchObject({ storeGB: 60000 });
  });

  test.each(['c6i.gigantic', 'x99.large', 'c6i', ''])('are undefined for the unknown name "%s"', (name) => {
    expect(instanceTypeFacts(name)).toBeUndefined();
  });

  test('are found by the complete name of a size only', () => {
    expect(instanceTypeFacts('c6i.metal')?.vcpus).toBe(128);
    expect(instanceTypeFacts('c7i.metal')).toBeUndefined(); // it has metal-24xl and metal-48xl
    expect(instanceTypeFacts('m5.x')).toBeUndefined();
  });
});

describe('the table of instance types', () => {
  test('has each family that AWS has, and all of their types', () => {
    expect(Object.keys(INSTANCE_TYPES).join(' ')).toBe(FAMILIES);
    const sum = (number: (facts: typeof everyType[number]) => number) => everyType.reduce((total, facts) => total + number(facts), 0);
    // A number that is different means that the table is: read the difference of src/contract/instance-types.ts.
    expect([everyType.length, sum(({ vcpus }) => vcpus), sum(({ memoryMiB }) => memoryMiB), sum(({ gpus }) => gpus), sum(({ storeGB }) => storeGB)])
      .toEqual([1_386, 85_842, 620_376_994, 189, 4_427_970]);
  });

  test('has each family that the CDK has, but for those that EC2 does not offer any more, or offers on dedicated hosts only, or the table lacks', () => {
    const families = new Set(Object.values(ec2.InstanceClass).map((name) => ec2.InstanceType.of(name, ec2.InstanceSize.LARGE).toString().split('.')[0]));
    expect(families.size).toBeGreaterThan(150);
    expect([...families].filter((family) => familyFacts(family).length === 0).sort()).toEqual([
      'dl1', 'f1', 'g3', 'g3s', 'g4ad', 'mac1', 'mac2', 'mac2-m1ultra', 'mac2-m2', 'mac2-m2pro', 'p2', 'p3',
      'parallel5-extended', 'parallel5-extended-network', 'u-12tb1', 'u-18tb1', 'u-24tb1', 'u-9tb1', 'u7inh-32tb', 'x2g',
    ]);
  });

  // https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html, and its pages co, mo, so, ac, hpc and pg
  test.each<[string, number, number, number, number]>([
    ['t2.nano', 1, 512, 0, 0],
    ['m5.24xlarge', 96, 393_216, 0, 0],
    ['c7g.16xlarge', 64, 131_072, 0, 0],
    ['r5.metal', 96, 786_432, 0, 0],
    ['z1d.12xlarge', 48, 393_216, 0, 1_800],
    ['i4i.32xlarge', 128, 1_048_576, 0, 30_000],
    ['g4dn.12xlarge', 48, 196_608, 4, 900],
    ['g5.48xlarge', 192, 786_432, 8, 7_600],
    ['p4d.24xlarge', 96, 1_179_648, 8, 8_000],
    ['p5.48xlarge', 192, 2_097_152, 8, 30_400],
    ['trn1.32xlarge', 128, 524_288, 0, 7_600],
    ['inf2.48xlarge', 192, 786_432, 0, 0],
    ['x2idn.32xlarge', 128, 2_097_152, 0, 3_800],
    ['hpc7g.16xlarge', 64, 131_072, 0, 0],
    ['u-6tb1.112xlarge', 448, 6_291_456, 0, 0],
  ])('has %s as AWS describes it', (name, vcpus, memoryMiB, gpus, storeGB) => {
    expect(instanceTypeFacts(name)).toMatchObject({ vcpus, memoryMiB, gpus, storeGB });
  });

  test('has a number in each place, and no instance type twice', () => {
    const wrong = everyType.flatMap(({ name, size, ...numbers }) => Object.entries(numbers)
      .filter(([, value]) => !Number.isInteger(value) || value < 0).map(([fact]) => `${name} ${size} ${fact}`));
    expect(wrong).toEqual([]);
    expect(new Set(everyType.map(({ name }) => name)).size).toBe(everyType.length);
  });

  test('never has more memory for containers than the instance can have', () => {
    const wrong = everyType.filter(({ memoryMiB, fitsMiB, mostMiB }) => !(fitsMiB > 0 && fitsMiB <= mostMiB && mostMiB <= memoryMiB));
    expect(wrong).toEqual([]);
  });

  test('has an estimate below the measured value', () => {
    const { memoryMiB, fitsMiB } = instanceTypeFacts('m4.large')!;
    expect([SYSTEM_SHARE, AGENT_MIB]).toEqual([0.075, 32]);
    expect(Math.floor(memoryMiB * (1 - SYSTEM_SHARE)) - AGENT_MIB).toBeLessThan(fitsMiB);
  });
});
