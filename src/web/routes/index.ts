import { WebFailure } from '../problem.ts';
import { FILE_ROUTES } from './files.ts';
import type { WebRoute } from './route.ts';
import { UPLOAD_ROUTES } from './uploads.ts';

const ROUTES: readonly WebRoute[] = [...FILE_ROUTES, ...UPLOAD_ROUTES];

/** The route of a request, and what stands in the place of `{id}`. @throws WebFailure */
export function findRoute(method: string, path: string): { readonly route: WebRoute; readonly id: string } {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = ROUTES.flatMap((route) => {
    const id = matched(route.path, path);
    return id === undefined ? [] : [{ route, id }];
  });
  const match = found.find(({ route }) => route.method === wanted);
  if (match) return match;
  if (found.length === 0) throw new WebFailure(404, 'not-found', 'There is nothing here: see docs/web.md');
  const allow = found.map(({ route }) => route.method).join(', ');
  throw new WebFailure(405, 'no-such-method', `Possible here: ${allow}`, { allow });
}

function matched(pattern: string, path: string): string | undefined {
  const [start = '', end] = pattern.split('{id}');
  if (end === undefined) return pattern === path ? '' : undefined;
  if (!path.startsWith(start) || !path.endsWith(end)) return undefined;
  const id = path.slice(start.length, path.length - end.length);
  return /^[\w-]{1,64}$/.test(id) ? id : undefined;
}

export { pathOf } from './route.ts';
export { shownMe } from './shown.ts';
