import { z } from 'zod';
import { isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { addToken, revokeToken, shownToken, tokensOf } from '../token-desk.ts';
import { PAGE_QUERY, pageFrom, pageSchema } from './page.ts';
import { TOKEN, TOKEN_SHAPE } from './schemas.ts';

const NAME = z.string().min(1).max(512).optional().describe('Whose; by default of whoever asks, and others for owners');

export const TOKEN_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/tokens',
    summary: 'The tokens of oneself; those of others for owners',
    role: 'auditor',
    reach: 'groups',
    query: z.strictObject({ ...PAGE_QUERY, administrator: NAME }),
    answer: pageSchema('tokens', TOKEN),
    async act({ query, actor, desk }) {
      const found = await tokensOf(desk, actor, query.administrator ?? actor.administrator);
      if (isApiFailure(found)) return found;
      const most = desk.service.limits().maxAdminPage;
      const { entries, ...next } = pageFrom(found.map(shownToken), ({ id }) => id, query, most);
      return { body: { tokens: entries, ...next } };
    },
  }),

  route({
    method: 'POST',
    path: '/tokens',
    summary: 'Make a token for a program, by a session: of oneself, and no wider; its text is shown this once',
    role: 'auditor',
    reach: 'groups',
    isRecorded: true,
    status: 201,
    body: z.strictObject({
      role: TOKEN_SHAPE.role,
      expires: TOKEN_SHAPE.expires,
      label: z
        .string()
        .max(200)
        .refine((text) => !/\p{Cc}/u.test(text), 'a label has no control characters')
        .default('')
        .describe('What it is for'),
      administrator: NAME,
    }),
    answer: z.strictObject({ ...TOKEN_SHAPE, token: z.string().describe('This once: it is kept nowhere') }),
    targetOf: ({ body }) => ({ administrator: body.administrator, label: body.label }),
    async act({ body: { administrator, expires, ...rest }, actor, desk }) {
      const given = { ...rest, administrator: administrator ?? actor.administrator, expires: new Date(expires) };
      const made = await addToken(desk, actor, given);
      if (isApiFailure(made)) return made;
      const after = shownToken(made.token);
      return { body: { ...after, token: made.text }, after };
    },
  }),

  route({
    method: 'DELETE',
    path: '/tokens/{token}',
    summary: 'Take a token back at once, by its id',
    role: 'auditor',
    reach: 'groups',
    isRecorded: true,
    async act({ params, actor, desk }) {
      const revoked = await revokeToken(desk, actor, params['token'] ?? '');
      return isApiFailure(revoked) ? revoked : { before: shownToken(revoked) };
    },
  }),
];
