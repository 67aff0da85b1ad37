import { Activity } from '../../emulator/activity';

/** Whether there is no work, after some turns of the event loop. */
async function isIdle(activity: Activity): Promise<boolean> {
  let idle = false;
  void activity.untilIdle().then(() => { idle = true; });
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  return idle;
}

test('work is in progress until it ends or waits for the clock', async () => {
  const activity = new Activity();
  expect(await isIdle(activity)).toBe(true);
  const [first, second] = [activity.begin(), activity.begin()];
  expect(first).not.toBe(second);
  activity.end(first);
  expect(await isIdle(activity)).toBe(false);
  activity.pause(second);
  expect(await isIdle(activity)).toBe(true);
  activity.resume(second);
  expect(await isIdle(activity)).toBe(false);
  activity.end(second);
  expect(await isIdle(activity)).toBe(true);
});

test('work that has ended is not resumed', async () => {
  const activity = new Activity();
  const work = activity.begin();
  activity.pause(work);
  activity.end(work);
  activity.resume(work);
  expect(await isIdle(activity)).toBe(true);
});

test('a promise is work until it settles', async () => {
  const activity = new Activity();
  let settle!: () => void;
  const tracked = activity.track(new Promise<string>((resolve) => { settle = () => resolve('value'); }));
  expect(await isIdle(activity)).toBe(false);
  settle();
  expect(await tracked).toBe('value');
  await expect(activity.track(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await isIdle(activity)).toBe(true);
});

test('work that begins in the turn in which other work ends is awaited', async () => {
  const activity = new Activity();
  const first = activity.begin();
  let second = '';
  let idle = false;
  const untilIdle = activity.untilIdle().then(() => { idle = true; });
  setImmediate(() => {
    activity.end(first);
    setImmediate(() => { second = activity.begin(); });
  });
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  expect(idle).toBe(false);
  activity.end(second);
  await untilIdle;
});
