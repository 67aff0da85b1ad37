import { useEffect, useState } from 'preact/hooks';
import type { Phase, Session } from './api/session';
import type { Activity } from './poll/activity';
import type { Route } from './router';

interface Props {
  readonly phase: Phase;
  readonly route: Route;
  readonly session: Session;
  readonly activity: Activity;
}

export function Header({ phase, route, session, activity }: Props) {
  const [isPaused, setPaused] = useState(activity.isPaused);
  useEffect(() => activity.subscribe(() => setPaused(activity.isPaused)), []);
  const isReady = phase.name === 'ready';
  return (
    <header class="top">
      <div class="bar">
        <a class="brand" href="#/">
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><rect x="1" y="11" width="18" height="7" rx="2" /><rect x="4" y="2" width="12" height="6.5" rx="2" /></svg>
          <span>{isReady ? phase.document.info?.title ?? 'Heavy Batch' : 'Heavy Batch'}</span>
        </a>
        {isReady && (
          <nav aria-label="Views">
            <a href="#/" aria-current={route.view === 'list' ? 'page' : undefined}>Runs</a>
            <a href="#/new" aria-current={route.view === 'new' ? 'page' : undefined}>New run</a>
          </nav>
        )}
        {isReady && (
          <div class="tools">
            <button type="button" class="small quiet" aria-pressed={isPaused} onClick={() => activity.pause(!isPaused)}>{isPaused ? 'Paused' : 'Pause'}</button>
            {phase.isSignedIn && <button type="button" class="small quiet" onClick={() => session.signOut()}>Sign out</button>}
          </div>
        )}
      </div>
    </header>
  );
}
