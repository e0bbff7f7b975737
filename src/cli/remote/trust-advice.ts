import process from 'node:process';
import { ClientError, HostKeyError } from '../../client/index.ts';
import { printable } from '../../core/index.ts';
import { TrustError } from '../../transport/index.ts';
import { commandLineWith } from '../command-line.ts';

/** What to tell of a server that is not trusted: why, whom it shows, and how to go on. Undefined for other failures. */
export function trustAdvice(error: unknown): string | undefined {
  if (!(error instanceof ClientError)) return undefined;
  if (error.cause instanceof HostKeyError) return hostKeyAdvice(error.cause);
  if (!(error.cause instanceof TrustError)) return undefined;
  const { code, certificate, reasons } = error.cause;
  const { subject, issuer, names, validFrom, validTo, fingerprint, pin } = certificate;
  return `The server is not trusted; no password was sent. ${reasons.map((reason) => `${printable(reason)}.`).join(' ')}

  subject      ${printable(subject)}
  issuer       ${printable(issuer)}
  names        ${printable(names.join(', '))}
  valid        ${validFrom.toISOString()} to ${validTo.toISOString()}
  fingerprint  ${fingerprint}
  pin          ${pin}

${waysOn(code, pin)}`;
}

function waysOn(code: TrustError['code'], pin: string): string {
  const words = process.argv.slice(2);
  const line = (...flags: readonly string[]): string => commandLineWith(flags, words);
  switch (code) {
    case 'pin-mismatch':
      return 'Ask the operator of the server whether its key was changed. If so, replace the old pin by the new one.';
    case 'changed':
      return (
        'It showed another key last time: the key was changed, or somebody is in between. Ask the operator of the server. ' +
        'If it was changed, "lockport known-servers forget HOST:PORT" forgets the old one.'
      );
    case 'data-certificate-differs':
      return 'The data connection led to another server than the control connection.';
    default:
      return `If the operator of the server confirms the fingerprint, continue with one of these:

  ${line('--pin', pin)}
  ${line('--trust-on-first-use')}
  ${line('--ca', 'FILE')}

The first trusts this key. The second trusts it now and remembers it. The third trusts the authority in FILE.`;
  }
}

function hostKeyAdvice({ code, key, message }: HostKeyError): string {
  return `The server is not trusted; no password was sent. ${printable(message)}.

  key          ${printable(key.type)}
  fingerprint  ${key.fingerprint}

${hostKeyWaysOn(code, key.fingerprint)}`;
}

function hostKeyWaysOn(code: HostKeyError['code'], fingerprint: string): string {
  if (code !== 'unknown') return HOST_KEY_ADVICE[code];
  const words = process.argv.slice(2);
  return `If the operator of the server confirms the fingerprint, continue with one of these:

  ${commandLineWith(['--pin', fingerprint], words)}
  ${commandLineWith(['--trust-on-first-use'], words)}

The first trusts this key. The second trusts it now and keeps it in ~/.ssh/known_hosts.`;
}

const HOST_KEY_ADVICE: { readonly [code in Exclude<HostKeyError['code'], 'unknown'>]: string } = {
  changed:
    'DO NOT go on before the operator of the server has confirmed that its key was changed. If it was, ' +
    '"ssh-keygen -R HOST" (or -R "[HOST]:PORT") takes the old one out of ~/.ssh/known_hosts.',
  revoked: 'Whoever shows a revoked key may be anybody who has got hold of it. Ask the operator of the server.',
  authority:
    'Ask the operator of the server whether this is the fingerprint of its key, and give it with --pin if it is.',
  'pin-mismatch':
    'Ask the operator of the server whether its key was changed. If so, replace the old pin by the new one.',
};
