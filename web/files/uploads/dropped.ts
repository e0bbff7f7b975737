import { childOf } from '../paths.ts';

/** A file that somebody chose or dropped, and where it goes. */
export interface DroppedFile {
  readonly file: File;
  readonly path: string;
  readonly isInFolder: boolean;
}

export interface Dropped {
  readonly files: readonly DroppedFile[];
  readonly emptyFolders: readonly string[];
  /** Whether more were dropped than `MAX_FILES`. */
  readonly isCut: boolean;
  /** Whether some could not be read. */
  readonly hasFailed: boolean;
}

/** Files of one drop. */
export const MAX_FILES = 50_000;
const MAX_DEPTH = 64;

/** Files and all that is in folders. To be called while the event is told: browsers take the entries away after it. */
export function filesOfDrop(items: DataTransferItemList, directory: string): Promise<Dropped> {
  const entries = [...items].flatMap((item) => (item.kind === 'file' ? (item.webkitGetAsEntry() ?? []) : []));
  return new Walk().of(entries, directory);
}

/** Of an `<input type="file">`, also one that takes folders. */
export function filesOfInput(list: FileList, directory: string): Dropped {
  const files = [...list].slice(0, MAX_FILES).map((file) => {
    const inner = file.webkitRelativePath === '' ? file.name : file.webkitRelativePath;
    return { file, path: childOf(directory, inner), isInFolder: inner.includes('/') };
  });
  return { files, emptyFolders: [], isCut: list.length > MAX_FILES, hasFailed: false };
}

class Walk {
  readonly #files: DroppedFile[] = [];
  readonly #emptyFolders: string[] = [];
  #isCut = false;
  #hasFailed = false;

  async of(entries: readonly FileSystemEntry[], directory: string): Promise<Dropped> {
    for (const entry of entries) await this.#add(entry, directory, 0);
    const [files, emptyFolders] = [this.#files, this.#emptyFolders];
    return { files, emptyFolders, isCut: this.#isCut, hasFailed: this.#hasFailed };
  }

  async #add(entry: FileSystemEntry, directory: string, depth: number): Promise<void> {
    const path = childOf(directory, entry.name);
    try {
      if (entry.isFile) {
        if (this.#files.length >= MAX_FILES) this.#isCut = true;
        else this.#files.push({ file: await fileOf(entry as FileSystemFileEntry), path, isInFolder: depth > 0 });
        return;
      }
      if (depth === MAX_DEPTH) throw new Error('too deep');
      const children = await childrenOf(entry as FileSystemDirectoryEntry);
      if (children.length === 0) this.#emptyFolders.push(path);
      for (const child of children) {
        if (this.#isCut) return;
        await this.#add(child, path, depth + 1);
      }
    } catch {
      this.#hasFailed = true;
    }
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives a hundred at a time, and none at the end. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader();
  const children: FileSystemEntry[] = [];
  while (children.length <= MAX_FILES) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) break;
    children.push(...part);
  }
  return children;
}
