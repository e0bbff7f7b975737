import { z } from 'zod';
import { foreignOrigin } from '../actor.ts';
import { addFirstOwner, shownAdministrator } from '../administrator-desk.ts';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { ADMINISTRATOR_SHAPE, TOTP } from './schemas.ts';

const NO_SUCH_LINK = apiFailure(
  'no-such-link',
  'This link is over or was used: start the server again for another one, or run "lockport admin add NAME --role owner"',
);

export const FIRST_OWNER_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/first-owner',
    summary: 'Become the owner of a server that nobody administers, by the link that it has printed',
    role: 'anyone',
    reach: 'groups',
    isRecorded: true,
    status: 201,
    body: z.strictObject({
      secret: z.string().max(256).describe('Of the link'),
      name: z.string().min(1).max(512),
      password: z.string().max(4096),
      totp: z.boolean().default(true).describe('Make a second factor'),
    }),
    answer: z.strictObject({ ...ADMINISTRATOR_SHAPE, totp: TOTP.optional() }),
    targetOf: ({ body }) => ({ administrator: body.name }),
    async act({ body: { secret, ...given }, request, desk }) {
      const foreign = foreignOrigin(request.headers, request.isSecure);
      if (foreign) return foreign;
      const work = () => addFirstOwner(desk, given);
      // Without a record there is somebody already: the link will never be good again.
      const made = await desk.invitation.use(secret, work, (outcome) => !outcome || !isApiFailure(outcome));
      if (!made) return NO_SUCH_LINK;
      if (isApiFailure(made)) return made;
      const after = shownAdministrator(made.record);
      return { body: { ...after, ...(made.totp && { totp: made.totp }) }, after };
    },
  }),
];
