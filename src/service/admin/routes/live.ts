import { actorOf } from '../actor.ts';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import { EventFeed } from '../event-feed.ts';
import { type ApiCall, type Route, route } from '../route.ts';
import { askOf } from './ask.ts';
import { STATISTICS } from './report-schemas.ts';

export const LIVE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/statistics',
    summary:
      'The last hour by minutes: bytes that moved, logins, failed ones, and refusals; the present minute is the last',
    role: 'auditor',
    reach: 'server',
    answer: STATISTICS,
    async act({ desk }) {
      const { sessions } = await desk.service.liveView();
      return { body: { stepSeconds: 60, steps: desk.service.activity.series(sessions) } };
    },
  }),

  route({
    method: 'GET',
    path: '/events/stream',
    summary: 'What happens, live, as server-sent events; whoever is limited to groups sees what their accounts do',
    role: 'auditor',
    reach: 'groups',
    streams: 'text/event-stream',
    act: (call) => {
      const { desk, actor } = call;
      const limits = desk.service.limits();
      const { administrator } = actor;
      const open = desk.feeds.get(administrator) ?? 0;
      if (open >= limits.maxAdminStreamsEach) {
        return apiFailure('too-many-streams', `An administrator listens ${limits.maxAdminStreamsEach} times at most`);
      }
      desk.feeds.set(administrator, open + 1);
      const onEnd = () => {
        const left = (desk.feeds.get(administrator) ?? 1) - 1;
        if (left > 0) desk.feeds.set(administrator, left);
        else desk.feeds.delete(administrator);
      };
      return { stream: new EventFeed({ limits, listen: desk.listen, check: () => seenBy(call), onEnd }) };
    },
  }),
];

/** Whose events whoever has asked may see at this moment. It may be nobody any more, and listening keeps no session alive. */
async function seenBy({ request, desk }: Pick<ApiCall<unknown, unknown>, 'request' | 'desk'>) {
  const actor = await actorOf(request, desk, { isActive: false });
  if (isApiFailure(actor)) return actor;
  if (actor.mustChangePassword) return apiFailure('password-due', 'Set another password first');
  if (desk.service.bans.find(request.address))
    return apiFailure('banned', 'Connections from your address are not accepted');
  return actor.groups && new Set(await desk.accounts.call('names', askOf(actor, desk)));
}
