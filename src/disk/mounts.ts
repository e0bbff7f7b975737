import { decodeText } from '../core/index.ts';
import { createDevice, type Device } from './device.ts';

/**
 * File systems that answer from memory or from a medium of this machine. What is not here may wait for a network or for a
 * program (NFS, SMB, FUSE, 9p, virtiofs, autofs), or is unknown.
 */
const LOCAL = new Set(
  (
    'bcachefs btrfs erofs exfat ext2 ext3 ext4 f2fs hfsplus iso9660 jfs nilfs2 ntfs3 overlay ramfs reiserfs squashfs ' +
    'tmpfs udf vfat xfs zfs'
  ).split(' '),
);

/** A directory in the tree of mounts. */
export interface MountNode {
  /** The device of the file system that is mounted there. */
  readonly device: Device | undefined;
  /** The directories below it that are mount points or lead to one, by name. */
  readonly below: ReadonlyMap<string, MountNode>;
}

interface GrowingNode extends MountNode {
  device: Device | undefined;
  readonly below: Map<string, GrowingNode>;
}

interface MountEntry {
  readonly id: string;
  readonly parent: string;
  readonly names: readonly string[];
  readonly key: string;
  readonly isLocal: boolean;
}

/**
 * The mounts of this process (proc_pid_mountinfo(5)): to read them asks no file system, and so can't hang where one does.
 * @param known devices from earlier readings, which keep what was learnt of them; those that are gone are removed
 */
export function mountTree(mountinfo: Buffer, known: Map<string, Device>): MountNode {
  const mounts = mountinfo.toString('latin1').split('\n').flatMap(mountOf);
  const children = Map.groupBy(mounts, ({ parent }) => parent);
  const ids = new Set(mounts.map(({ id }) => id));
  const root = emptyNode();
  // What is mounted later covers what lies below its point: of one parent's mounts a shorter path is the later one.
  const pending = inOrder(mounts.filter(({ parent, id }) => !ids.has(parent) || parent === id));
  const used = new Set<string>();
  for (let mount = pending.pop(); mount !== undefined; mount = pending.pop()) {
    used.add(mount.key);
    const device = known.get(mount.key) ?? createDevice(mount.isLocal);
    known.set(mount.key, device);
    put(root, mount.names, device);
    const { id } = mount;
    pending.push(...inOrder((children.get(id) ?? []).filter((child) => child.id !== id)));
  }
  for (const key of known.keys()) if (!used.has(key)) known.delete(key);
  return root;
}

/** So that the last one is the first to be put: the one with the longest path. */
function inOrder(mounts: readonly MountEntry[]): MountEntry[] {
  return mounts.toSorted((one, other) => one.names.length - other.names.length);
}

function emptyNode(): GrowingNode {
  return { device: undefined, below: new Map() };
}

function put(root: GrowingNode, names: readonly string[], device: Device): void {
  let at = root;
  for (const name of names) {
    const next = at.below.get(name) ?? emptyNode();
    at.below.set(name, next);
    at = next;
  }
  at.device = device;
  at.below.clear();
}

/** `36 35 98:0 /of/source /mnt/point rw,noatime master:1 - ext3 /dev/root rw`, with any number of fields before the `-` */
function mountOf(line: string): readonly MountEntry[] {
  const fields = line.split(' ');
  const [id, parent, device, , point] = fields;
  const type = fields[fields.indexOf('-', 6) + 1];
  if (id === undefined || parent === undefined || point === undefined || type === undefined) return [];
  const names = point.split('/').filter((name) => name !== '');
  return [{ id, parent, names: names.map(unescaped), key: `${device} ${type}`, isLocal: LOCAL.has(type) }];
}

/** The kernel writes space, tab, line feed and backslash as three octal digits. */
function unescaped(name: string): string {
  const bytes = name.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
  return decodeText(Buffer.from(bytes, 'latin1'));
}
