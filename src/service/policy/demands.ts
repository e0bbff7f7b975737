import { atLeast, atLeastOrForEver, atMost, type Comparison, fromOneTo, oneOf } from './comparison.ts';

/** The rules of somebody who audits, as values of settings. */
export const POLICY_NAMES = ['pci', 'hipaa', 'nist'] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

/** Where a demand comes from. */
interface Source {
  /** Document and section. */
  readonly clause: string;
  /** The document gives no number: this one is how we read it. */
  readonly isOurReading?: true;
}

/** What a setting of the configuration must be. */
export interface SettingDemand extends Source {
  /** `passwords.minLength` */
  readonly setting: string;
  /** Its place in an entry of `listeners`, which may say otherwise for itself. */
  readonly inListener?: readonly string[];
  /** The value that the policy sets where nobody does and the default is too weak, as an operator would write it. */
  readonly set: unknown;
  readonly comparison: Comparison;
}

/** What a field of accounts and groups must be, where they say something of their own. */
export interface AccountDemand extends Source {
  /** `ftp.sessionReuse` */
  readonly field: string;
  readonly comparison: Comparison;
}

/** What only the state of an account or an administrator shows: the names of `ACCOUNT_STATES`. */
export interface StateDemand extends Source {
  readonly state: 'inactive' | 'weak-hash' | 'old-password';
}

/** What no setting decides, since Lockport has no other way, or this machine does. */
export interface FactDemand extends Source {
  readonly fact: 'no-anonymous' | 'password-hash' | 'signed-audit' | 'fips-provider';
}

/** All that a policy demands. */
export interface PolicyProfile {
  readonly title: string;
  readonly settings: readonly SettingDemand[];
  readonly accounts: readonly AccountDemand[];
  readonly states: readonly StateDemand[];
  readonly facts: readonly FactDemand[];
  /** What no program can check. */
  readonly yours: readonly (readonly [clause: string, what: string])[];
}

const FIFTEEN_MINUTES = 900_000;
const HOUR = 3_600_000;
const HALF_A_DAY = 43_200_000;
const DAY = 86_400_000;
const SESSION_REUSE = ['strict', 'require'] as const;

/** No password and no file travels in clear, and nobody takes over another's data connection. */
function protectedBy(login: string, data: string): readonly SettingDemand[] {
  return [
    row('plainFtp.login', 'refuse', oneOf('refuse'), login, ['plainFtp', 'login']),
    row('plainFtp.data', 'refuse', oneOf('refuse'), data, ['plainFtp', 'data']),
    row('tls.sessionReuse', 'require', oneOf(...SESSION_REUSE), data, ['sessionReuse']),
    row('tls.endOfStream', 'strict', oneOf('strict'), data),
  ];
}

function accountsProtectedBy(clause: string): readonly AccountDemand[] {
  return [
    { field: 'ftp.sessionReuse', comparison: oneOf(undefined, ...SESSION_REUSE), clause },
    { field: 'ftp.endOfStream', comparison: oneOf(undefined, 'strict'), clause },
  ];
}

/** Every policy: one row for each demand. */
export const POLICIES: { readonly [name in PolicyName]: PolicyProfile } = {
  pci: {
    title: 'PCI DSS 4.0.1',
    settings: [
      ...protectedBy('PCI DSS 8.3.2', 'PCI DSS 4.2.1'),
      row('passwords.minLength', 12, atLeast(12), 'PCI DSS 8.3.6'),
      row('passwords.composition', 'letters-and-digits', oneOf('letters-and-digits'), 'PCI DSS 8.3.6'),
      row('passwords.history', 4, atLeast(4), 'PCI DSS 8.3.7'),
      row('passwords.changeAfterReset', true, oneOf(true), 'PCI DSS 8.3.5'),
      row('passwords.maxAge', '90d', atMost(90 * DAY, '90d or less'), 'PCI DSS 8.3.9'),
      row('passwords.lockAfter', 10, fromOneTo(10), 'PCI DSS 8.3.4'),
      row('passwords.lockFor', '30m', atLeast(HOUR / 2, '30m or more'), 'PCI DSS 8.3.4'),
      row('limits.idleMs', 300_000, atMost(FIFTEEN_MINUTES, '900000 (15 minutes) or less'), 'PCI DSS 8.2.8'),
      row('admin.requireTotp', true, oneOf(true), 'PCI DSS 8.4.1'),
      row(
        'limits.adminIdleMs',
        FIFTEEN_MINUTES,
        atMost(FIFTEEN_MINUTES, '900000 (15 minutes) or less'),
        'PCI DSS 8.2.8',
      ),
      reading('limits.adminSessionMs', HALF_A_DAY, atMost(HALF_A_DAY, '43200000 (12 hours) or less'), 'PCI DSS 8.2.8'),
      row('audit.enabled', true, oneOf(true), 'PCI DSS 10.2.1'),
      reading('audit.onFailure', 'refuse', oneOf('refuse'), 'PCI DSS 10.2.1'),
      row('audit.keepDays', 365, atLeastOrForEver(365, '365 or more, or 0 (for ever)'), 'PCI DSS 10.5.1'),
      row('audit.keepBytes', 0, oneOf(0), 'PCI DSS 10.5.1'),
    ],
    accounts: accountsProtectedBy('PCI DSS 4.2.1'),
    states: [
      { state: 'inactive', clause: 'PCI DSS 8.2.6' },
      { state: 'old-password', clause: 'PCI DSS 8.3.9' },
      { state: 'weak-hash', clause: 'PCI DSS 8.3.2' },
    ],
    facts: [
      { fact: 'no-anonymous', clause: 'PCI DSS 8.2.1' },
      { fact: 'password-hash', clause: 'PCI DSS 8.3.2' },
      { fact: 'signed-audit', clause: 'PCI DSS 10.3.4' },
    ],
    yours: [
      [
        'PCI DSS 3.5.1',
        'files with card numbers are unreadable on the disk (encrypt it, or the files before they are sent)',
      ],
      ['PCI DSS 4.2.1.1, 12.3.3', 'an inventory of certificates, keys and ciphers, and a yearly look at it'],
      ['PCI DSS 8.2.2', 'each account belongs to one person or program'],
      [
        'PCI DSS 8.4.2',
        'a second factor for people who reach card data ("user totp NAME", or "user set NAME --certificate with-password")',
      ],
      ['PCI DSS 10.3.3', 'records are copied elsewhere ("audit export", or syslog over TLS)'],
      ['PCI DSS 10.4.1', 'somebody looks at the records every day'],
      ['PCI DSS 10.6.1', 'the clock of this machine is set by a time server'],
    ],
  },
  hipaa: {
    title: 'HIPAA Security Rule (45 CFR 164.306 to 164.316)',
    settings: [
      ...protectedBy('45 CFR 164.312(d)', '45 CFR 164.312(e)(1)'),
      reading('passwords.minLength', 12, atLeast(12), '45 CFR 164.308(a)(5)(ii)(D)'),
      reading('passwords.lockAfter', 10, fromOneTo(10), '45 CFR 164.308(a)(5)(ii)(C)'),
      reading(
        'limits.idleMs',
        300_000,
        atMost(FIFTEEN_MINUTES, '900000 (15 minutes) or less'),
        '45 CFR 164.312(a)(2)(iii)',
      ),
      reading('admin.requireTotp', true, oneOf(true), '45 CFR 164.312(d)'),
      reading(
        'limits.adminIdleMs',
        FIFTEEN_MINUTES,
        atMost(FIFTEEN_MINUTES, '900000 (15 minutes) or less'),
        '45 CFR 164.312(a)(2)(iii)',
      ),
      reading(
        'limits.adminSessionMs',
        HALF_A_DAY,
        atMost(HALF_A_DAY, '43200000 (12 hours) or less'),
        '45 CFR 164.312(a)(2)(iii)',
      ),
      row('audit.enabled', true, oneOf(true), '45 CFR 164.312(b)'),
      row(
        'audit.keepDays',
        2192,
        atLeastOrForEver(2192, '2192 (six years) or more, or 0 (for ever)'),
        '45 CFR 164.316(b)(2)(i)',
      ),
      row('audit.keepBytes', 0, oneOf(0), '45 CFR 164.316(b)(2)(i)'),
      reading('digestTransfers', true, oneOf(true), '45 CFR 164.312(c)(2)'),
    ],
    accounts: accountsProtectedBy('45 CFR 164.312(e)(1)'),
    states: [{ state: 'weak-hash', clause: '45 CFR 164.308(a)(5)(ii)(D)' }],
    facts: [
      { fact: 'no-anonymous', clause: '45 CFR 164.312(a)(2)(i)' },
      { fact: 'signed-audit', clause: '45 CFR 164.312(c)(1)' },
    ],
    yours: [
      ['45 CFR 164.308(a)(1)', 'a risk analysis, and somebody who looks at the records regularly'],
      ['45 CFR 164.308(a)(3), (5)', 'who may have an account, when it goes, and training'],
      ['45 CFR 164.308(a)(7)', 'backups of the files and of "lockport backup", and a restore that was tried'],
      ['45 CFR 164.308(b)', 'an agreement with each partner'],
      ['45 CFR 164.312(a)(2)(i)', 'each account belongs to one person or program'],
      ['45 CFR 164.312(a)(2)(iv)', 'the disk with the files is encrypted'],
    ],
  },
  nist: {
    title: 'NIST SP 800-52r2, 800-63B-4 and 800-53r5',
    settings: [
      ...protectedBy('SP 800-53r5 IA-5(1)', 'SP 800-53r5 SC-8'),
      row('tls.profile', 'fips', oneOf('fips'), 'SP 800-52r2 3.3.1', ['tls', 'profile']),
      row('tls.maxVersion', undefined, oneOf(undefined, 'TLSv1.3'), 'SP 800-52r2 3.1', ['tls', 'maxVersion']),
      row('passwords.minLength', 15, atLeast(15), 'SP 800-63B-4 3.1.1.2'),
      row('passwords.composition', 'any', oneOf('any'), 'SP 800-63B-4 3.1.1.2'),
      reading('passwords.minScore', 3, atLeast(3), 'SP 800-63B-4 3.1.1.2'),
      row('passwords.maxAge', undefined, oneOf(undefined), 'SP 800-63B-4 3.1.1.2'),
      row('passwords.lockAfter', 100, fromOneTo(100), 'SP 800-63B-4 3.2.2'),
      row('limits.idleMs', 300_000, atMost(HOUR, '3600000 (one hour) or less'), 'SP 800-63B-4 2.2.3'),
      row('admin.requireTotp', true, oneOf(true), 'SP 800-53r5 IA-2(1)'),
      row('limits.adminIdleMs', FIFTEEN_MINUTES, atMost(HOUR, '3600000 (one hour) or less'), 'SP 800-63B-4 2.2.3'),
      row('limits.adminSessionMs', HALF_A_DAY, atMost(DAY, '86400000 (24 hours) or less'), 'SP 800-63B-4 2.2.3'),
      row('audit.enabled', true, oneOf(true), 'SP 800-53r5 AU-2, AU-12'),
      reading(
        'audit.keepDays',
        912,
        atLeastOrForEver(912, '912 (30 months) or more, or 0 (for ever)'),
        'SP 800-53r5 AU-11',
      ),
      row('audit.keepBytes', 0, oneOf(0), 'SP 800-53r5 AU-11'),
    ],
    accounts: accountsProtectedBy('SP 800-53r5 SC-8'),
    states: [{ state: 'weak-hash', clause: 'SP 800-63B-4 3.1.1.2' }],
    facts: [
      { fact: 'fips-provider', clause: 'FIPS 140-3' },
      { fact: 'no-anonymous', clause: 'SP 800-53r5 IA-2' },
      { fact: 'signed-audit', clause: 'SP 800-53r5 AU-9, AU-10' },
    ],
    yours: [
      ['SP 800-53r5 AC-2', 'who may have an account, and when it goes'],
      ['SP 800-53r5 AU-6', 'somebody looks at the records'],
      ['SP 800-53r5 AU-8', 'the clock of this machine is set by a time server'],
      [
        'SP 800-53r5 IA-2(1)',
        'a second factor for people ("user totp NAME", or "user set NAME --certificate with-password")',
      ],
      ['SP 800-53r5 SC-28', 'the disk with the files is encrypted'],
      ['SP 800-57 part 1', 'who holds the keys, and when they are changed'],
    ],
  },
};

function row(
  setting: string,
  set: unknown,
  comparison: Comparison,
  clause: string,
  inListener?: readonly string[],
): SettingDemand {
  return { setting, set, comparison, clause, ...(inListener && { inListener }) };
}

function reading(setting: string, set: unknown, comparison: Comparison, clause: string): SettingDemand {
  return { ...row(setting, set, comparison, clause), isOurReading: true };
}
