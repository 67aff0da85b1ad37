import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Client } from './api/client';
import { troubleText } from './api/errors';
import { Phase, Session } from './api/session';
import { Console, ConsoleContext } from './context';
import { NewRun } from './form/new-run';
import { sentence } from './format/text';
import { duration } from './format/time';
import { Header } from './header';
import { Overview } from './list/overview';
import { Guard } from './parts/notices';
import type { Activity } from './poll/activity';
import { isNewPlace, Route, routeOf, viewOf } from './router';
import { RunView } from './run/run-view';
import { SignIn } from './sign-in';

export function App({ client, activity }: { readonly client: Client; readonly activity: Activity }) {
  const [phase, setPhase] = useState<Phase>({ name: 'asking' });
  const [route, setRoute] = useState(routeOf(location.hash));
  const [said, announce] = useState('');
  const session = useMemo(() => new Session(client, setPhase, () => sessionStorage), []);

  useEffect(() => {
    void session.ask();
    let before = routeOf(location.hash);
    const follow = () => {
      const next = routeOf(location.hash);
      setRoute(next);
      const isNew = isNewPlace(before, next);
      before = next;
      if (!isNew) return;
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
    let isDue = false;
    const ask = () => { if (isDue && !activity.isHidden) void session.ask(); };
    const timer = setTimeout(() => { isDue = true; ask(); }, phase.retryIn);
    const unsubscribe = activity.subscribe(ask);
    return () => { clearTimeout(timer); unsubscribe(); };
  }, [phase]);

  const context = useMemo((): Console | undefined => phase.name === 'ready' ? { client, session, activity, document: phase.document, announce } : undefined, [phase]);
  return (
    <ConsoleContext.Provider value={context}>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>Skip to the content</a>
      <Header phase={phase} route={route} session={session} activity={activity} />
      <main id="main" tabIndex={-1}>
        <Guard key={phase.name + viewOf(route)}>
          {phase.name === 'asking' && <p class="empty">Loading…</p>}
          {phase.name === 'sign-in' && <SignIn session={session} message={phase.message} />}
          {phase.name === 'unreachable' && (
            <p class="notice warn" role="alert"><strong>{troubleText(phase.error)}:</strong> {sentence(phase.error.message)} Trying again in {duration(Math.ceil(phase.retryIn / 1000))}.</p>
          )}
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
