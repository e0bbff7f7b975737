import { z } from 'zod';
import { ADMIN_ROLES } from '../../../core/index.ts';
import { EFFECTIVE_SETTINGS, GROUP_SETTINGS, OWN_SETTINGS } from '../field-schemas.ts';

/*
 * What answers look like. Each is strict: a field that nobody has described is a mistake that the tests find.
 */

const MOMENT = z.iso.datetime();
const TLS = z
  .looseObject({ version: z.string(), cipher: z.string(), resumed: z.boolean() })
  .meta({ id: 'Tls', description: 'What a handshake has agreed on' });
const SSH = z
  .strictObject({
    client: z.string(),
    keyExchange: z.string(),
    hostKey: z.string(),
    cipher: z.string(),
    mac: z.string().optional(),
  })
  .meta({ id: 'Ssh', description: 'What the first key exchange has agreed on' });
const DIRECTION = z.enum(['upload', 'download', 'listing']);

export const TRANSFER = z
  .strictObject({
    verb: z.string(),
    direction: DIRECTION,
    path: z.string(),
    offset: z.int(),
    since: MOMENT,
    totalBytes: z.int().optional(),
    bytes: z.int(),
    rate: z.number(),
    averageRate: z.number(),
    tls: TLS.optional(),
  })
  .meta({ id: 'Transfer' });

export const SESSION = z
  .strictObject({
    session: z.string(),
    protocol: z.enum(['ftp', 'sftp', 'web', 'api']),
    address: z.string(),
    port: z.int(),
    mode: z.enum(['explicit', 'implicit', 'sftp', 'web']),
    since: MOMENT,
    node: z.string().optional(),
    worker: z.int().optional(),
    account: z.string().optional(),
    user: z.string().optional(),
    tls: TLS.optional(),
    ssh: SSH.optional(),
    host: z.string().optional(),
    client: z.string().optional(),
    command: z.strictObject({ verb: z.string(), since: MOMENT }).optional(),
    transfer: TRANSFER.optional(),
    isSilent: z.literal(true).optional(),
  })
  .meta({ id: 'Session' });

export const ENDED = z.strictObject({
  session: z.string(),
  address: z.string(),
  account: z.string().optional(),
  outcome: z.enum(['ended', 'ending']),
});

export const WORKER = z.strictObject({
  worker: z.int(),
  pid: z.int().optional(),
  state: z.enum(['starting', 'serving', 'silent']),
  sessions: z.int(),
});

export const BAN = z
  .strictObject({
    network: z.string(),
    by: z.enum(['failed-logins', 'operator']),
    until: MOMENT.nullable(),
    since: MOMENT.optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Ban' });

export const CERTIFICATE = z
  .strictObject({
    subject: z.string(),
    names: z.string(),
    fingerprint: z.string(),
    isSelfSigned: z.boolean(),
    validTo: MOMENT,
    daysLeft: z.int(),
  })
  .meta({ id: 'Certificate' });

export const STATUS = z
  .strictObject({
    version: z.string(),
    node: z.string(),
    pid: z.int(),
    since: MOMENT,
    uptimeSeconds: z.int(),
    state: z.enum(['serving', 'draining']),
    listeners: z.array(z.looseObject({ mode: z.string(), address: z.string(), port: z.int() })),
    sessions: z.strictObject({
      total: z.int(),
      signedIn: z.int(),
      byAccount: z.array(z.strictObject({ account: z.string(), sessions: z.int() })),
    }),
    transfers: z.strictObject({ upload: z.int(), download: z.int(), listing: z.int() }),
    throughput: z.strictObject({ upload: z.number(), download: z.number() }),
    bans: z.strictObject({ byFailedLogins: z.int(), byOperators: z.int() }),
    certificates: z.array(CERTIFICATE),
    workers: z.array(WORKER),
    attention: z.array(z.strictObject({ code: z.string(), about: z.string().optional(), message: z.string() })),
    warnings: z.array(z.looseObject({ message: z.string() })),
  })
  .meta({ id: 'Status' });

export const RIGHTS_BELOW = z.looseObject({ path: z.string(), rights: z.array(z.string()) });
const ORIGIN = z.union([
  z.strictObject({ from: z.enum(['account', 'initial']) }),
  z.strictObject({ from: z.literal('group'), group: z.string() }),
]);
const UNREADABLE = z.strictObject({ name: z.string(), error: z.string() });

const LOGIN_TLS = z
  .union([
    z.literal('clear'),
    z.strictObject({
      version: z.string(),
      cipher: z.string(),
      keyExchange: z.string().optional(),
      clientKey: z.string().optional(),
    }),
  ])
  .describe('By what TLS or SSH the last login came');

const ACCOUNT_SHAPE = {
  name: z.string(),
  settings: EFFECTIVE_SETTINGS.describe('As they hold, with what groups give'),
  own: OWN_SETTINGS.describe('What the account says itself'),
  origins: z.record(z.string(), ORIGIN).describe('Where the value of each field comes from'),
  effectiveRights: z.array(RIGHTS_BELOW),
  state: z.enum(['active', 'disabled', 'expired', 'locked']),
  hasPassword: z.boolean(),
  mustChangePassword: z.boolean().describe('Its holder must set another one before anything else'),
  hasTotp: z.boolean().describe('It has a second factor'),
  createdAt: MOMENT,
  updatedAt: MOMENT,
  passwordChangedAt: MOMENT,
  passwordExpires: MOMENT.optional(),
  lastLoginAt: MOMENT.optional(),
  lastLoginTls: LOGIN_TLS.optional(),
  lockedUntil: MOMENT.optional(),
};

export const ACCOUNT = z.strictObject(ACCOUNT_SHAPE).meta({ id: 'Account' });
export const LISTED_ACCOUNT = z.union([ACCOUNT, UNREADABLE]);
export const MADE_ACCOUNT = z.strictObject({
  ...ACCOUNT_SHAPE,
  password: z.string().optional().describe('A generated one, this once'),
});

export const PRESET = z.strictObject({ name: z.string(), summary: z.string(), settings: OWN_SETTINGS });

export const GROUP = z
  .strictObject({
    name: z.string(),
    settings: GROUP_SETTINGS,
    members: z.int(),
    createdAt: MOMENT,
    updatedAt: MOMENT,
  })
  .meta({ id: 'Group' });
export const LISTED_GROUP = z.union([GROUP, UNREADABLE]);

export const RECORD = z
  .looseObject({ n: z.int(), at: z.string(), event: z.string() })
  .meta({ id: 'AuditRecord', description: 'See docs/audit.md' });

export const ADMINISTRATOR_SHAPE = {
  administrator: z.string(),
  role: z.enum(ADMIN_ROLES),
  groups: z.array(z.string()),
  disabled: z.boolean(),
  hasTotp: z.boolean(),
  mustChangePassword: z.boolean(),
  createdAt: MOMENT,
  passwordChangedAt: MOMENT,
  lastLoginAt: MOMENT.optional(),
  lockedUntil: MOMENT.optional(),
};
export const ADMINISTRATOR = z.strictObject(ADMINISTRATOR_SHAPE).meta({ id: 'Administrator' });
export const PASSKEY = z
  .strictObject({ id: z.string(), label: z.string(), createdAt: MOMENT, lastUsedAt: MOMENT.optional() })
  .meta({ id: 'Passkey' });
export const TOKEN_SHAPE = {
  id: z.string().describe('Names it; no secret'),
  administrator: z.string(),
  label: z.string(),
  role: z.enum(ADMIN_ROLES).describe('The most that it may do'),
  createdAt: MOMENT,
  expires: MOMENT,
  lastUsedAt: MOMENT.optional(),
};
export const TOKEN = z.strictObject(TOKEN_SHAPE).meta({ id: 'Token' });
export const LISTED_ADMINISTRATOR = ADMINISTRATOR.extend({ passkeys: z.int() });
export const TOTP = z
  .strictObject({ secret: z.string(), uri: z.string() })
  .describe('For the authenticator, this once');

export const ME = z
  .strictObject({
    administrator: z.string(),
    role: z.enum(ADMIN_ROLES),
    groups: z.array(z.string()).nullable().describe('The groups within reach; null: the whole server'),
    csrf: z.string().optional().describe('To be sent as x-csrf-token with all but GET, by a session'),
    token: z.string().optional().describe('The id of the token that was shown'),
    mustChangePassword: z.boolean().describe('Another password has to be set before anything else'),
  })
  .meta({ id: 'Me' });

const PROFILES = z.array(z.string());
/** As `lockport crypto report --json`. */
export const CRYPTO = z
  .strictObject({
    profile: z.string(),
    accounts: z.array(
      z.strictObject({
        account: z.string(),
        lastLoginAt: MOMENT.nullable(),
        tls: LOGIN_TLS.nullable(),
        lockedOutBy: PROFILES,
        unknownFor: PROFILES,
      }),
    ),
    unreadable: z.array(z.string()),
    limits: z.array(z.string()),
  })
  .meta({ id: 'CryptoReport' });

/** As `lockport policy check --json`. */
export const POLICY = z
  .strictObject({
    policy: z.string(),
    title: z.string(),
    isSet: z.boolean(),
    isMet: z.boolean(),
    findings: z.array(
      z.strictObject({
        clause: z.string(),
        isOurReading: z.boolean(),
        of: z.enum(['setting', 'account', 'group', 'administrator', 'program']),
        what: z.string(),
        expected: z.string(),
        found: z.string(),
        origin: z.string().optional(),
        isMet: z.boolean(),
      }),
    ),
    yours: z.array(z.strictObject({ clause: z.string(), what: z.string() })).describe('What no program can check'),
  })
  .meta({ id: 'PolicyReport' });
