import { execFile } from 'node:child_process';
import process from 'node:process';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Mounts a small file system on a directory, to be filled. Disposing it takes it away again. Undefined where only root could
 * mount it; then the test is skipped, and fails under CI=true.
 * @param size as mount takes it: `512k`
 */
export async function mountSmallMedium(
  context: TestContext,
  directory: string,
  size: string,
): Promise<AsyncDisposable | undefined> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'lockport-test', directory]);
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    context.skip('a tmpfs can only be mounted by root');
    return undefined;
  }
  return {
    async [Symbol.asyncDispose]() {
      await run('umount', ['-l', directory]);
    },
  };
}
