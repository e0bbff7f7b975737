import { z } from 'zod';

/** The form of the archive. It grows when an older Lockport could not restore a newer one. */
export const BACKUP_FORMAT = 2;

/** The entries of the archive. */
export const MANIFEST = 'manifest.json';
export const DATABASE = 'lockport.db';
/** Files of the data directory keep their places below it. */
export const DATA = 'data/';
/** Below it: what proves the audit trail of before. The restored server begins one of its own. */
export const SIGNED = 'restored-audit/';
/** What the operator has made, which the server only reads. */
export const CONFIGURATION = 'configuration/';

/** Below the data directory, what backups hold and no more: a file beside the database, or a record, would be taken for the server's own. */
const ENTRY =
  /^(lockport\.db|manifest\.json|data\/audit\/key\.pem|data\/rules\/[a-z0-9-]{1,64}\.dead\.jsonl|(data\/tls|data\/restored-audit|configuration|configuration\/tls)\/(?!\.{1,2}$)[^/\\\p{Cc}]{1,255})$/u;

/** Whether a file may have this name in the archive. */
export function isEntry(name: string): boolean {
  return ENTRY.test(name);
}

/** The name of a file of the operator in an archive; that of the file itself, whatever it is, stands in the manifest. */
export function operatorEntry(index: number, basename: string): string {
  return `${CONFIGURATION}tls/${index}-${basename.replace(/[^A-Za-z0-9._-]/g, '_').slice(-MAX_NAME_LENGTH)}`;
}

/** Any tar has room for it. */
const MAX_NAME_LENGTH = 60;

const SHA_256 = z.string().regex(/^[0-9a-f]{64}$/);

const manifestSchema = z.object({
  format: z.number().int(),
  /** The version of Lockport that made it. */
  version: z.string(),
  createdAt: z.iso.datetime(),
  dataDir: z.string(),
  files: z.array(
    z.object({
      name: z.string(),
      size: z.number().int().min(0),
      sha256: SHA_256,
      /** Where it was, where that is not below the data directory. */
      from: z.string().optional(),
    }),
  ),
});

/** What a backup says of itself; it is the last entry of the archive, since it knows the bytes of all others. */
export type BackupManifest = z.infer<typeof manifestSchema>;
export type BackedUpFile = BackupManifest['files'][number];

/** @throws Error whose message says what is wrong */
export function readManifest(text: string): BackupManifest {
  const { format }: { readonly format?: unknown } = JSON.parse(text);
  if (typeof format === 'number' && format > BACKUP_FORMAT) {
    throw new Error(`it is of a newer Lockport (format ${format}, this one knows ${BACKUP_FORMAT})`);
  }
  return manifestSchema.parse(JSON.parse(text));
}
