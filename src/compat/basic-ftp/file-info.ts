/** What an entry is. `FileType[FileType.File]` gives its name, as it does with an enum. */
export const FileType = {
  Unknown: 0,
  File: 1,
  Directory: 2,
  SymbolicLink: 3,
  0: 'Unknown',
  1: 'File',
  2: 'Directory',
  3: 'SymbolicLink',
} as const;
export type FileType = 0 | 1 | 2 | 3;

/** Each a sum of `FileInfo.UnixPermission`: 4 to read, 2 to write, 1 to execute. */
export interface UnixPermissions {
  readonly user: number;
  readonly group: number;
  readonly world: number;
}

/** An entry of a listing. What the server does not tell is undefined. */
export class FileInfo {
  static UnixPermission = { Read: 4, Write: 2, Execute: 1 };

  name: string;
  type: FileType = FileType.Unknown;
  /** Bytes. */
  size = 0;
  /** The time of the last change as the listing has it; of LIST it is text for people, in no certain zone. */
  rawModifiedAt = '';
  /** Of MLSD, which tells it in UTC and to the second (RFC 3659 section 7.5.3). */
  modifiedAt?: Date;
  permissions?: UnixPermissions;
  hardLinkCount?: number;
  /** Where a symbolic link leads. */
  link?: string;
  group?: string;
  user?: string;
  /** The same for all names of one file (RFC 3659 section 7.5.2). */
  uniqueID?: string;

  constructor(name: string) {
    this.name = name;
  }

  get isDirectory(): boolean {
    return this.type === FileType.Directory;
  }

  get isSymbolicLink(): boolean {
    return this.type === FileType.SymbolicLink;
  }

  get isFile(): boolean {
    return this.type === FileType.File;
  }

  /** @deprecated Use `rawModifiedAt`. */
  get date(): string {
    return this.rawModifiedAt;
  }

  set date(rawModifiedAt: string) {
    this.rawModifiedAt = rawModifiedAt;
  }
}
