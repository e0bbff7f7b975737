import { z } from 'zod';
import { POLICY_NAMES } from '../policy/demands.ts';
import { adminField } from './admin-fields.ts';
import { auditFields } from './audit-fields.ts';
import {
  countOrWord,
  duration,
  fileMode,
  filePath,
  flag,
  groupName,
  listOf,
  oneOf,
  section,
  text,
  whole,
} from './fields.ts';
import { gatesField } from './gate-fields.ts';
import { limitFields } from './limit-fields.ts';
import {
  listenerField,
  passiveFields,
  plainFtpFields,
  sessionReuseField,
  tlsVersionFields,
} from './listener-fields.ts';
import { metricsField, tracingField } from './monitoring-fields.ts';
import { expiryMailField, mailServerField, rulesField, temporaryNamesField } from './rule-fields.ts';
import { sftpField } from './sftp-fields.ts';
import { type Storages, storagesField } from './storage-fields.ts';
import { syslogField } from './syslog-fields.ts';
import { webField } from './web-fields.ts';

/** More processors than that have other things to wait for. */
const MAX_WORKERS = 256;

/** All settings of `lockport.yaml`, in the operator's words. Environment, flags and documents derive from it. */
export const configurationSchema = section({
  dataDir: filePath('Directory of accounts and certificate, and of the files unless `root` names another').default(
    'lockport-data',
  ),
  root: filePath('Directory that holds the accounts’ files (default: `files` in dataDir)').optional(),
  storages: storagesField(
    'Where files are, by name; `default` holds the accounts’ homes, and `root` is its short form',
  ),
  policy: oneOf(
    POLICY_NAMES,
    'Rules of PCI DSS, HIPAA or NIST: sets what they demand, and refuses weaker settings and accounts ("lockport policy check")',
  ).optional(),
  log: oneOf(['pretty', 'json'], 'Format of the log on standard output').default('pretty'),
  logLevel: oneOf(
    ['debug', 'info', 'warn', 'error'],
    'Lowest level of events that are logged; commands have the level debug',
  ).default('info'),
  listen: text(
    'Address to listen on (default: all, IPv4 and IPv6)',
    'an IP address, quoted if it has a colon',
  ).optional(),
  explicit: listener('FTP that is secured by AUTH TLS', '21, or 2121 without the privilege for 21'),
  implicit: listener('TLS from the first byte', '990, or 2990 without the privilege for 990'),
  listeners: listOf(
    listenerField,
    'listeners, each with its "mode"',
    'Listeners with rules of their own, instead of `explicit` and `implicit`',
  ),
  sftp: sftpField,
  web: webField,
  workers: countOrWord(
    MAX_WORKERS,
    'auto',
    'Worker processes that share the sessions (auto: one for each processor; 1: one process does everything)',
  ).default(1),
  passive: section(passiveFields).prefault({}),
  active: flag('Active mode (PORT, EPRT): the server connects to the client'),
  plainFtp: section({
    login: plainFtpFields.login.default('refuse'),
    data: plainFtpFields.data.default('refuse'),
  }).prefault({}),
  tls: section({
    ...tlsVersionFields,
    profile: tlsVersionFields.profile.default('intermediate'),
    certificates: listOf(
      section({
        certificate: filePath('Certificate, then its intermediates (PEM)'),
        key: filePath('Its private key (PEM)'),
      }),
      'pairs of certificate and key',
      'Certificates, selected by the name that a client asks for; the first is the default (none: a self-signed one)',
    ),
    clientCertificates: section({
      ask: oneOf(
        ['off', 'request', 'require'],
        'Whether clients may or must show a certificate; each account sets what the certificate is for',
      ).default('off'),
      authorities: listOf(
        filePath('Authority (PEM)'),
        'paths',
        'Authorities that must have issued client certificates',
      ),
    }).prefault({}),
    sessionReuse: sessionReuseField.default('require'),
    endOfStream: oneOf(
      ['strict', 'lenient'],
      'strict: an upload without a proper end of TLS (close_notify) is never published',
    ).default('strict'),
  }).prefault({}),
  passwords: section({
    minLength: whole(8, 128, 'Fewest characters of a password, where one is set').default(12),
    minScore: whole(
      0,
      4,
      'Least strength of a password, where one is set: 3 resists guessing at the server, 4 a stolen hash (zxcvbn; 0: not measured)',
    ).default(0),
    composition: oneOf(
      ['any', 'letters-and-digits'],
      'What a password must be made of, where one is set: anything, or letters and digits, both of them',
    ).default('any'),
    history: whole(
      0,
      50,
      'How many passwords of an account, the present one included, a new one must differ from',
    ).default(0),
    changeAfterReset: flag(
      'A password that an operator sets must be changed by its holder before anything else (SITE PSWD)',
    ),
    maxAge: duration('How long a password can be used to sign in, such as 90d (default: without end)').optional(),
    lockAfter: whole(
      0,
      100,
      'Wrong passwords within `limits.failedLoginWindowMs` after which an account is locked; anybody can lock out others then (0: never)',
    ).default(0),
    lockFor: duration('How long a locked account stays locked').prefault('30m'),
  }).prefault({}),
  storage: section({
    durability: oneOf(
      ['durable', 'fast'],
      'durable: files are on the disk before the reply; fast: the system decides when',
    ).default('durable'),
  }).prefault({}),
  files: section({
    mode: fileMode('Permission bits of uploaded files (default: 0644 less the umask)').optional(),
    group: groupName('Group of new files and directories, by name or number (default: set by the system)').optional(),
    renameAcross: oneOf(
      ['refuse', 'copy'],
      'A file that is renamed from one storage into another: refuse, or copy it, compare both and remove the original',
    ).default('refuse'),
  }).prefault({}),
  site: section({
    symlink: flag('SITE SYMLINK'),
  }).prefault({}),
  compression: flag('MODE Z, compressed transfers'),
  greeting: text('First line that a client sees').optional(),
  hosts: listOf(
    text('Name'),
    'names',
    'Virtual hosts for the HOST command, in addition to the names of the certificates',
  ),
  runAs: section({
    user: text('User to switch to after the ports are open, if started as root').optional(),
    group: text('Group (default: the user’s own)').optional(),
  }).prefault({}),
  rules: rulesField,
  gates: gatesField,
  quarantine: filePath(
    'Directory for files that a gate has refused, where it keeps them (default: `quarantine` in dataDir)',
  ).optional(),
  mail: mailServerField,
  expiryMail: expiryMailField,
  temporaryNames: temporaryNamesField,
  digestTransfers: flag('Log and record the SHA-256 of each transfer'),
  audit: section(auditFields).prefault({}),
  metrics: metricsField,
  admin: adminField,
  syslog: syslogField,
  tracing: tracingField,
  limits: section(limitFields).prefault({}),
});

export type ParsedConfiguration = z.output<typeof configurationSchema>;
export type Configuration = Omit<ParsedConfiguration, 'root' | 'storages' | 'quarantine'> & {
  readonly quarantine: string;
  /** That of `storages.default`. */
  readonly root: string;
  readonly storages: Storages;
};

function listener(summary: string, port: string) {
  return section({
    enabled: z.boolean('true or false').default(true).describe(summary),
    address: text('Address to listen on (default: that of `listen`)').optional(),
    port: whole(0, 65_535, `Port; 0 takes any free one (default: ${port})`).optional(),
  }).prefault({});
}
