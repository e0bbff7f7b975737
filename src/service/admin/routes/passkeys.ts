import { z } from 'zod';
import type { Passkey } from '../../../core/index.ts';
import { told } from '../administrator-desk.ts';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { sessionOf } from './login.ts';
import { ME, PASSKEY } from './schemas.ts';

/** As `PublicKeyCredential.toJSON()` of WebAuthn Level 3. Its library reads the rest. */
const RESPONSE = z.looseObject({
  id: z.string().min(1).max(2048),
  rawId: z.string().max(2048),
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: z.string().max(8192) }),
});
const OPTIONS = z.looseObject({ challenge: z.string() }).describe('For the browser, as WebAuthn Level 3 has them');
const LABEL = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !/\p{Cc}/u.test(text), 'a name has no control characters');

export const PASSKEY_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/login/passkey/options',
    summary: 'What a browser asks an authenticator for, to sign in by a passkey',
    role: 'anyone',
    reach: 'groups',
    answer: OPTIONS,
    async act({ request, desk }) {
      const options = await desk.passkeys.request(request);
      return isApiFailure(options) ? options : { body: options };
    },
  }),

  route({
    method: 'POST',
    path: '/login/passkey',
    summary: 'Begin a session by a passkey, without a password and a code',
    role: 'anyone',
    reach: 'groups',
    body: z.strictObject({ response: RESPONSE }),
    answer: ME,
    async act({ body: { response }, request, desk }) {
      const { passkeys, login } = desk;
      const passkey = await passkeys.store.find(response.id);
      const isAnswer = async () => passkey !== undefined && (await passkeys.isAnswer(passkey, response, request));
      const found = await login.signInByPasskey(passkey?.administrator ?? '', isAnswer, request.address);
      return isApiFailure(found) ? found : sessionOf(desk, found, request);
    },
  }),

  route({
    method: 'GET',
    path: '/me/passkeys',
    summary: 'The passkeys of oneself',
    role: 'auditor',
    reach: 'groups',
    answer: z.strictObject({ passkeys: z.array(PASSKEY) }),
    async act({ actor, desk }) {
      return { body: { passkeys: (await desk.passkeys.store.of(actor.administrator)).map(shownPasskey) } };
    },
  }),

  route({
    method: 'POST',
    path: '/me/passkeys/options',
    summary: 'What a browser asks an authenticator for, to make a passkey; it takes a session, and the password',
    role: 'auditor',
    reach: 'groups',
    isRecorded: true,
    body: z.strictObject({ password: z.string().max(4096).describe('The present one') }),
    answer: OPTIONS,
    async act({ body: { password }, actor, request, desk }) {
      if (!actor.session) return NO_SESSION;
      const refusal = await desk.login.confirm(actor.administrator, password, request.address);
      if (refusal) return refusal;
      const options = await desk.passkeys.creation(actor.administrator, request);
      return isApiFailure(options) ? options : { body: options };
    },
  }),

  route({
    method: 'POST',
    path: '/me/passkeys',
    summary: 'Keep the passkey that a browser has made by these options',
    role: 'auditor',
    reach: 'groups',
    isRecorded: true,
    status: 201,
    body: z.strictObject({ label: LABEL, response: RESPONSE }),
    answer: PASSKEY,
    async act({ body, actor, request, desk }) {
      if (!actor.session) return NO_SESSION;
      const made = await told(() => desk.passkeys.add(actor.administrator, body, request));
      if (isApiFailure(made)) return made;
      const after = shownPasskey(made);
      return { body: after, after };
    },
  }),

  route({
    method: 'DELETE',
    path: '/me/passkeys/{passkey}',
    summary: 'Remove a passkey of oneself; all sessions end, this one too',
    role: 'auditor',
    reach: 'groups',
    isRecorded: true,
    async act({ params, actor, desk }) {
      if (!actor.session) return NO_SESSION;
      return removed(await desk.passkeys.store.remove(actor.administrator, params['passkey'] ?? ''));
    },
  }),

  route({
    method: 'DELETE',
    path: '/administrators/{administrator}/passkeys',
    summary: 'Remove all passkeys of an administrator; its sessions end',
    role: 'owner',
    reach: 'server',
    isRecorded: true,
    async act({ params, desk }) {
      return removed(await desk.passkeys.store.remove(params['administrator'] ?? ''));
    },
  }),
];

const NO_SESSION = apiFailure('not-allowed', 'Passkeys take a session: a token makes and removes none');

function removed(count: number) {
  return count === 0 ? apiFailure('no-such-passkey', 'There is no such passkey') : { after: { passkeys: -count } };
}

function shownPasskey({ id, label, createdAt, lastUsedAt }: Passkey): z.output<typeof PASSKEY> {
  return {
    id,
    label,
    createdAt: createdAt.toISOString(),
    ...(lastUsedAt && { lastUsedAt: lastUsedAt.toISOString() }),
  };
}
