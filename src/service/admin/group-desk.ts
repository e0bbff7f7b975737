import { type GroupSettings, noSuchGroup, readGroupSettings } from '../../core/index.ts';
import type { Implementation } from '../workers/rpc.ts';
import { type AccountDeskParts, changedBy, changesOf, requireStorages, settingsAfter } from './account-desk.ts';
import type { AccountAsk, AccountProcedures } from './account-procedures.ts';
import { asJson, shownGroup, versionOf } from './shown-account.ts';
import { attempt, pageOf, requireVersion } from './versioned.ts';

type OfGroups = Pick<AccountProcedures, 'listGroups' | 'readGroup' | 'addGroup' | 'changeGroup' | 'removeGroup'>;

/** The groups; to whoever is limited to some, these alone are there. */
export function groupDesk({ database, auditDirectory, configuration }: AccountDeskParts): Implementation<OfGroups> {
  const { accounts } = database;
  const recorded = (ask: AccountAsk) => changedBy(ask, accounts, auditDirectory);

  async function find(name: string, { reach }: AccountAsk) {
    const found = reach === undefined || reach.includes(name) ? await accounts.groups.find(name) : undefined;
    if (!found) throw noSuchGroup(name);
    return found;
  }

  async function shown(name: string, ask: AccountAsk) {
    const found = await find(name, ask);
    const members = await accounts.groups.members(name);
    return { entry: shownGroup(found, members.length), etag: versionOf(found.settings) };
  }

  return {
    listGroups: (ask) =>
      pageOf(
        ask,
        async () => {
          const names = await accounts.groups.names();
          return names.filter((name) => ask.reach === undefined || ask.reach.includes(name));
        },
        async (name) => (await shown(name, ask)).entry,
      ),

    readGroup: (ask) => attempt(() => shown(ask.name, ask)),

    addGroup: (ask) =>
      attempt(async () => {
        const settings = readGroupSettings(ask.settings);
        requireStorages(settings.mounts, configuration);
        await recorded(ask).groups.add(ask.name, settings);
        return shown(ask.name, ask);
      }),

    changeGroup: (ask) =>
      attempt(async () => {
        const given = readGroupSettings(ask.set);
        let before: GroupSettings = {};
        await recorded(ask).revise(({ groups }) => {
          const settings = groups.get(ask.name);
          if (!settings) throw noSuchGroup(ask.name);
          requireVersion(ask.version, versionOf(settings));
          requireStorages(settingsAfter(settings, given, ask.inherit).mounts, configuration);
          before = settings;
          return [{ change: 'group-changed', name: ask.name, changes: changesOf(settings, given, ask.inherit) }];
        });
        return { ...(await shown(ask.name, ask)), before: asJson(before) };
      }),

    removeGroup: (ask) =>
      attempt(async () => {
        let before: GroupSettings = {};
        await recorded(ask).revise(({ groups }) => {
          const settings = groups.get(ask.name);
          if (!settings) throw noSuchGroup(ask.name);
          if (ask.version !== undefined) requireVersion(ask.version, versionOf(settings));
          before = settings;
          return [{ change: 'group-removed', name: ask.name }];
        });
        return { before: asJson(before) };
      }),
  };
}
