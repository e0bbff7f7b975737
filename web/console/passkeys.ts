import type { Me } from '../../src/service/admin/answers.ts';
import { type Answer, ask } from '../shared/api.ts';
import { words } from './words/index.ts';

type CreationJson = Parameters<typeof PublicKeyCredential.parseCreationOptionsFromJSON>[0];
type RequestJson = Parameters<typeof PublicKeyCredential.parseRequestOptionsFromJSON>[0];

interface NewPasskey {
  readonly label: string;
  /** The present one: whoever finds a page open must not be able to come again. */
  readonly password: string;
}

/** Browsers tie a passkey to a name, so there are none at a bare address such as 127.0.0.1 (WebAuthn Level 3, section 5.1.3). */
export function canUsePasskeys(): boolean {
  return 'PublicKeyCredential' in globalThis && !isAddress(location.hostname);
}

/** Where the same console has a name; undefined where nobody can tell. */
export function placeForPasskeys(): string | undefined {
  if (location.hostname !== '127.0.0.1' && location.hostname !== '[::1]') return undefined;
  return `${location.protocol}//localhost${location.port === '' ? '' : `:${location.port}`}/`;
}

/** Has the browser make a passkey, and the server keep it. */
export async function makePasskey({ label, password }: NewPasskey): Promise<Answer<unknown>> {
  const options = await ask<CreationJson>('POST', '/me/passkeys/options', { body: { password } });
  if (!options.ok) return options;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.body);
  return withBrowser(
    () => navigator.credentials.create({ publicKey }),
    (response) => ask('POST', '/me/passkeys', { body: { label, response } }),
  );
}

/** Begins a session by a passkey that somebody chooses. */
export async function signInByPasskey(): Promise<Answer<Me>> {
  const options = await ask<RequestJson>('POST', '/login/passkey/options');
  if (!options.ok) return options;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.body);
  return withBrowser(
    () => navigator.credentials.get({ publicKey }),
    (response) => ask<Me>('POST', '/login/passkey', { body: { response } }),
  );
}

async function withBrowser<Body>(
  work: () => Promise<Credential | null>,
  send: (response: object) => Promise<Answer<Body>>,
): Promise<Answer<Body>> {
  try {
    const credential = await work();
    if (credential instanceof PublicKeyCredential) return await send(credential.toJSON());
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    const message = error.name === 'InvalidStateError' ? words.passkeys.isThere : words.passkeys.gaveUp;
    return { ok: false, failure: { status: 400, code: 'no-passkey', message } };
  }
  return { ok: false, failure: { status: 400, code: 'no-passkey', message: words.passkeys.gaveUp } };
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host);
}
