/** What tells one version of a file from another. */
export interface RemoteFile {
  /** Bytes; undefined where the server does not say. */
  readonly size: number | undefined;
  readonly modified: Date | undefined;
}

/** Whether both are the same version, as far as one can tell; what is not known is not the same. */
export function isSameVersion(one: RemoteFile, other: RemoteFile): boolean {
  return isKnown(one) && one.size === other.size && one.modified?.getTime() === other.modified?.getTime();
}

/** Whether a later look will tell if it is still the same. */
export function isKnown({ size, modified }: RemoteFile): boolean {
  return size !== undefined && modified !== undefined;
}

/** A smaller file is rather moved again as a whole than looked at before, on the chance that it breaks. */
export function isLarge(bytes: number | undefined): bytes is number {
  return bytes !== undefined && bytes >= 1024 * 1024;
}
