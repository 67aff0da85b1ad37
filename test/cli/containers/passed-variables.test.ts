import { passedVariables, withVariables } from '../../../cli/containers/passed-variables';
import { ContainerRequest } from '../../../emulator/services/batch/containers';

test('variables are passed on by their names', () => {
  expect(passedVariables(['TOKEN', 'EMPTY'], { TOKEN: 'a b', EMPTY: '', OTHER: 'x' })).toEqual({ TOKEN: 'a b', EMPTY: '' });
  expect(passedVariables(undefined, { TOKEN: 'a' })).toEqual({});
});

test.each([
  ['TOKEN=a', '--pass-env TOKEN has a value; give the name only, and the variable in your environment'],
  ['AWS_*', '--pass-env AWS_* is not a name'],
  ['', '--pass-env  is not a name'],
  ['toString', '--pass-env toString names a variable that is not set'],
  ['NONE', '--pass-env NONE names a variable that is not set; set it, or leave it out'],
  ['PATH', '--pass-env PATH cannot be passed on, since a container has its own PATH; leave it out'],
  ['HEAVY_BATCH_RESULT', '--pass-env HEAVY_BATCH_RESULT cannot be passed on'],
  ['AWS_BATCH_JOB_ID', '--pass-env AWS_BATCH_JOB_ID cannot be passed on'],
])('%s is refused', (name, message) => {
  expect(() => passedVariables([name], { PATH: 'x', HEAVY_BATCH_RESULT: 'x', AWS_BATCH_JOB_ID: 'x' })).toThrow(message);
});

test('a container gets them in the place of its own, and its URIs stay its own', async () => {
  let started: ContainerRequest | undefined;
  const containers = withVariables({ start: async (request) => { started = request; return undefined as never; } }, { TOKEN: 'of the person' });
  await containers.start({ environment: { TOKEN: 'of the job', OTHER: 'x' } } as unknown as ContainerRequest);
  expect(started!.environment).toEqual({ TOKEN: 'of the person', OTHER: 'x' });
});
