import assert from 'node:assert/strict';
import type { Storage } from '../../core/index.ts';

type OptionalName = {
  [Name in keyof Storage]-?: undefined extends Storage[Name] ? Name : never;
}[keyof Storage];

/** Whatever a storage may have or not, each named, as the type demands. */
const OPTIONAL: { readonly [Name in OptionalName]: true } = {
  openRead: true,
  openWrite: true,
  copy: true,
  smallFileBytes: true,
  listTree: true,
  listUnlisted: true,
  partial: true,
  settable: true,
  setAttributes: true,
  makeLink: true,
  digest: true,
  space: true,
  usage: true,
  trash: true,
  holds: true,
  confine: true,
};

/** What a wrapper leaves out, each with the reason why. */
export type Drops = { readonly [Name in OptionalName]?: string };

/** A wrapper has what it wraps has, but for what it leaves out for a reason; and no reason stands for what it has. */
export function keepsAbilities(wrapper: Storage, wrapped: Storage, drops: Drops = {}): void {
  const names = Object.keys(OPTIONAL) as OptionalName[];
  const dropped = names.filter((name) => wrapped[name] !== undefined && wrapper[name] === undefined);
  assert.deepEqual(
    dropped.toSorted(),
    Object.keys(drops).toSorted(),
    'what is left out, and what there is a reason for',
  );
}
