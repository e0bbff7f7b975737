import { lchownSync } from 'node:fs';
import { COUNTED_EVENTS, EventMetrics, type EventStream } from '../operations/index.ts';
import { Administration, type AdminSurroundings, readAdminTls } from './admin/index.ts';
import { keepRecords, openAuditTrail } from './audit/audit-trail.ts';
import { ensureSelfSigned, identify } from './certificate/index.ts';
import { operatorFiles } from './certificates-in-use.ts';
import {
  type Configuration,
  isMonitored,
  isSftpEnabled,
  isWebEnabled,
  refuseWeakerThanPolicy,
} from './configuration/index.ts';
import { openControl } from './control/index.ts';
import { lockDataDirectory, makeDirectory, pathsIn } from './data-directory.ts';
import { openEventListeners } from './event-listeners.ts';
import { openForService } from './existing-data.ts';
import { ExpiryMail } from './expiry-mail/expiry-mail.ts';
import { explain } from './explain/explain.ts';
import { findFileGroup } from './file-group.ts';
import { makeFirstAccount } from './first-account.ts';
import type { FrontEnd } from './front-end.ts';
import { prepareGates } from './gates/index.ts';
import { listen } from './listen.ts';
import { Health, type LogOutputs, Monitoring, readMonitoringAccess } from './monitoring/index.ts';
import { warnOfLostMounts } from './mounts.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { OperatedService } from './operators/index.ts';
import { noteRules } from './password-rules.ts';
import { become, checkReadable, findRunAs, giveAway } from './privileges.ts';
import { bansOf } from './records.ts';
import { Resources } from './resources.ts';
import { changedSettings, waitingForRestart, withOpenListeners } from './restart.ts';
import { noteRoot } from './root-in-use.ts';
import { ruleFiles } from './rule-files.ts';
import { Rules } from './rules/index.ts';
import type { Service } from './running-service.ts';
import { serverOptions } from './server-options.ts';
import { watchSessionNotices } from './session-notice-watcher.ts';
import { createShared, gatekeeperOf } from './shared.ts';
import { SingleProcess } from './single-process.ts';
import { storageOptions } from './storage-options.ts';
import { makeStorageDirectories, openStorages } from './storages.ts';
import { operatedTrash } from './trash/operated-trash.ts';
import { warnOf, warnOfListeners, warnOfPolicy } from './warnings.ts';
import { Watch } from './watch/index.ts';
import { MultiProcess, workerCount } from './workers/index.ts';

interface Surroundings {
  readonly version: string;
  readonly outputs: LogOutputs;
  /** What administrators may see of how the program was started. */
  readonly admin?: AdminSurroundings;
}

const NOTHING: ReadonlySet<string> = new Set();
const NOTHING_AROUND: Surroundings = { version: 'of an unknown version', outputs: new Map() };

/**
 * Makes what is missing in the data directory, opens the ports, and serves.
 * @param events takes what happens, in whichever process
 * @param surroundings what metrics tell of the program around it
 * @throws StartError, ConfigurationError, CertificateError, DatabaseError, TlsSettingsError; then nothing is left open.
 */
export async function startService(
  configuration: Configuration,
  events: EventStream,
  surroundings: Surroundings = NOTHING_AROUND,
): Promise<Service> {
  const resources = new Resources();
  try {
    return await start(configuration, events, surroundings, resources);
  } catch (error) {
    await resources[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(
  configuration: Configuration,
  events: EventStream,
  { version, outputs, admin = { settings: () => [] } }: Surroundings,
  resources: Resources,
): Promise<Service> {
  const since = Date.now();
  const { publish: log } = events;
  const { dataDir, root, limits } = configuration;
  const runAs = await findRunAs(configuration.runAs);
  const fileGroup = await findFileGroup(configuration.files.group, runAs);
  checkReadable(operatorFiles(configuration), runAs);
  makeDirectory(dataDir, 0o700);
  const newDirectories = makeStorageDirectories(configuration);
  resources.hold(lockDataDirectory(dataDir));
  const database = resources.hold(openForService(configuration, (message) => log({ event: 'notice', message })));
  const furtherGroups = fileGroup === undefined ? [] : [fileGroup];
  if (runAs) {
    // The way to the files may lead through it.
    giveAway(dataDir, runAs);
    for (const directory of newDirectories) lchownSync(directory, runAs.uid, runAs.gid);
  }
  const owner = runAs && { user: runAs, groups: furtherGroups };
  const warn = (message: string) => log({ event: 'warning', message });
  const count = workerCount(configuration);
  const ofStorages = await storageOptions(configuration, { since: Date.now(), fileGroup, workers: count });
  const onGivenBack = () => shared.counters.recount();
  const storages = resources.hold(
    await openStorages(configuration, { shared: ofStorages, lock: { owner, warn }, limits, log, onGivenBack }),
  );
  await noteRoot(database, root);
  await noteRules(database, configuration);
  const onEnded = (mark: string) => storages.sweep(mark);
  if (configuration.tls.certificates.length === 0) await ensureSelfSigned(pathsIn(dataDir).tls);
  let running = configuration;
  const surroundings = { database, running: () => running, resources };
  const { warnings, throughput, activity, failures, syslog } = await openEventListeners(
    configuration,
    events,
    surroundings,
  );
  let tellRecords = () => {};
  let rules: Rules | undefined;
  const trail = configuration.audit.enabled
    ? resources.hold(
        await openAuditTrail(configuration, events, {
          awaitedByRules: () => rules?.awaited ?? NOTHING,
          onTrouble: () => tellRecords(),
        }),
      )
    : undefined;
  if (trail) {
    const openFiles = ruleFiles(() => ({ ...database, storages, ...shared, gates, publish: log }));
    const parts = { journal: trail.journal, accounts: database.accounts, openFiles, publish: log };
    rules = resources.hold(await Rules.prepare(configuration, parts));
  }
  const adminTls = configuration.admin.enabled ? await readAdminTls(configuration) : undefined;
  const access = isMonitored(configuration) ? await readMonitoringAccess(configuration) : undefined;
  const counts = new EventMetrics([
    'ftp',
    ...(isSftpEnabled(configuration) ? ['sftp' as const] : []),
    ...(isWebEnabled(configuration) ? ['web' as const] : []),
  ]);
  if (access) events.listen(counts.hear, COUNTED_EVENTS);
  const bans = await bansOf(database.bans, log);
  const gates = await prepareGates(configuration, log);
  const shared = createShared(configuration, database, {
    storages,
    bans,
    rules: () => running,
    records: trail?.store,
    receipts: trail?.journal,
    publish: log,
  });
  resources.hold(await watchSessionNotices(database.accounts, shared.control, log));
  let options = await serverOptions(configuration);
  const onLost = (count: number) => trail?.noteLost(count);
  const frontEnd = resources.hold<FrontEnd>(
    count > 1
      ? new MultiProcess({ count, configuration, options, shared, events, storage: ofStorages, onEnded, onLost })
      : await SingleProcess.open({
          options,
          gatekeeper: gatekeeperOf(shared, storages, gates, log),
          shared,
          records: trail && keepRecords(trail.store, events),
          receipts: trail?.journal,
          publish: log,
        }),
  );
  const control = await openControl(pathsIn(dataDir).control, version, log);
  if (control) resources.hold(control);
  tellRecords = () => frontEnd.tellRecords();
  const addresses = await listen(configuration, options, frontEnd, log);
  let isDraining = false;
  const health = new Health({
    configuration,
    isDraining: () => isDraining,
    outputs: new Map([...outputs, ...(syslog ? [['syslog', syslog] as const] : [])]),
    frontEnd,
    storages,
    database,
    audit: trail,
  });
  const monitoring =
    access &&
    resources.hold(
      new Monitoring({
        configuration,
        access,
        options,
        counts,
        version,
        health,
        bans: shared.control.bans,
        quotas: shared.counters,
        rules,
      }),
    );
  const metrics = await monitoring?.listen();
  if (metrics) log({ event: 'listening', mode: 'metrics', ...metrics });
  if (runAs) {
    giveAway(dataDir, runAs);
    become(runAs, furtherGroups);
  }
  await rules?.begin();
  trail?.retain();
  warnOf(configuration, log);
  await warnOfListeners(configuration, database, log);
  await warnOfLostMounts(configuration, database.accounts, log);
  await warnOfPolicy(configuration, database.accounts, log);
  await frontEnd.begin();
  storages.sweep();
  const certificates = () => options.tls.certificates.map(({ certificate }) => certificate);
  const present = { database, health, rules, configuration: () => running, certificates, publish: log };
  const expiryMail = resources.hold(new ExpiryMail(present));
  const { journal } = trail ?? {};
  const watch =
    journal && resources.hold(await Watch.begin({ ...present, journal, storages, counters: shared.counters }));
  const firstAccount = await makeFirstAccount(database, configuration.passwords.changeAfterReset);
  const operated: OperatedService = {
    version,
    since,
    isDraining: () => isDraining,
    addresses: [...addresses, ...(metrics ? [{ mode: 'metrics' as const, ...metrics }] : [])],
    certificates: () => certificates().map(identify),
    limits: () => running.limits,
    health,
    liveView: () => frontEnd.liveView(),
    endSession: (session, reason, told) => frontEnd.endSession(session, reason, told),
    bans: shared.control.bans,
    banStore: database.bans,
    accounts: database.accounts,
    rules: rules ?? { runners: [], find: () => undefined },
    ...operatedTrash(database, storages),
    auditDirectory: pathsIn(dataDir).audit,
    throughput,
    activity,
    warnings,
    publish: log,
    explain: (request) =>
      explain({ ...database, shared, storages, configuration: running, options, addresses, failures }, request),
  };
  control?.serve(operated);
  const administration = configuration.admin.enabled
    ? resources.hold(
        await Administration.open({
          configuration: () => running,
          database,
          service: operated,
          surroundings: admin,
          tls: adminTls,
          records: trail?.store,
          listen: (sink, names) => events.listen(sink, names),
          used: (home) => shared.counters.used(home),
          reloadCertificates: () => reload(),
          publish: log,
        }),
      )
    : undefined;
  const reload = oneAtATime(takeOver);
  const ownerLink = await administration?.listen();

  return {
    addresses,
    ...(firstAccount && { firstAccount }),
    ...(ownerLink && { ownerLink }),
    reload: (next) => reload(next),
    sessions: () => frontEnd.sessions(),
    endSession: (session, reason, told) => frontEnd.endSession(session, reason, told),
    drain() {
      isDraining = true;
      return frontEnd.drain();
    },
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };

  async function takeOver(next = running): Promise<void> {
    const applied = withOpenListeners(running, next);
    refuseWeakerThanPolicy(applied);
    const renewed = administration && (await readAdminTls(applied));
    const changed = await serverOptions(applied);
    const applyRules = await rules?.reload(applied);
    await monitoring?.reload(changed);
    frontEnd.reload(changed);
    administration?.renew(renewed);
    options = changed;
    const waiting = waitingForRestart(running, next);
    trail?.reloaded(changedSettings(running, next));
    running = applied;
    await applyRules?.();
    frontEnd.tellRecords();
    expiryMail.reloaded();
    watch?.reloaded();
    await noteRules(database, applied);
    await warnOfPolicy(applied, database.accounts, log);
    if (waiting.length > 0) {
      log({ event: 'warning', message: `Changed, and taking effect at the next start: ${waiting.join(', ')}` });
    }
  }
}
