import { type AccountRecord, coveringRule, FOREVER, ROOT, type Usage, type VirtualPath } from '../../core/index.ts';
import { mountAt } from '../../files/index.ts';
import { acceptedVersions, type ListenerRules } from '../../server/index.ts';
import type { ConfiguredGate } from '../configuration/index.ts';
import type { PlainOptions } from '../server-options.ts';
import { originText, valueText } from './decided-by.ts';
import type { ExplainedListener, Fact } from './explanation.ts';

/** What the listener accepts. */
export function listenerFacts(
  { key, index, mode, port }: ExplainedListener,
  { tls, listeners = [], clear }: PlainOptions,
): readonly Fact[] {
  const rules: ListenerRules = listeners[index] ?? {};
  const versions = acceptedVersions({ ...tls, ...rules.tls }).join(' and ');
  const plain = { ...clear, ...rules.clear };
  const ask = tls.clientCertificates?.ask ?? 'off';
  return [
    { subject: 'listener', text: `${key}, ${mode} TLS${port === undefined ? '' : `, port ${port}`}` },
    { subject: 'TLS', text: `${versions}; client certificates: ${ask}` },
    { subject: 'plain FTP', text: `logins ${allowed(plain.login)}, files ${allowed(plain.data)}` },
    ...(rules.accounts ? [{ subject: 'accounts here', text: valueText(rules.accounts) }] : []),
  ];
}

/** What decides who may sign in. */
export function accountFacts(
  record: AccountRecord,
  { passwordExpires, openSessions }: { readonly passwordExpires: Date | undefined; readonly openSessions?: number },
): readonly Fact[] {
  const { account, lockedUntil } = record;
  const open = openSessions === undefined ? '' : `, ${openSessions} open`;
  const isLocked = lockedUntil !== undefined && lockedUntil.getTime() > Date.now();
  return [
    { subject: 'account', text: account.disabled ? 'disabled' : 'enabled' },
    { subject: 'expires', text: account.expires?.toISOString() ?? 'never' },
    ...(isLocked ? [{ subject: 'locked until', text: momentText(lockedUntil) }] : []),
    { subject: 'password expires', text: passwordExpires?.toISOString() ?? 'never' },
    fact(
      'allowed from',
      'allowedAddresses',
      account.allowedAddresses.length === 0 ? 'anywhere' : valueText(account.allowedAddresses),
      record,
    ),
    fact('sessions', 'maxSessions', `${account.maxSessions ?? 'any number'} at the most${open}`, record),
    fact('certificate', 'certificate.use', account.certificate.use, record),
  ];
}

/** What decides about a path, and what bounds what is done there. */
export function pathFacts(
  record: AccountRecord,
  path: VirtualPath,
  quota: { readonly used: Usage | undefined; readonly freeBytes: number },
): readonly Fact[] {
  const { account } = record;
  const rule = coveringRule(account.rights)(path);
  const mount = mountAt([{ at: ROOT }, ...account.mounts], path);
  return [
    fact('rights', 'rights', rule ? valueText(rule) : 'no rule covers the path', record),
    ...('storage' in mount ? [fact('mount', 'mounts', valueText(mount), record)] : []),
    ...quotaFacts(record, quota),
    ...(['upload', 'download'] as const)
      .filter((direction) => account.rate[direction] !== undefined)
      .map((direction) =>
        fact(`rate ${direction}`, `rate.${direction}`, `${account.rate[direction]} bytes a second`, record),
      ),
    fact('session reuse', 'ftp.sessionReuse', account.ftp.sessionReuse ?? 'as the server', record),
  ];
}

/** Whom a file passes before it gets its name. None of them is asked here: what they would say is not known. */
export function gateFacts(gates: readonly ConfiguredGate[]): readonly Fact[] {
  return gates.map(({ name, ask, refused }) => {
    const [judge = ''] = Object.entries(ask).flatMap(([kind, given]) => (given === undefined ? [] : [kind]));
    const end = refused === 'quarantine' ? 'refused files go to the quarantine' : 'refused files are removed';
    return { subject: 'gate', text: `${name} (${judge}) is asked before the file gets its name; ${end}` };
  });
}

function quotaFacts(
  record: AccountRecord,
  { used, freeBytes }: { readonly used: Usage | undefined; readonly freeBytes: number },
): readonly Fact[] {
  const { bytes, files } = record.account.quota;
  return [
    ...(bytes === undefined
      ? []
      : [fact('quota', 'quota.bytes', `${bytes} bytes, ${used?.bytes ?? '?'} used, ${freeBytes} left`, record)]),
    ...(files === undefined
      ? []
      : [
          fact(
            'quota of files',
            'quota.files',
            `${files} files, ${used?.files ?? '?'} there, ${used ? Math.max(0, files - used.files) : '?'} left`,
            record,
          ),
        ]),
  ];
}

function fact(subject: string, place: string, text: string, record: AccountRecord): Fact {
  const origin = originText(place, record);
  return { subject, text, ...(origin !== undefined && { origin }) };
}

function momentText(moment: Date): string {
  return moment.getTime() === FOREVER.getTime() ? 'for ever' : moment.toISOString();
}

function allowed(isAllowed = false): string {
  return isAllowed ? 'allowed' : 'refused';
}
