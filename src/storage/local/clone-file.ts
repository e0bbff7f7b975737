import { constants } from 'node:fs';
import { copyFile, type FileHandle } from 'node:fs/promises';
import type { Device, OpenedFile } from '../../disk/index.ts';

/**
 * Lets an empty file share all bytes of another one, which costs nothing of their size: FICLONE, which XFS, Btrfs, bcachefs and
 * some network file systems have. False elsewhere, and then the file is empty still.
 */
export async function isCloned(source: Pick<FileHandle, 'fd'>, target: OpenedFile, device: Device): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  // By their descriptors, whatever stands at their names by now.
  const [from, to] = [source, target].map(({ fd }) => `/proc/self/fd/${fd}`);
  if (from === undefined || to === undefined) return false;
  const { mode } = await device.threads(() => target.stat({ bigint: true }));
  try {
    await device.threads(() => copyFile(from, to, constants.COPYFILE_FICLONE_FORCE));
    return true;
  } catch {
    return false;
  } finally {
    // It has got that of the source.
    await device.threads(() => target.chmod(Number(mode) & 0o777));
  }
}
