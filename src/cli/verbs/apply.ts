import process from 'node:process';
import { Command } from 'commander';
import { printable } from '../../core/index.ts';
import {
  accountsDrift,
  applyAccounts,
  type Drift,
  earlierToKeep,
  type FieldChange,
  type PlannedChange,
  readAccountsFile,
  resolvePasswords,
  storedAccounts,
  type TriedPlan,
  tryAccounts,
} from '../../service/index.ts';
import { makeDirectories } from '../account-directories.ts';
import { addPlace, withAccounts } from '../accounts.ts';
import { Ended } from '../ended.ts';
import { formatMoment } from '../field-texts.ts';
import { refusalByPolicy } from '../password-input.ts';

/** `lockport apply` */
export function apply(): Command {
  const command = new Command('apply')
    .description('make accounts and groups as a file says, all or nothing')
    .argument('<file>', 'as "lockport export" writes it')
    .option('--plan', 'show what would change, and change nothing; exit code 15 where something would')
    .option('--prune', 'remove accounts and groups that the file does not have')
    .option('--json', 'as JSON');
  return addPlace(command).action(async (file: string) => {
    const { plan: isPlan = false, prune = false, json = false } = command.opts<Flags>();
    // Before root becomes the owner of the data, who may not be able to read it.
    const read = await readAccountsFile(file);
    await withAccounts(command, async (accounts, configuration, { meta }) => {
      const stored = await storedAccounts(accounts);
      const drift = accountsDrift(meta, stored);
      const wanted = await resolvePasswords(read, stored, async (password, name) => {
        const present = stored.accounts.get(name)?.passwordHash ?? '';
        const earlier = await accounts.earlierPasswordHashes(name);
        return refusalByPolicy(password, configuration, name, present === '' ? earlier : [present, ...earlier]);
      });
      const { passwords } = configuration;
      const options = { prune, keepEarlier: earlierToKeep(passwords), mustChange: passwords.changeAfterReset };
      const plan = await tryAccounts(accounts, wanted, options);
      let directories = '';
      if (!isPlan) {
        for (const account of plan.accounts) directories += await makeDirectories(configuration, account);
        await applyAccounts(meta, accounts, wanted, options);
      }
      process.stdout.write(json ? jsonOf(plan, drift, !isPlan) : `${textOf(plan, drift, isPlan)}${directories}`);
      if (isPlan && plan.changes.length > 0) throw new Ended('changes');
    });
  });
}

interface Flags {
  readonly plan?: true;
  readonly prune?: true;
  readonly json?: true;
}

const SIGNS: Readonly<Record<PlannedChange['action'], string>> = { added: '+', changed: '~', removed: '-' };

function textOf({ changes, unmentioned }: TriedPlan, drift: Drift | undefined, isPlan: boolean): string {
  const count = (action: PlannedChange['action']) => changes.filter((change) => change.action === action).length;
  const kept = [
    ...unmentioned.groups.map((name) => `group ${name}`),
    ...unmentioned.accounts.map((name) => `account ${name}`),
  ];
  const lines = [
    ...driftLines(drift),
    ...changes.flatMap((change) => [
      `${SIGNS[change.action]} ${change.of} ${change.name}${change.of === 'account' && change.action === 'removed' ? ' (its files stay)' : ''}`,
      ...(change.action === 'removed' ? [] : change.fields.map(fieldLine)),
      ...passwordLines(change),
    ]),
    ...(kept.length > 0 ? [`Not in the file, and kept without --prune: ${kept.join(', ')}`] : []),
    isPlan
      ? `Plan: ${count('added')} to add, ${count('changed')} to change, ${count('removed')} to remove; nothing was changed`
      : `Applied: ${count('added')} added, ${count('changed')} changed, ${count('removed')} removed`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function driftLines(drift: Drift | undefined): readonly string[] {
  return (drift?.changes ?? []).flatMap(({ of, name, fields }) => [
    `! ${of} ${name} was ${fields ? 'changed' : 'removed'} by hand since ${formatMoment(drift?.since ?? new Date())}`,
    ...(fields ?? []).map(fieldLine),
  ]);
}

function fieldLine({ field, before, after }: FieldChange): string {
  return `    ${field}: ${shown(before)} -> ${shown(after)}`;
}

function passwordLines({ action, name, password }: PlannedChange): readonly string[] {
  if (password === 'set') return ['    password: set'];
  if (password === undefined) return [];
  const what = action === 'added' ? 'it has none' : 'taken away';
  return [`    password: ${what}; nobody signs in by one until "lockport user passwd ${name}"`];
}

function shown(value: unknown): string {
  if (value === undefined) return 'not set';
  return value === null ? 'none' : printable(JSON.stringify(value));
}

function jsonOf({ changes, unmentioned }: TriedPlan, drift: Drift | undefined, isApplied: boolean): string {
  return `${JSON.stringify({ applied: isApplied, changes, unmentioned, drift: drift ?? null }, undefined, 2)}\n`;
}
