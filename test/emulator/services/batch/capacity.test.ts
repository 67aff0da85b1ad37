import { Capacity } from '../../../../emulator/services/batch/capacity';

const capacity = () => new Capacity({ computeEnvironments: [{ arn: 'small', maxvCpus: 2 }, { arn: 'large', maxvCpus: 4 }] } as any);
const job = (vcpus: number, computeEnvironmentArns: string[], queue = 'q'): any => ({ plan: { vcpus, queue: { arn: queue, computeEnvironmentArns } } });

/** Asks for a place; `release` is set when it is granted. */
function ask(places: Capacity, ...of: Parameters<typeof job>) {
  const place: { release?: () => void; withdraw: () => void } = { withdraw: () => undefined };
  place.withdraw = places.request(job(...of), (release) => { place.release = release; });
  return place;
}

test('a job gets all of the vCPUs that there are, and the next one waits until they are given back', () => {
  const places = capacity();
  const first = ask(places, 2, ['small']);
  const second = ask(places, 1, ['small']);
  expect([first.release !== undefined, second.release]).toEqual([true, undefined]);
  first.release!();
  expect(second.release).toBeDefined();
});

test('a job goes to the first compute environment that has room', () => {
  const places = capacity();
  expect(ask(places, 2, ['small', 'large']).release).toBeDefined();
  expect(ask(places, 4, ['small', 'large']).release).toBeDefined();
  expect(ask(places, 1, ['small', 'large']).release).toBeUndefined();
});

test('the jobs of a queue keep their order, and other queues do not wait for them', () => {
  const places = capacity();
  const running = ask(places, 1, ['small']);
  const large = ask(places, 2, ['small']);
  const small = ask(places, 1, ['small']);
  const ofAnother = ask(places, 1, ['small'], 'other');
  expect([large.release, small.release]).toEqual([undefined, undefined]);
  expect(ofAnother.release).toBeDefined();
  running.release!();
  ofAnother.release!();
  expect([large.release !== undefined, small.release]).toEqual([true, undefined]);
});

test('a request that is withdrawn gets no place, and blocks nobody', () => {
  const places = capacity();
  const running = ask(places, 2, ['small']);
  const withdrawn = ask(places, 2, ['small']);
  const next = ask(places, 1, ['small']);
  withdrawn.withdraw();
  running.release!();
  expect([withdrawn.release, next.release !== undefined]).toEqual([undefined, true]);
});

test('a compute environment that is not in the app has no limit', () => {
  const places = capacity();
  expect(ask(places, 1_000, ['other']).release).toBeDefined();
  expect(ask(places, 1_000, []).release).toBeDefined();
  expect([places.most(['small', 'large']), places.most(['small']), places.most(['small', 'other']), places.most([])]).toEqual([4, 2, Infinity, Infinity]);
});
