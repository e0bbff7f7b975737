import { baseName, type Entry, RIGHTS, ROOT, type VirtualPath } from '../../core/index.ts';
import type { WebEntry, WebFile, WebMe, WebRight } from '../contract.ts';
import { previewOf } from '../preview.ts';
import type { WebSession } from '../web-session.ts';

export function shownEntry({ name, kind, size, modified }: Entry): WebEntry {
  const preview = kind === 'directory' ? undefined : previewOf(name);
  const shown = { name, kind, size: kind === 'directory' ? 0 : size, modified: modified.toISOString() };
  return preview ? { ...shown, preview: preview.kind } : shown;
}

export function shownFile(path: VirtualPath, entry: Entry): WebFile {
  return { path, ...shownEntry({ ...entry, name: baseName(path) }) };
}

export function rightsAt({ files }: Pick<WebSession, 'files'>, path: VirtualPath): readonly WebRight[] {
  return RIGHTS.filter((right) => files.allows(right, path));
}

export async function shownMe(session: WebSession): Promise<WebMe> {
  const { account, csrf, files, idleMs, signal, settings } = session;
  const { maxWebChunkBytes, maxWebUploads, maxWebPage } = settings.limits;
  // That it can't be told is no reason to know nothing of the session.
  const space = files.can('space', ROOT) ? await files.space(ROOT, { signal }).catch(() => undefined) : undefined;
  return {
    user: account.name,
    csrf,
    rights: rightsAt(session, ROOT),
    ...(space && { space: { free: space.free, total: space.total } }),
    features: { trash: false, keys: false, transfers: false, shares: false },
    limits: { chunkBytes: maxWebChunkBytes, uploads: maxWebUploads, pageEntries: maxWebPage, idleMs },
  };
}
