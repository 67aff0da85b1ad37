import { VARIABLE_NAME, Variables } from '../../../emulator/states/variables';

test('an inner scope reads the variables of outer ones, and not the other way round', () => {
  const outer = new Variables();
  const inner = new Variables(outer);
  outer.assign({ a: 1 });
  inner.assign({ b: null });
  expect([inner.get('a'), inner.get('b'), inner.get('c'), outer.get('b')]).toEqual([1, null, undefined, undefined]);
  outer.assign({ a: 2 });
  expect(inner.get('a')).toBe(2);
});

test.each([['x', true], ['größe_2', true], ['_x', true], ['x'.repeat(80), true], ['x'.repeat(81), false], ['2x', false], ['', false], ['a.b', false], ['a b', false]])(
  'the name %s of a variable: %s', (name, isValid) => {
    expect(VARIABLE_NAME.test(name)).toBe(isValid);
  });
