import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Client } from './api/client';
import { Phase, Session } from './api/session';
import { Console, ConsoleContext } from './context';
import { NewRun } from './form/new-run';
import { Header } from './header';
import { Overview } from './list/overview';
import { Guard } from './parts/notices';
import type { Activity } from './poll/activity';
import { hashOf, Route, routeOf } from './router';
import { RunView } from './run/run-view';
import { SignIn } from './sign-in';

/** Milliseconds. */
const RETRY_AFTER = 3_000;

export function App({ client, activity }: { readonly client: Client; readonly activity: Activity }) {
  const [phase, setPhase] = useState<Phase>({ name: 'asking' });
  const [route, setRoute] = useState(routeOf(location.hash));
  const [said, announce] = useState('');
  const session = useMemo(() => new Session(client, setPhase, sessionStorage), []);

  useEffect(() => {
    void session.ask();
    const follow = () => {
      setRoute(routeOf(location.hash));
      document.getElementById('main')?.focus({ preventScroll: true });
      scrollTo(0, 0);
    };
    addEventListener('hashchange', follow);
    setRoute(routeOf(location.hash)); // it may be another one since the page was first drawn
    return () => removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    if (phase.name === 'sign-in') document.title = 'Sign in · Heavy Batch';
    if (phase.name !== 'unreachable') return undefined;
    const timer = setTimeout(() => void session.ask(), RETRY_AFTER);
    return () => clearTimeout(timer);
  }, [phase]);

  const context = useMemo((): Console | undefined => phase.name === 'ready' ? { client, session, activity, document: phase.document, announce } : undefined, [phase]);
  return (
    <ConsoleContext.Provider value={context}>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>Skip to the content</a>
      <Header phase={phase} route={route} session={session} activity={activity} />
      <main id="main" tabIndex={-1}>
        <Guard key={phase.name + hashOf(route)}>
          {phase.name === 'asking' && <p class="empty">Loading…</p>}
          {phase.name === 'sign-in' && <SignIn session={session} message={phase.message} />}
          {phase.name === 'unreachable' && <p class="notice warn" role="alert"><strong>Not reachable:</strong> {phase.message}. Trying again.</p>}
          {context && <View route={route} />}
        </Guard>
      </main>
      <p class="hidden" aria-live="polite">{said}</p>
    </ConsoleContext.Provider>
  );
}

function View({ route }: { readonly route: Route }) {
  if (route.view === 'new') return <NewRun job={route.job} />;
  return route.view === 'run' ? <RunView key={route.id} id={route.id} /> : <Overview route={route} />;
}
