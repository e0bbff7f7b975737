import type { ListenerMode } from '../core/index.ts';
import { hostPort } from '../core/index.ts';
import type { CertificateInUse, FirstAccount, Service } from '../service/index.ts';
import { shellWord } from './shell-word.ts';

/** What the first start of a server has made, and how to reach it. */
export interface FirstStart {
  readonly account: FirstAccount;
  readonly certificate: CertificateInUse;
  /** Then it has the names of this machine, and not one that an operator chose. */
  readonly isOfThisMachine: boolean;
  /** Those of the listeners that let the account in. */
  readonly addresses: Service['addresses'];
  /** What this program is run by. */
  readonly program: string;
  /** The command that makes a further account. */
  readonly addAccount: string;
}

const NO_LISTENER = `No listener lets this account in: name it in the \`accounts\` of one.\n`;

/** For programs: one line of JSON. It goes to standard error, so that no log keeps the password. */
export function firstStartJson({ account, certificate }: FirstStart): string {
  const { file, fingerprint, pin } = certificate;
  const { name, password } = account;
  return `${JSON.stringify({ event: 'first-account', account: name, password, certificate: file, fingerprint, pin })}\n`;
}

/** For people: what to write down, and commands to copy. */
export function firstStartText(start: FirstStart): string {
  const { account, certificate, isOfThisMachine, addresses, program, addAccount } = start;
  // Then clients must be told to trust it.
  const { isSelfSigned } = certificate;
  const commands = addresses.map(({ mode, address, port }) => {
    const named = isOfThisMachine ? undefined : /DNS:([^,]+)/.exec(certificate.names)?.[1];
    const host = named ?? reachable(address);
    const authority = isSelfSigned ? shellWord(certificate.file) : undefined;
    return commandsFor({ mode, host, port, account, program, authority });
  });
  return `
First start. Write the password down: it is not shown again.

  account      ${account.name}
  password     ${account.password}
  certificate  ${certificate.file}${isSelfSigned ? ' (self-signed)' : ''}
  fingerprint  ${certificate.fingerprint}
  pin          ${certificate.pin}

${commands.join('\n') || NO_LISTENER}
More accounts: ${addAccount}

`;
}

interface Target {
  readonly mode: ListenerMode;
  readonly host: string;
  readonly port: number;
  readonly account: FirstAccount;
  readonly program: string;
  /** The file to trust, where no public authority vouches for the certificate. */
  readonly authority: string | undefined;
}

function commandsFor({ mode, host, port, account: { name, password }, program, authority }: Target): string {
  if (mode === 'web') return `Files in a browser:\n\n  https://${hostPort(host, port)}/\n`;
  if (mode === 'sftp') return `SFTP on port ${port}:\n\n  sftp -P ${port} ${name}@${host}\n`;
  const isExplicit = mode === 'explicit';
  const ownUrl = `${isExplicit ? 'ftpes' : 'ftps'}://${name}@${hostPort(host, port)}/`;
  const own = `LOCKPORT_PASSWORD=${password} ${program} ls${authority === undefined ? '' : ` --ca ${authority}`} ${ownUrl}`;
  const url = `${isExplicit ? 'ftp' : 'ftps'}://${hostPort(host, port)}/`;
  const curl = `curl${isExplicit ? ' --ssl-reqd' : ''}${authority === undefined ? '' : ` --cacert ${authority}`} --user ${name}:${password}`;
  const lftp = [
    ...(isExplicit ? ['set ftp:ssl-force true'] : []),
    ...(authority === undefined ? [] : [`set ssl:ca-file ${authority}`]),
    // Not as an argument of lftp itself: it would connect before it has heard what to trust.
    `open -u ${name},${password} ${url}`,
  ];
  return `${isExplicit ? 'Explicit' : 'Implicit'} TLS on port ${port}:

  ${own}
  ${curl} ${url}
  ${curl} --upload-file FILE ${url}
  lftp -e "${lftp.join('; ')}"
`;
}

/** A listener on all addresses is reached by a name that the self-signed certificate has. */
function reachable(address: string): string {
  return address === '::' || address === '0.0.0.0' ? 'localhost' : address;
}
