import { randomUUID } from 'node:crypto';
import { type Account, ROOT, type Usage, type VirtualPath } from '../core/index.ts';
import type { Database } from '../database/index.ts';
import { confined } from '../files/index.ts';
import { localStorage } from '../storage/index.ts';
import type { Configuration } from './configuration/index.ts';

type Meta = Database['meta'];

/** Counts what lies in the home of an account, and has a server that runs count anew. @throws StorageError */
export async function recount({ root }: Configuration, { meta }: Database, { home }: Account): Promise<Usage> {
  await using storage = await localStorage({ root });
  const used = await confined(storage, home).usage?.(ROOT);
  await requestRecount(meta, home);
  return used ?? { bytes: 0, files: 0 };
}

/** Has a server that runs count a home anew. */
export async function requestRecount(meta: Meta, home: VirtualPath): Promise<void> {
  await meta.set(keyOf(home), randomUUID());
}

/** A text that differs once somebody has asked for a new count of a home. */
export function recountRequest(meta: Meta, home: VirtualPath): string | undefined {
  return meta.get(keyOf(home));
}

function keyOf(home: VirtualPath): string {
  return `recount ${home}`;
}
