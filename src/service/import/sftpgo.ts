import { z } from 'zod';
import {
  type GroupSettings,
  isGroupName,
  type NewAccount,
  printable,
  publicKeyLine,
  type Right,
  type RightsRule,
} from '../../core/index.ts';
import { ImportError } from './import-error.ts';
import {
  AccountList,
  allowedFrom,
  Findings,
  homeBelow,
  type Imported,
  type ImportedFile,
  importedPath,
  inFile,
  keptHash,
} from './imported.ts';

const MAX_ACCOUNTS = 100_000;
const amount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0);
const list = z.array(z.string()).nullish();

/** What users and groups have in common. */
const LIMITS = {
  home_dir: z.string().default(''),
  permissions: z.record(z.string(), z.array(z.string())).nullish(),
  max_sessions: amount,
  quota_size: amount,
  quota_files: amount,
  /** In KiB per second. */
  upload_bandwidth: amount,
  download_bandwidth: amount,
  filters: z.looseObject({ allowed_ip: list, denied_protocols: list, denied_login_methods: list }).nullish(),
  filesystem: z.looseObject({ provider: z.number().default(0) }).nullish(),
};

const USER = z.looseObject({
  username: z.string(),
  password: z.string().default(''),
  status: z.number().default(1),
  /** In milliseconds; 0: never. */
  expiration_date: z.number().min(0).max(8.64e15).default(0),
  public_keys: list,
  groups: z.array(z.looseObject({ name: z.string(), type: z.number() })).nullish(),
  ...LIMITS,
});
const GROUP = z.looseObject({ name: z.string(), user_settings: z.looseObject(LIMITS).optional() });
const DUMP = z.looseObject({
  users: z.array(USER).max(MAX_ACCOUNTS).nullish(),
  groups: z.array(GROUP).max(MAX_ACCOUNTS).nullish(),
});

type Limits = z.output<z.ZodObject<typeof LIMITS>>;
type User = z.output<typeof USER>;

/** What of a user is read below. All else that has a value is said to be left out. */
const READ_OF_USER = new Set(['username', 'password', 'status', 'expiration_date', 'public_keys', 'groups']);
const READ_OF_LIMITS = new Set(Object.keys(LIMITS));
const READ_OF_FILTERS = new Set(['allowed_ip', 'denied_protocols', 'denied_login_methods']);
/** What is no setting: SFTPGo's own count of time and use. */
const NO_SETTING =
  /^(?:id|created_at|updated_at|last_login|last_quota_update|last_password_change|used_\w+|first_\w+|has_password|users|admins)$/;
/** What keeps somebody out, or asks for more, on the other server. */
const PROTECTS =
  /denied|tls|security|two_factor|totp|require|strength|expiration|access_time|patterns|max_upload|data_transfer/;

const PRIMARY = 1;

/** SFTPGo's dump of users and groups (`dumpdata`, or the backup of its web interface). */
export function readSftpgo(files: readonly ImportedFile[], base: string): Imported {
  const findings = new Findings();
  const accounts = new AccountList(findings);
  const groups = new Map<string, GroupSettings>();
  for (const dump of files.map((file) => inFile(file, () => dumpIn(file)))) {
    for (const { name, user_settings: settings } of dump.groups ?? []) {
      if (settings && isGroupName(name)) groups.set(name, groupSettings(name, settings, base, findings));
      else
        findings.add(
          'left-out',
          `group ${printable(name)}`,
          'group',
          'it has no settings, or no group can have its name',
        );
    }
    for (const user of dump.users ?? []) {
      if (!accounts.accepts(user.username)) continue;
      const account = accountOf(user, groups, base, findings);
      accounts.add(account, hashOf(user, findings));
    }
    for (const [field, value] of Object.entries(dump)) {
      if (isSaid(value) && !['users', 'groups', 'version'].includes(field))
        findings.add('left-out', 'the dump', field, 'accounts and groups alone are taken over');
    }
  }
  return accounts.imported(groups);
}

function dumpIn({ text }: ImportedFile): z.output<typeof DUMP> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ImportError(`it is not JSON: ${cause instanceof Error ? printable(cause.message) : ''}`, undefined, {
      cause,
    });
  }
  const read = DUMP.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ImportError(`${printable(issue?.path.join('.') ?? '')}: ${printable(issue?.message ?? '')}`);
}

function accountOf(
  user: User,
  groups: ReadonlyMap<string, GroupSettings>,
  base: string,
  findings: Findings,
): NewAccount {
  const { username: name } = user;
  const primary = (user.groups ?? []).find(({ type }) => type === PRIMARY)?.name;
  const given = primary === undefined ? undefined : groups.get(primary);
  for (const { name: group } of (user.groups ?? []).filter((each) => each.name !== primary || !given))
    findings.add(
      'left-out',
      name,
      `group ${printable(group)}`,
      'only the primary group is taken over, whose values come first there',
    );
  tellRest(name, user, READ_OF_USER, findings);
  const said = settingsOf(name, user, findings);
  const keys = (user.public_keys ?? []).flatMap((key) => {
    const line = publicKeyLine(key.trim());
    if (line === undefined)
      findings.add('left-out', name, 'public_keys', 'a key is not one of OpenSSH without options');
    return line === undefined ? [] : [line];
  });
  return {
    name,
    ...said,
    // What the primary group says counts before what the user says.
    ...(given?.home === undefined && { home: homeBelow(base, user.home_dir, name, findings) }),
    ...(given?.rights === undefined && { rights: rightsOf(name, user, findings) }),
    ...(given && primary !== undefined && { groups: [primary] }),
    ...(keys.length > 0 && { authorizedKeys: keys }),
    ...(user.expiration_date > 0 && { expires: new Date(user.expiration_date) }),
    ...((user.status !== 1 || said.disabled) && { disabled: true }),
  };
}

function groupSettings(name: string, settings: Limits, base: string, findings: Findings): GroupSettings {
  const who = `group ${name}`;
  const { disabled, ...said } = settingsOf(who, settings, findings);
  if (disabled) findings.add('warning', who, 'restrictions', 'a group can not disable its accounts');
  const home = settings.home_dir.replaceAll('%username%', '{name}');
  const isClear = home !== '' && !/%|[{}]/.test(home.replaceAll('{name}', ''));
  if (home !== '' && !isClear)
    findings.add('left-out', who, 'home_dir', 'of placeholders it may have %username% alone');
  return {
    ...said,
    ...(isClear && { home: homeBelow(base, home, '{name}', findings) }),
    ...(isSaid(settings.permissions) && { rights: rightsOf(who, settings, findings) }),
  };
}

/** What users and groups say alike. */
function settingsOf(name: string, limits: Limits, findings: Findings): Omit<NewAccount, 'name'> {
  tellRest(name, limits.filters ?? {}, READ_OF_FILTERS, findings);
  const { filters, filesystem } = limits;
  const mayNot = new Set(filters?.denied_protocols);
  const isRemote = (filesystem?.provider ?? 0) !== 0;
  if (isRemote)
    findings.add('warning', name, 'filesystem', 'its files are not in a local directory: the account is disabled');
  if (mayNot.has('FTP'))
    findings.add('warning', name, 'denied_protocols', 'it may not use FTP: the account is disabled');
  for (const protocol of mayNot)
    if (protocol !== 'FTP')
      findings.add(
        'left-out',
        name,
        `denied_protocols ${printable(protocol)}`,
        'accounts are not limited to protocols',
      );
  for (const method of filters?.denied_login_methods ?? [])
    if (!method.startsWith('password'))
      findings.add('warning', name, `denied_login_methods ${printable(method)}`, 'it is not refused here');
  const addresses = allowedFrom(filters?.allowed_ip ?? [], name, 'allowed_ip', findings);
  const { quota_size: bytes, quota_files: count, upload_bandwidth: up, download_bandwidth: down } = limits;
  return {
    ...((bytes > 0 || count > 0) && { quota: { ...(bytes > 0 && { bytes }), ...(count > 0 && { files: count }) } }),
    ...((up > 0 || down > 0) && {
      rate: { ...(up > 0 && { upload: up * 1024 }), ...(down > 0 && { download: down * 1024 }) },
    }),
    ...(limits.max_sessions > 0 && { maxSessions: limits.max_sessions }),
    ...(addresses !== undefined && addresses.length > 0 && { allowedAddresses: addresses }),
    ...((isRemote || mayNot.has('FTP') || addresses === undefined) && { disabled: true }),
  };
}

/** Our rights, and which of SFTPGo's permissions all have to be there for each. */
const RIGHTS_BY_PERMISSIONS: readonly (readonly [right: Right, permissions: readonly string[]])[] = [
  ['list', ['list']],
  ['download', ['download']],
  ['upload', ['upload']],
  ['overwrite', ['overwrite']],
  ['append', ['upload', 'overwrite']],
  ['delete', ['delete_files', 'delete_dirs']],
  ['rename', ['rename_files', 'rename_dirs']],
  ['make-directory', ['create_dirs']],
  ['times', ['chmod', 'chtimes']],
];
/** Permissions that stand for others. */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  delete: ['delete_files', 'delete_dirs'],
  rename: ['rename_files', 'rename_dirs'],
  '*': RIGHTS_BY_PERMISSIONS.flatMap(([, permissions]) => permissions),
};

function rightsOf(name: string, { permissions }: Limits, findings: Findings): readonly RightsRule[] {
  return Object.entries(permissions ?? {}).map(([path, words]) => {
    const has = new Set(words.flatMap((word) => (Object.hasOwn(WHOLE, word) ? (WHOLE[word] ?? []) : [word])));
    const rights = RIGHTS_BY_PERMISSIONS.filter(([, needed]) => needed.every((each) => has.has(each)));
    const used = new Set(rights.flatMap(([, needed]) => needed));
    for (const word of has)
      if (!used.has(word))
        findings.add(
          'left-out',
          name,
          `permission ${printable(word)}`,
          'no right is as narrow as this, or there is none for it',
        );
    return { path: importedPath(path, name), rights: rights.map(([right]) => right) };
  });
}

function hashOf({ username: name, password, filters }: User, findings: Findings): string {
  if (!(filters?.denied_login_methods ?? []).includes('password')) return keptHash(password, name, findings);
  findings.add('left-out', name, 'password', 'it may not sign in by a password, and so has none');
  return '';
}

function tellRest(name: string, settings: object, read: ReadonlySet<string>, findings: Findings): void {
  for (const [field, value] of Object.entries(settings)) {
    if (read.has(field) || READ_OF_LIMITS.has(field) || NO_SETTING.test(field) || !isSaid(value)) continue;
    findings.add(
      PROTECTS.test(field) ? 'warning' : 'left-out',
      name,
      printable(field),
      'there is no such setting here',
    );
  }
}

/** Whether a value says anything. */
function isSaid(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return value !== undefined && value !== null && value !== '' && value !== 0 && value !== false;
  return Object.values(value).some(isSaid);
}
