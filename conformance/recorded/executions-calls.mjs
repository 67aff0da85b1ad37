// Plays the services: each call of an execution is answered as AWS answered it.
import { withoutTokens } from './executions-masks.mjs';

/**
 * Returns the integration of a state machine, and the calls that it has made. The calls of the executions of a distributed map are not part
 * of a recording: they get back what they sent. Any other call beyond the recording is made and fails.
 */
export function scriptedCalls({ calls, hasDistributedMap, objects, clock, TaskError, answerToken }) {
  const made = [];
  const integration = async ({ resource, parameters, taskToken, onSubmitted }) => {
    const inStorage = storage(objects, parameters)[resource.split(':::').at(-1)];
    if (inStorage) return inStorage();
    const call = calls[made.length];
    if (!call && hasDistributedMap) return resource.includes(':lambda:invoke') ? { ExecutedVersion: '$LATEST', Payload: parameters.Payload, StatusCode: 200 } : parameters;
    made.push({ resource: nameOf(resource), parameters: withoutTokens(parameters) });
    if (!call) throw new TaskError('NotRecorded', `AWS did not make the call ${nameOf(resource)}`);
    const isSync = /\.sync(:2)?$/.test(resource);
    if (isSync) onSubmitted();
    if (resource.endsWith('.waitForTaskToken')) {
      if (!call.timedOut) clock.after(1000, () => void answerWithToken(call, taskToken, answerToken));
      return {};
    }
    if (call.timedOut) return new Promise(() => undefined);
    await clock.sleep(isSync ? 1000 : 0);
    if ('error' in call) throw new TaskError(call.error, call.cause);
    return call.output;
  };
  return { integration, made };
}

function answerWithToken(call, taskToken, answerToken) {
  if (!('error' in call)) return answerToken('SendTaskSuccess', { taskToken, output: JSON.stringify(call.output) });
  return answerToken('SendTaskFailure', { taskToken, error: call.error ?? undefined, cause: call.cause ?? undefined });
}

function storage(objects, { Key } = {}) {
  return {
    'map:startExecution': () => undefined,
    's3:getObject': () => objects.find(({ key }) => key === Key).body,
    's3:listObjectsV2': () => objects.map(({ key, body }) => ({ Etag: 'etag', LastModified: 1, Key: key, Size: Buffer.byteLength(body), StorageClass: 'STANDARD' })),
    's3:putObject': () => ({}),
  };
}

/** As in a recording: `lambda:invoke`, and `lambda-arn` for a function itself. */
function nameOf(resource) {
  return /^arn:[^:]*:lambda:/.test(resource) ? 'lambda-arn' : resource.split(':::').at(-1);
}
