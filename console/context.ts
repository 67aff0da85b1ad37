import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Client } from './api/client';
import type { Session } from './api/session';
import type { ApiDocument } from './api/types';
import type { Activity } from './poll/activity';
import { Polled, Poller, Reply } from './poll/poller';

/** What every view needs. */
export interface Console {
  readonly client: Client;
  readonly session: Session;
  readonly activity: Activity;
  readonly document: ApiDocument;
  /** Tells a screen reader of a change. */
  readonly announce: (text: string) => void;
}

export const ConsoleContext = createContext<Console | undefined>(undefined);

export function useConsole(): Console {
  return useContext(ConsoleContext)!;
}

/** What a poller knows, for as long as the view is there and the key is the same. Without a key nothing is asked for. */
export function usePoll<T>(
  key: string | undefined, ask: (signal: AbortSignal, before: T | undefined) => Promise<Reply<T>>,
): Polled<T> & { readonly refresh: () => void } {
  const { activity, session } = useConsole();
  const [known, setKnown] = useState<{ key?: string; state: Polled<T> }>({ state: {} });
  const poller = useRef<Poller<T>>();
  useEffect(() => {
    if (key === undefined) return undefined;
    const own = new Poller(ask, activity, (state) => setKnown({ key, state }), () => session.refused());
    poller.current = own;
    own.start();
    return () => own.stop();
  }, [key]);
  return { ...known.key === key ? known.state : {}, refresh: () => poller.current?.refresh() };
}

/** The time as the API has it, again and again, so that ages grow while nothing else happens. */
export function useNow(every = 1_000): number {
  const { client, activity } = useConsole();
  const [now, setNow] = useState(client.now());
  useEffect(() => {
    const timer = setInterval(() => { if (!activity.isHidden) setNow(client.now()); }, every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** The title of the tab, for as long as the view is there. */
export function useTitle(title: string): void {
  const { document: { info } } = useConsole();
  useEffect(() => { document.title = `${title} · ${info?.title ?? 'Heavy Batch'}`; }, [title]);
}
