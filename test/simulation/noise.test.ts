import { noise } from '../../simulation/noise';

test('equal seeds give equal messages, and different seeds give different ones', () => {
  expect(noise(7)).toEqual(noise(7));
  expect(noise(7)).not.toEqual(noise(8));
});

test('the messages use the fields of real messages, and some are not JSON', () => {
  const messages = Array.from({ length: 20 }, (_, seed) => noise(seed)).flat();
  for (const field of ['checkJob', 'cleanUp', 'token', 'detail']) expect(messages.some((message) => message.includes(`"${field}":`))).toBe(true);
  expect(messages).toContain('not JSON');
});
