import type { Credentials } from './keys';

/** What an AWS SDK or the AWS CLI reads from its environment. */
export interface Client {
  readonly endpoint: string;
  readonly region: string;
  /** Undefined for a client without permissions. */
  readonly credentials?: Credentials;
}

/**
 * The environment of a program whose AWS SDK calls the emulator. All services have this endpoint, so that a call for one that is not emulated has a
 * clear error and does not leave this machine. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function clientEnvironment({ endpoint, region, credentials }: Client): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    ...credentials && { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
  };
}
