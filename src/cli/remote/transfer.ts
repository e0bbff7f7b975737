import type { Progress, TransferOptions, TransferResult } from '../../client/index.ts';
import { printable } from '../../core/index.ts';
import type { RemoteRun } from './remote-run.ts';

/** The flags of `get`, `put` and `cat` about the transfer itself. */
export interface TransferFlags {
  readonly resume?: boolean;
  readonly checksum?: boolean;
  readonly times?: boolean;
}

/** Carries out one transfer of `atOnce`, shown as `name`, with what the flags say of all transfers. */
export async function shown(
  run: RemoteRun,
  { name, atOnce }: { readonly name: string; readonly atOnce: number },
  { checksum }: TransferFlags,
  work: (options: TransferOptions) => Promise<TransferResult>,
): Promise<TransferResult> {
  const tracker = run.progress.track(name);
  const { limitRate } = run.settings;
  try {
    const result = await work({
      signal: run.signal,
      onProgress: ({ bytes, offset, total }: Progress) => tracker.update(offset + bytes, total),
      ...(checksum && { checksum: 'require' }),
      // Each of those that go on at once gets its part.
      ...(limitRate !== undefined && { maxBytesPerSecond: Math.max(1, Math.floor(limitRate / atOnce)) }),
    });
    for (const { about, message } of result.warnings) {
      run.output.warn(`${printable(name)}: ${printable(message)}${about === 'time' ? '; --no-times leaves it' : ''}`);
    }
    tracker.done({ bytes: result.bytes, durationMs: result.durationMs, ...noteOf(result) });
    return result;
  } finally {
    tracker.end();
  }
}

function noteOf({ offset, verified, retries }: TransferResult): { readonly note?: string } {
  const notes = [
    ...(offset > 0 ? [`resumed at byte ${offset}`] : []),
    ...(verified === 'nothing' || verified === 'size' ? [] : [`${verified} compared`]),
    ...(retries > 0 ? [`taken up again ${retries} ${retries === 1 ? 'time' : 'times'}`] : []),
  ];
  return notes.length === 0 ? {} : { note: notes.join(', ') };
}
