import type { Attributes, Entry } from '../../core/index.ts';
import type { Metadata, ObjectInfo } from './bucket.ts';
import type { S3Settings } from './settings.ts';

/** Seconds since 1970, with a fraction: as rclone and s3fs keep it. */
const MODIFIED = 'mtime';
/** Permission bits, octal. */
const MODE = 'lockport-mode';
/** Whose bytes they are: tells whether an upload was published whose answer was lost. */
export const UPLOAD = 'lockport-upload';

/** Directories that nobody gave a time have none here. */
const NO_TIME = new Date(0);

type Kept = Pick<S3Settings, 'keepsAttributes'>;

export function fileEntry(name: string, { size, modified, metadata }: ObjectInfo, { keepsAttributes }: Kept): Entry {
  const entry: Entry = { name, kind: 'file', size, modified };
  return keepsAttributes ? { ...entry, ...attributesIn(metadata) } : entry;
}

/** @param marker the object that stands for the directory, where there is one */
export function directoryEntry(name: string, marker: ObjectInfo | undefined, { keepsAttributes }: Kept): Entry {
  const entry: Entry = { name, kind: 'directory', size: 0, modified: NO_TIME };
  return keepsAttributes && marker ? { ...entry, ...attributesIn(marker.metadata) } : entry;
}

/** The metadata with other attributes. */
export function withAttributes(metadata: Metadata, { modified, mode }: Attributes): Metadata {
  return {
    ...metadata,
    ...(modified && { [MODIFIED]: `${modified.getTime() / 1000}` }),
    ...(mode !== undefined && { [MODE]: (mode & 0o777).toString(8) }),
  };
}

/** The metadata of a new file that takes the place of another one. */
export function metadataOver(replaced: ObjectInfo | undefined, modified: Date | undefined, settings: Kept): Metadata {
  if (!settings.keepsAttributes) return {};
  const { mode } = attributesIn(replaced?.metadata ?? {});
  return withAttributes({}, { ...(mode !== undefined && { mode }), ...(modified && { modified }) });
}

export function attributesIn(metadata: Metadata): { readonly modified?: Date; readonly mode?: number } {
  const seconds = Number(metadata[MODIFIED] ?? Number.NaN);
  const modified = new Date(Math.round(seconds * 1000));
  const mode = /^[0-7]{1,4}$/.test(metadata[MODE] ?? '') ? Number.parseInt(metadata[MODE] ?? '', 8) & 0o777 : undefined;
  return { ...(!Number.isNaN(modified.getTime()) && { modified }), ...(mode !== undefined && { mode }) };
}
