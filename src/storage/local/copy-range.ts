import type { Device, FileToRead, FileToWrite } from '../../disk/index.ts';

const COPY_BYTES = 1024 * 1024;

export interface Range {
  /** The first byte that is read, and where it is written to. */
  readonly from: number;
  readonly to: number;
  readonly length: number;
  /** Of what is written to. */
  readonly device: Device;
  /** Of what is read, where it is another one. */
  readonly sourceDevice?: Device;
}

/**
 * Copies bytes from file to file, up to where the first one ends; yields behind each portion. By hand rather than by
 * copyFile, which can't be aborted and takes one of libuv's few threads as long as it lasts.
 */
export async function* copyRange(source: FileToRead, target: FileToWrite, range: Range): AsyncGenerator<string> {
  const { from, to, length, device, sourceDevice = device } = range;
  const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(COPY_BYTES, length)));
  for (let done = 0; done < length; ) {
    const wanted = Math.min(buffer.length, length - done);
    const { bytesRead } = await sourceDevice.threads(() => source.read(buffer, 0, wanted, from + done));
    if (bytesRead === 0) return;
    for (let written = 0; written < bytesRead; ) {
      const at = to + done + written;
      written += (await device.threads(() => target.write(buffer, written, bytesRead - written, at))).bytesWritten;
    }
    done += bytesRead;
    yield 'a portion is copied';
  }
}
