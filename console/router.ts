/** What the part of the address after # names. */
export type Route =
  | { readonly view: 'list'; readonly job?: string; readonly status?: string; readonly next?: string }
  | { readonly view: 'new'; readonly job?: string }
  | { readonly view: 'run'; readonly id: string };

export function routeOf(hash: string): Route {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [first, second] = path.split('/').map(decoded);
  if (first === 'new') return { view: 'new', job: second || undefined };
  if (first === 'runs' && second) return { view: 'run', id: second };
  const parameters = new URLSearchParams(query);
  const of = (name: string) => parameters.get(name) || undefined;
  return { view: 'list', job: of('job'), status: of('status'), next: of('next') };
}

export function hashOf(route: Route): string {
  if (route.view === 'new') return route.job ? `#/new/${encodeURIComponent(route.job)}` : '#/new';
  if (route.view === 'run') return `#/runs/${encodeURIComponent(route.id)}`;
  const { job, status, next } = route;
  const given = Object.entries({ job, status, next }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '#/' : `#/?${new URLSearchParams(given)}`;
}

/** Whether another route is a new place for the reader. Who chooses a filter goes on there; another page of a list replaces the link that led to it. */
export function isNewPlace(before: Route, route: Route): boolean {
  if (before.view !== 'list' || route.view !== 'list') return viewOf(before) !== viewOf(route);
  return before.next !== route.next && before.job === route.job && before.status === route.status;
}

/** What is the same while filters and pages of a view change. */
export function viewOf(route: Route): string {
  return route.view === 'run' ? `run ${route.id}` : route.view;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
