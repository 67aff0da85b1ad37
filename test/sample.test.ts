import { oneOfEach, sampleOf } from './sample';

const ITEMS = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'];
const kindsOf = (item: string) => [item[0]];

test('a sample has an item of each kind, in the order of the items', () => {
  for (let seed = 20_260_101; seed < 20_260_110; seed++) {
    const sample = oneOfEach(ITEMS, kindsOf, seed);
    expect(sample.map((item) => item[0])).toEqual(['a', 'b', 'c']);
  }
});

test('an item that is of two kinds counts for both, and no kind is left out', () => {
  const sample = oneOfEach(ITEMS, (item) => [item[0], `number ${item[1]}`], 1);
  expect(new Set(sample.flatMap((item) => [...item]))).toEqual(new Set(['a', 'b', 'c', '1', '2', '3']));
});

test('the same seed has the same sample, and as many days as a kind has items try all of them', () => {
  expect(oneOfEach(ITEMS, kindsOf, 5)).toEqual(oneOfEach(ITEMS, kindsOf, 5));
  expect(new Set([20_260_101, 20_260_102, 20_260_103].flatMap((seed) => oneOfEach(ITEMS, kindsOf, seed)))).toEqual(new Set(ITEMS));
});

test('what is left out is said, with the command that tries it', () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const sample = sampleOf('letters', 'test/letters.test.ts', ITEMS, kindsOf, 3);
  const written = write.mock.calls.map(([text]) => text);
  write.mockRestore();
  expect(written).toEqual(sample.length === ITEMS.length ? [] : ['letters: 3 of 6 are tried (SEED=3); all: WHOLE=1 npx jest test/letters.test.ts\n']);
  expect(sample.length).toBe(process.env.WHOLE ? ITEMS.length : 3);
});
