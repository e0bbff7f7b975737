import type { HandshakeFailure, TlsOffer } from '../../core/index.ts';

/** Why a handshake failed and what to change at which end, in words. */
export function handshakeWords(code: HandshakeFailure, reason: string, tls: TlsOffer | undefined): string {
  const alpn = tls?.offered?.alpn;
  if (alpn && !alpn.some((protocol) => FTP_PROTOCOLS.has(protocol))) {
    return `The client speaks another protocol, for it offers ${listed(alpn)} (ALPN): it is no FTP client, or is set to another one`;
  }
  return WORDS[code](reason, tls);
}

const FTP_PROTOCOLS: ReadonlySet<string> = new Set(['ftp', 'ftp-data', 'x-filezilla-ftp']);
const MAX_NAMED = 6;

const WORDS: { readonly [Code in HandshakeFailure]: (reason: string, tls: TlsOffer | undefined) => string } = {
  'not-tls': () =>
    'What came was no TLS: a client that is set to plain FTP, or to explicit TLS at the port of implicit TLS; set it to the mode of this port',
  'no-common-version': (reason, tls) => versionWords(reason, tls),
  'no-common-cipher': (reason, tls) => cipherWords(reason, tls),
  'certificate-refused': (_, tls) => {
    const name = tls?.offered?.serverName;
    const asked = name === undefined ? '' : ` (it asked for ${name})`;
    return `The client does not accept the certificate of this server${asked}: let it trust the authority, or confirm the certificate, at the client; or install a certificate that it trusts and that has the name by which it connects`;
  },
  'client-certificate': () =>
    'The client showed no certificate that leads to an authority that is trusted here: give the client one, or add its authority to tls.clientCertificates.authorities, or ask for none (tls.clientCertificates.ask)',
  timeout: (_, tls) =>
    tls?.offered
      ? 'The client began the handshake and did not end it in time: it waits for somebody to accept the certificate, or the network drops what the server sends'
      : 'The client began no handshake in time: it waits for a greeting, as one does that is set to explicit TLS at the port of implicit TLS, or a firewall holds TLS back',
  'peer-closed': (_, tls) =>
    tls?.offered
      ? 'The client ended the connection in the handshake, as clients do that do not accept the certificate, or whose user did not: look at what the client says'
      : 'The client ended the connection before it began the handshake: a port scanner, a health check, or a client without TLS',
  reset: () => 'The connection broke off in the handshake: the client ended it without a word, or the network did',
  injected: () =>
    'The client sent something in the clear behind the command that starts TLS: it is broken, or somebody between has put that in',
  other: (reason) => `The handshake failed: ${reason}`,
};

function versionWords(reason: string, tls: TlsOffer | undefined): string {
  const { offered, accepted } = tls ?? {};
  if (!offered || !accepted) return `The client and this server have no version of TLS in common: ${reason}`;
  const said = `The client offers ${listed(offered.versions)} only; this server accepts ${listed(accepted.versions)}`;
  if (offered.versions.includes('TLSv1.2') || offered.versions.includes('TLSv1.3')) {
    return `${said}: update the client or turn the newer version on in it, or let the server accept more (tls.profile, tls.minVersion, tls.maxVersion)`;
  }
  return `${said}: update the client, or turn TLS 1.2 on in it; older versions are broken, and this server never accepts them`;
}

function cipherWords(reason: string, tls: TlsOffer | undefined): string {
  const { offered, accepted } = tls ?? {};
  if (!offered || !accepted) return `The client and this server have no cipher in common: ${reason}`;
  const common = offered.ciphers.filter((cipher) => accepted.ciphers.includes(cipher));
  if (common.length > 0) {
    const groups = offered.groups.length > 0 ? listed(offered.groups) : 'none';
    return `The client offers ciphers that this server accepts, but no fitting way to exchange keys, or to sign with the key of the certificate (its groups: ${groups}): update the client, or install a certificate with another kind of key (RSA, ECDSA)`;
  }
  return `The client offers ${listed(offered.ciphers)}; this server accepts none of them but ${listed(accepted.ciphers)}: update the client, or turn ciphers with ECDHE and GCM on in it`;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const shown = names.slice(0, MAX_NAMED).map((name) => name.replace(/^TLSv1$/, 'TLS 1.0').replace(/^TLSv/, 'TLS '));
  const more = names.length > MAX_NAMED ? [`${names.length - MAX_NAMED} more`] : [];
  const all = [...shown, ...more];
  return all.length === 1 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
