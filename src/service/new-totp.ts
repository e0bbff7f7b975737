import { hostname } from 'node:os';
import { newTotpSecret, totpUri } from '../identity/index.ts';

/** Shown once, to be entered in an authenticator. */
export interface NewTotp {
  readonly secret: string;
  readonly uri: string;
}

export function newTotp(name: string): NewTotp {
  const secret = newTotpSecret();
  return { secret, uri: totpUri(secret, name, `Lockport ${hostname()}`) };
}
