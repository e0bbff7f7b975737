import type { KeyObject, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate, TlsFacts } from '../../core/index.ts';
import { isVerified } from '../node-internals/verified-peer.ts';
import { alternativeNames, commonNames } from './certificate-names.ts';

/** What both sides know of a connection whose handshake is done. */
export function tlsFacts(socket: TLSSocket): TlsFacts {
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    resumed: socket.isSessionReused(),
    ...(socket.alpnProtocol && { alpn: socket.alpnProtocol }),
  };
}

/** What the server knows of it. */
export function serverTlsFacts(socket: TLSSocket): TlsFacts {
  const certificate = socket.getPeerX509Certificate();
  return {
    ...tlsFacts(socket),
    ...(typeof socket.servername === 'string' && { serverName: socket.servername.toLowerCase() }),
    ...(certificate && { clientCertificate: clientCertificate(certificate, socket) }),
  };
}

function clientCertificate(certificate: X509Certificate, socket: TLSSocket): ClientCertificate {
  return {
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    commonNames: commonNames(certificate),
    alternativeNames: alternativeNames(certificate, ['DNS', 'email']),
    key: keyText(certificate.publicKey),
    verified: isVerified(socket),
  };
}

function keyText({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string {
  const { modulusLength, namedCurve } = asymmetricKeyDetails;
  return [(asymmetricKeyType ?? 'unknown').toUpperCase(), modulusLength ?? namedCurve].filter(Boolean).join(' ');
}
