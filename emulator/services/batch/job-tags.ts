import { ServiceError } from '../../service';

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html */
const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** Refuses tags that Batch does not accept: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html#Batch-SubmitJob-request-tags */
export function validateTags(tags: Tags): void {
  const entries = Object.entries(tags);
  if (entries.length > MOST_TAGS) refuse(`A job has at most ${MOST_TAGS} tags, got ${entries.length}`);
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > LONGEST_KEY || /^aws:/i.test(key)) refuse(`Tag key ${key} is invalid`);
    if (typeof value !== 'string' || value.length > LONGEST_VALUE) refuse(`The value of tag ${key} is invalid`);
  }
}

/** The condition keys of a request that names tags: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html */
export function requestContext(tags: Tags): Record<string, string | string[]> {
  return { ...keyed('aws:RequestTag', tags), 'aws:TagKeys': Object.keys(tags) };
}

/** The condition keys of an action on a resource with tags. */
export function resourceContext(tags: Tags): Record<string, string> {
  return keyed('aws:ResourceTag', tags);
}

function keyed(name: string, tags: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${name}/${key}`, value]));
}

function refuse(message: string): never {
  throw new ServiceError('ClientException', message);
}
