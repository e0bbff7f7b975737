import path from 'node:path';
import { versionsRefusal } from '../../transport/index.ts';
import { quarantineOf } from './gate-fields.ts';
import { keyOf, type Layer, layerWith, type Path, valueAt } from './layer.ts';
import { isLoopback, isMonitored } from './monitoring-fields.ts';
import { policyContradictions } from './policy.ts';
import type { Problem } from './problem.ts';
import type { ParsedConfiguration } from './schema.ts';
import { localOnes, storageMistakes, storagesOf } from './storage-fields.ts';

/** What no single setting shows to be wrong. */
export function contradictionsIn(parsed: ParsedConfiguration, layers: readonly Layer[]): Problem[] {
  return [
    ...noListener(parsed),
    ...emptyList(parsed, layers),
    ...loginInTls(parsed),
    ...twoForms(parsed, layers),
    ...samePlaces(parsed),
    ...tlsVersions(parsed),
    ...lonelyGroup(parsed),
    ...twoHomes(parsed, layers),
    ...storageMistakes(parsed),
    ...nestedStorages(parsed),
    ...openMetrics(parsed),
    ...openAdministration(parsed),
    ...openWeb(parsed),
    ...rulesWithoutRecords(parsed),
    ...commandsOfOthers(parsed),
    ...visibleQuarantine(parsed),
    ...mailInClear(parsed),
    ...lonelyTlsFiles(parsed),
    ...policyContradictions(parsed, layers),
  ].map(([where, message]) => ({
    ...(layerWith(where, layers)?.locate(where, 'value') ?? { origin: { from: 'default' } }),
    key: keyOf(where),
    message,
  }));
}

type Contradiction = readonly [where: Path, message: string];

function noListener({ listeners, explicit, implicit }: ParsedConfiguration): Contradiction[] {
  if (listeners.length > 0 || explicit.enabled || implicit.enabled) return [];
  return [[['implicit', 'enabled'], 'expected true here or for explicit.enabled; with both off nothing listens']];
}

/** Whoever writes an empty list may mean that nothing listens; the server would listen at the ports of both modes. */
function emptyList({ listeners }: ParsedConfiguration, layers: readonly Layer[]): Contradiction[] {
  if (listeners.length > 0 || !layerWith(['listeners'], layers)) return [];
  const message = 'expected one listener at the least; take listeners away to listen as explicit and implicit say';
  return [[['listeners'], message]];
}

function loginInTls({ listeners }: ParsedConfiguration): Contradiction[] {
  return listeners.flatMap(({ mode, plainFtp }, index): Contradiction[] => {
    if (mode !== 'implicit' || plainFtp?.login === undefined) return [];
    const message = 'means nothing where TLS begins with the first byte: take it away, or say mode: explicit';
    return [[['listeners', index, 'plainFtp', 'login'], message]];
  });
}

/** What says something of `explicit` would be passed over without a word. */
function twoForms({ listeners }: ParsedConfiguration, layers: readonly Layer[]): Contradiction[] {
  if (listeners.length === 0) return [];
  return (['explicit', 'implicit'] as const).flatMap((mode) => {
    const given = new Set(layers.flatMap(({ tree }) => Object.keys(valueAt(tree, [mode]) ?? {})));
    return [...given].map(
      (key): Contradiction => [
        [mode, key],
        `does not count beside listeners: say it there (an entry with mode: ${mode}), or take listeners away`,
      ],
    );
  });
}

function samePlaces({ listeners, listen }: ParsedConfiguration): Contradiction[] {
  return listeners.flatMap((listener, index) => {
    const placeOf = ({ address = listen, port, mode }: typeof listener) => `${address} ${port ?? mode}`;
    const same = listeners.slice(0, index).findIndex((other) => placeOf(other) === placeOf(listener));
    if (same < 0 || listener.port === 0) return [];
    return [[['listeners', index], `expected another port, or another address, than those of listeners[${same}]`]];
  });
}

function tlsVersions({ tls, listeners }: ParsedConfiguration): Contradiction[] {
  const ofAll = versionsRefusal(tls);
  if (ofAll !== undefined) return [[['tls', tls.minVersion ? 'minVersion' : 'maxVersion'], ofAll]];
  return listeners.flatMap((listener, index): Contradiction[] => {
    const { profile = tls.profile, minVersion = tls.minVersion, maxVersion = tls.maxVersion } = listener.tls ?? {};
    const refusal = versionsRefusal({ profile, minVersion, maxVersion });
    return refusal === undefined ? [] : [[['listeners', index, 'tls'], `${refusal}, here or for all`]];
  });
}

function lonelyGroup({ runAs }: ParsedConfiguration): Contradiction[] {
  return runAs.group !== undefined && runAs.user === undefined
    ? [[['runAs', 'group'], 'expected runAs.user beside it']]
    : [];
}

function twoHomes({ root, storages }: ParsedConfiguration, layers: readonly Layer[]): Contradiction[] {
  if (root === undefined || !storages['default'] || !layerWith(['root'], layers)) return [];
  return [[['root'], 'expected the files here, or in storages.default, not in both']];
}

function rulesWithoutRecords({ rules, audit }: ParsedConfiguration): Contradiction[] {
  if (rules.length === 0 || audit.enabled) return [];
  return [[['rules'], 'follow the audit trail: take audit.enabled: false away']];
}

/** A server that has become another user can't become a third one. */
function commandsOfOthers({ rules, gates, runAs }: ParsedConfiguration): Contradiction[] {
  if (runAs.user === undefined) return [];
  const commands: readonly (readonly [Path, { readonly user?: string | undefined } | undefined])[] = [
    ...rules.flatMap(({ do: actions }, rule) =>
      actions.map(({ command }, action) => [['rules', rule, 'do', action, 'command'], command] as const),
    ),
    ...gates.map(({ ask }, gate) => [['gates', gate, 'ask', 'command'], ask.command] as const),
  ];
  return commands.flatMap(([where, command]): Contradiction[] => {
    if (command?.user === undefined) return [];
    return [[[...where, 'user'], 'needs a server that stays root: take this away, or runAs.user']];
  });
}

/** What was refused must not be seen by anybody but the operator. */
function visibleQuarantine(parsed: ParsedConfiguration): Contradiction[] {
  const dataDir = path.resolve(parsed.dataDir);
  const quarantine = quarantineOf(parsed, dataDir);
  const storage = localOnes(storagesOf(parsed, dataDir)).find(([, storage]) =>
    isWithinDirectory(storage.path, quarantine),
  );
  if (!storage || parsed.gates.length === 0) return [];
  return [[['quarantine'], `expected a directory that is not within that of the storage ${storage[0]}`]];
}

function mailInClear({ mail }: ParsedConfiguration): Contradiction[] {
  const lonely = (mail.user === undefined) !== (mail.passwordFile === undefined);
  const [given, missing] = mail.user === undefined ? ['passwordFile', 'user'] : ['user', 'passwordFile'];
  const pairs: Contradiction[] = lonely ? [[['mail', given], `expected mail.${missing} beside it`]] : [];
  if (mail.protocol !== 'in-clear' || isLoopback(mail.host)) return pairs;
  return [
    ...pairs,
    [['mail', 'protocol'], 'shows e-mails to all on the way to another machine: choose tls or starttls'],
  ];
}

/** What others can reach is for those who show who they are. */
function openMetrics({ metrics }: ParsedConfiguration): Contradiction[] {
  const { address, tokenFile, tls } = metrics;
  if (!isMonitored({ metrics }) || isLoopback(address)) return [];
  if (tokenFile !== undefined || tls.clientAuthorities.length > 0) return [];
  const message =
    'can be reached from other machines: name a file with a token in metrics.tokenFile or authorities of client certificates in metrics.tls.clientAuthorities, or listen on 127.0.0.1';
  return [[['metrics', 'address'], message]];
}

/** Passwords of administrators never travel in clear. */
function openWeb({ web, listen }: ParsedConfiguration): Contradiction[] {
  const address = web.address ?? listen;
  if (web.plainHttp === 'refuse' || (address !== undefined && isLoopback(address))) return [];
  const message = 'only a loopback address can have it: set web.address to 127.0.0.1, or take it away and serve HTTPS';
  return [[['web', 'plainHttp'], message]];
}

function openAdministration({ admin }: ParsedConfiguration): Contradiction[] {
  const { address, tls, enabled } = admin;
  if (!enabled || isLoopback(address) || tls.certificate !== undefined) return [];
  const message =
    'can be reached from other machines: name admin.tls.certificate and admin.tls.key, listen on 127.0.0.1, or say admin.enabled: false';
  return [[['admin', 'address'], message]];
}

function lonelyTlsFiles({ metrics, syslog, admin }: ParsedConfiguration): Contradiction[] {
  const pairs = Object.entries({ metrics, syslog, admin }).flatMap(([section, { tls }]): Contradiction[] => {
    if ((tls.certificate === undefined) === (tls.key === undefined)) return [];
    const [given, missing] = tls.key === undefined ? ['certificate', 'key'] : ['key', 'certificate'];
    return [[[section, 'tls', given], `expected ${section}.tls.${missing} beside it`]];
  });
  if (metrics.tls.certificate !== undefined || metrics.tls.clientAuthorities.length === 0) return pairs;
  return [...pairs, [['metrics', 'tls', 'clientAuthorities'], 'expected metrics.tls.certificate and key beside it']];
}

/** Each storage sweeps all that lies in it, and would take another's uploads under way for its own. */
function nestedStorages(parsed: ParsedConfiguration): Contradiction[] {
  const all = localOnes(storagesOf(parsed, path.resolve(parsed.dataDir)));
  return all.flatMap(([name, { path: directory }], index): Contradiction[] => {
    const other = all.find(([, { path: other }], at) => at !== index && isWithinDirectory(other, directory));
    if (!other || (other[1].path === directory && all.indexOf(other) > index)) return [];
    return [[['storages', name], `expected a directory that is not within that of the storage ${other[0]}`]];
  });
}

function isWithinDirectory(outer: string, inner: string): boolean {
  const way = path.relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way));
}
