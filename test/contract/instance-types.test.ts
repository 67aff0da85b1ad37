import { INSTANCE_TYPES } from '../../src/contract/instance-types';

test.each(Object.entries(INSTANCE_TYPES))('each type of the family %s has a size, vCPUs and memory', (_, types) => {
  for (const type of types.split(', ')) expect(type).toMatch(/^[\da-z-]+ [1-9]\d* [1-9]\d*( g[1-9]\d*)?( d[1-9]\d*)?$/);
});

// Written out, so that a family that gets lost when the table is generated again is noticed.
test('the families are those that EC2 described', () => {
  expect(Object.keys(INSTANCE_TYPES)).toHaveLength(180);
  expect(Object.keys(INSTANCE_TYPES)).toEqual(expect.arrayContaining(['a1', 'c5', 'c8g', 'g5', 'm5', 'm7i', 'p5', 'r6i', 't3', 'x2idn', 'z1d']));
});
