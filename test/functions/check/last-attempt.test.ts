import { isLastListed, lastAttempt, textsOf } from '../../../src/functions/check/last-attempt';

const EXITED = 'Essential container in task exited';

test.each<[string, Parameters<typeof isLastListed>[0], boolean]>([
  ['started before its last listed attempt ended', { attempts: [{ stoppedAt: 5 }, { stoppedAt: 20 }], startedAt: 15 }, true],
  ['started when its last listed attempt ended', { attempts: [{ stoppedAt: 20 }], startedAt: 20 }, true],
  ['started after its only listed attempt ended', { attempts: [{ stoppedAt: 20 }], startedAt: 21 }, false],
  ['started after the last of three listed attempts ended', { attempts: [{ stoppedAt: 5 }, { stoppedAt: 99 }, { stoppedAt: 20 }], startedAt: 21 }, false],
  ['has an attempt that has not ended', { attempts: [{}], startedAt: 21 }, true],
  ['has no attempts', { attempts: [], startedAt: 21 }, true],
  ['has no list of attempts', { startedAt: 21 }, true],
  ['did not start', { attempts: [{ stoppedAt: 20 }] }, true],
])('whether the last attempt is listed of a job that %s: %j, %s', (_, job, expected) => {
  expect(isLastListed(job)).toBe(expected);
});

test.each<[string, Parameters<typeof lastAttempt>[0], ReturnType<typeof lastAttempt>]>([
  ['nothing', {}, { statusReason: '', containerReason: '', exitCode: undefined }],
  ['only the job', { statusReason: 'why', container: { reason: 'what', exitCode: 3 } }, { statusReason: 'why', containerReason: 'what', exitCode: 3 }],
  ['the last of several attempts', { attempts: [{ container: { exitCode: 1 } }, { statusReason: 'a', container: { exitCode: 2, reason: 'b' } }] }, { statusReason: 'a', containerReason: 'b', exitCode: 2 }],
  ['the job, before its attempt', { statusReason: 'of the job', attempts: [{ statusReason: 'of the attempt' }] }, { statusReason: 'of the job', containerReason: '', exitCode: undefined }],
  ['the attempt, where the job only says that it ended', { statusReason: EXITED, attempts: [{ statusReason: 'why' }] }, { statusReason: 'why', containerReason: '', exitCode: undefined }],
  ['the job, where nobody says more', { statusReason: EXITED, attempts: [{ statusReason: `${EXITED} too` }] }, { statusReason: EXITED, containerReason: '', exitCode: undefined }],
  ['a container with the same exit code', { container: { exitCode: 3, reason: 'why' }, attempts: [{ container: { exitCode: 3 } }] }, { statusReason: '', containerReason: 'why', exitCode: 3 }],
  ['no container with another exit code', { container: { exitCode: 4, reason: 'why' }, attempts: [{ container: { exitCode: 3 } }] }, { statusReason: '', containerReason: '', exitCode: 3 }],
  ['no container where neither has anything', { container: { reason: 'why' }, attempts: [{ container: {} }] }, { statusReason: '', containerReason: '', exitCode: undefined }],
  ['the container of the same log stream', { container: { logStreamName: 'a', reason: 'why' }, attempts: [{ container: { logStreamName: 'a', taskArn: 'b' } }] }, { statusReason: '', containerReason: 'why', exitCode: undefined, logStream: 'a' }],
  ['no container of another task', { container: { taskArn: 'a', reason: 'why' }, attempts: [{ container: { taskArn: 'b' } }] }, { statusReason: '', containerReason: '', exitCode: undefined }],
  ['the job, when its last attempt is not listed', { startedAt: 9, container: { taskArn: 'b', exitCode: 5 }, attempts: [{ stoppedAt: 8, container: { taskArn: 'a', exitCode: 3 } }] }, { statusReason: '', containerReason: '', exitCode: 5 }],
])('the end of an attempt is told by %s', (_, job, expected) => {
  expect(lastAttempt(job)).toEqual(expected);
});

test.each([
  ['a', 'b', ['a', 'b']], ['a', '', ['a']], ['', 'b', ['b']], ['a', 'a', ['a']], [EXITED, 'b', ['b']], [`${EXITED} (exit code 3)`, '', []], [`not ${EXITED}`, '', [`not ${EXITED}`]], ['', '', []],
])('of %j and %j, this is said: %j', (statusReason, containerReason, texts) => {
  expect(textsOf({ statusReason, containerReason })).toEqual(texts);
});
