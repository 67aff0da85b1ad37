import { useNow } from '../context';
import { ago, utc } from '../format/time';

/** A time in words, with the time itself for who points at it. */
export function Ago({ at }: { readonly at: string }) {
  const now = useNow();
  return <time dateTime={at} title={utc(at)}>{ago(Date.parse(at), now)}</time>;
}

/** A time of the day, in UTC. */
export function Clock({ at }: { readonly at: string }) {
  const text = utc(at);
  return <time dateTime={at} title={text}>{text.slice(11, 19) || text}</time>;
}
