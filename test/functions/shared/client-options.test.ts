import { FUNCTION_TIMEOUT } from '../../../src/contract/timings';
import { clientOptions } from '../../../src/functions/shared/client-options';

test('a call is given up early enough for two tries before the function itself times out', () => {
  const { connectionTimeout, requestTimeout, throwOnRequestTimeout } = clientOptions.requestHandler;
  expect([connectionTimeout, requestTimeout]).toEqual([3_000, 8_000]);
  expect(2 * (connectionTimeout + requestTimeout)).toBeLessThan(FUNCTION_TIMEOUT * 1_000);
  expect(throwOnRequestTimeout).toBe(true); // without it, the SDK only warns: the call goes on
});

test('the clients keep their middleware, which nothing changes', () => {
  expect(clientOptions.cacheMiddleware).toBe(true);
});
