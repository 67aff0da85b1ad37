/** How the functions' SDK clients call: an answer is waited for no longer than a function has time for. */
export const client = {
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
  cacheMiddleware: true, // a quarter of a call's time: nothing changes the clients once they are there
};
