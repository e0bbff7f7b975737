import type { z } from 'zod';
import { filePath, flag, listOf, oneOf, section, text, whole } from './fields.ts';

const FACILITIES = [
  'user',
  'daemon',
  'auth',
  'authpriv',
  'ftp',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

/** A log server, beside standard output. */
export const syslogField = section({
  enabled: flag('Send the log to a syslog server, too (RFC 5424)'),
  address: text('Name or address of the syslog server').default('127.0.0.1'),
  port: whole(1, 65_535, 'Port (default: 6514 with TLS, 514 without)').optional(),
  protocol: oneOf(
    ['tls', 'tcp-in-clear', 'udp-in-clear'],
    'tls: RFC 5425; tcp-in-clear (RFC 6587) and udp-in-clear (RFC 5426) show the log to all on the way',
  ).default('tls'),
  tls: section({
    authorities: listOf(
      filePath('Authority (PEM)'),
      'paths',
      'Authorities, one of which must have issued the certificate of the syslog server (none: those of the system)',
    ),
    serverName: text('Name that its certificate must have (default: address)').optional(),
    certificate: filePath('Certificate that this server shows (PEM)').optional(),
    key: filePath('Its private key (PEM)').optional(),
  }).prefault({}),
  facility: oneOf(FACILITIES, 'Facility of the messages').default('ftp'),
}).prefault({});

export type SyslogSettings = z.output<typeof syslogField>;
