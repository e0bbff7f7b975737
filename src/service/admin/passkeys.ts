import { createHash } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { background, type Limits, type Passkey, type PasskeyStore } from '../../core/index.ts';
import { foreignOrigin } from './actor.ts';
import { type ApiFailure, apiFailure } from './api-failure.ts';
import type { HttpRequest } from './messages.ts';
import { PasskeyChallenges } from './passkey-challenges.ts';

type PasskeyLimits = Pick<Limits, 'maxAdminPasskeys' | 'passkeyChallengeMs' | 'maxPasskeyAnswers'>;
type Asked = Pick<HttpRequest, 'headers' | 'isSecure'>;

const LOGIN = 'login';
const NAME = 'Lockport';

/** Makes and checks passkeys of administrators by a library that is loaded with the first one. */
export class Passkeys {
  readonly store: PasskeyStore;
  readonly #limits: PasskeyLimits;
  readonly #challenges: PasskeyChallenges;

  constructor(store: PasskeyStore, limits: PasskeyLimits) {
    this.store = store;
    this.#limits = limits;
    this.#challenges = new PasskeyChallenges(limits.passkeyChallengeMs, limits.maxPasskeyAnswers);
  }

  /** What a browser is asked for, to make a passkey. */
  async creation(administrator: string, asked: Asked): Promise<PublicKeyCredentialCreationOptionsJSON | ApiFailure> {
    const library = await load();
    if (!library) return UNAVAILABLE;
    const { rpID } = siteOf(asked);
    return library.generateRegistrationOptions({
      rpName: NAME,
      rpID,
      userName: administrator,
      // The same for each passkey of an administrator: an authenticator has one of it, and replaces that.
      userID: Uint8Array.from(createHash('sha256').update(`lockport ${administrator}`).digest()),
      challenge: this.#challenges.make(purposeOf(administrator)),
      timeout: this.#limits.passkeyChallengeMs,
      attestationType: 'none',
      excludeCredentials: (await this.store.of(administrator)).map(({ id }) => ({ id })),
      // It is all that is asked for at a login: so the browser must know whose it is, and the authenticator who holds it.
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /** Keeps the passkey that a browser has made. @throws AdministratorError */
  async add(
    administrator: string,
    { label, response }: { readonly label: string; readonly response: object },
    asked: Asked,
  ): Promise<Passkey | ApiFailure> {
    const library = await load();
    if (!library) return UNAVAILABLE;
    const seen: string[] = [];
    const { origin, rpID } = siteOf(asked);
    const verified = await library
      .verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        expectedChallenge: (challenge) => {
          seen.push(challenge);
          return this.#challenges.isGood(challenge, purposeOf(administrator));
        },
        expectedOrigin: origin,
        expectedRPID: rpID,
        requireUserVerification: true,
      })
      .catch(() => undefined);
    if (!verified?.verified || !this.#challenges.answer(seen[0] ?? '')) return NOT_MADE;
    const { id, publicKey, counter } = verified.registrationInfo.credential;
    const passkey = {
      id,
      administrator,
      label,
      publicKey: Buffer.from(publicKey).toString('base64url'),
      counter,
      createdAt: new Date(),
    };
    await this.store.add(passkey, this.#limits.maxAdminPasskeys);
    return passkey;
  }

  /** What a browser is asked for, to sign in by whichever passkey it has for this site. */
  async request(asked: Asked): Promise<PublicKeyCredentialRequestOptionsJSON | ApiFailure> {
    const library = await load();
    if (!library) return UNAVAILABLE;
    return library.generateAuthenticationOptions({
      rpID: siteOf(asked).rpID,
      challenge: this.#challenges.make(LOGIN),
      timeout: this.#limits.passkeyChallengeMs,
      userVerification: 'required',
    });
  }

  /** Whether it is this passkey that has answered, now and to us. */
  async isAnswer(passkey: Passkey, response: object, asked: Asked): Promise<boolean> {
    const library = await load();
    if (!library || foreignOrigin(asked.headers, asked.isSecure)) return false;
    const seen: string[] = [];
    const { origin, rpID } = siteOf(asked);
    const verified = await library
      .verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge: (challenge) => {
          seen.push(challenge);
          return this.#challenges.isGood(challenge, LOGIN);
        },
        expectedOrigin: origin,
        expectedRPID: rpID,
        credential: {
          id: passkey.id,
          publicKey: Uint8Array.from(Buffer.from(passkey.publicKey, 'base64url')),
          counter: passkey.counter,
        },
        requireUserVerification: true,
      })
      // A counter that went back is an error, too: the authenticator may have been copied.
      .catch(() => undefined);
    if (!verified?.verified || !this.#challenges.answer(seen[0] ?? '')) return false;
    background(this.store.recordUse(passkey.id, verified.authenticationInfo.newCounter), () => undefined);
    return true;
  }
}

/** The site as the browser sees it. Which hosts there are has been checked where HTTP is spoken. */
function siteOf({ headers: { host = '' }, isSecure }: Asked): { readonly origin: string; readonly rpID: string } {
  return { origin: `${isSecure ? 'https' : 'http'}://${host}`, rpID: host.replace(/:\d+$/, '').toLowerCase() };
}

function purposeOf(administrator: string): string {
  return `passkey of ${administrator}`;
}

/** Undefined where it is not installed. */
async function load() {
  return import('@simplewebauthn/server').catch(() => undefined);
}

const UNAVAILABLE = apiFailure(
  'no-passkeys',
  'Passkeys need the package @simplewebauthn/server: install it beside lockport by "npm install @simplewebauthn/server"',
);
const NOT_MADE = apiFailure('invalid-request', 'That is no passkey that was asked for here: try again');
