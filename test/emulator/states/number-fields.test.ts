import { numberIn } from '../../../emulator/states/number-fields';

const scope = (value: unknown) => ({ data: { value }, context: {}, random: () => 0 });

test('a number is in the field itself, or at its path', () => {
  expect(numberIn({ Max: 3 }, 'Max', 'integer', scope(4))).toBe(3);
  expect(numberIn({ MaxPath: '$.value' }, 'Max', 'integer', scope(4))).toBe(4);
  expect(numberIn({ MaxPath: '$.value' }, 'Max', 'integer', scope('4'))).toBe(4);
  expect(numberIn({ MaxPath: '$.value' }, 'Max', 'float', scope(4.5))).toBe(4.5);
  expect(numberIn({}, 'Max', 'integer', scope(4))).toBeUndefined();
});

test.each<[unknown, 'integer' | 'float', string]>([
  [1.5, 'integer', '"1.5" which is not a valid integer'],
  [' ', 'integer', '" " which is not a valid integer'],
  ['', 'integer', '"" which is not a valid integer'],
  ['NoNumber', 'float', '"NoNumber" which is not a valid float'],
  [{}, 'float', '"{}" which is not a valid float'],
  [null, 'integer', '"null" which is not a valid integer'],
  [[1], 'integer', '"[1]" which is not a valid integer'],
])('%j is not of the kind %s', (value, kind, message) => {
  expect(() => numberIn({ MaxPath: '$.value' }, 'Max', kind, scope(value))).toThrow(`States.Runtime: The MaxPath field refers to value ${message}: $.value`);
});
