import { dataFailure } from './data-failure.ts';
import { FileSink } from './file-sink.ts';
import type { FoundFile } from './found-file.ts';
import type { LocalFile } from './local-file.ts';
import { type DownloadPlan, ResumableDownload } from './resumable-download.ts';

/** A part of a file: from `start` up to, not including, `end`; the last one up to the end of the file. */
export interface Segment {
  readonly start: number;
  readonly end: number | undefined;
}

/** Cuts what lies from `start` on into equal parts, `count` at the most and none too small to be worth a connection. */
export function segmentsOf(start: number, size: number, count: number): readonly Segment[] {
  const parts = Math.max(1, Math.min(count, Math.floor((size - start) / leastSegmentBytes)));
  const bytes = Math.ceil((size - start) / parts);
  return Array.from({ length: parts }, (_, index) => ({
    start: start + index * bytes,
    end: index === parts - 1 ? undefined : start + (index + 1) * bytes,
  }));
}

export interface SegmentsPlan extends Omit<DownloadPlan, 'start' | 'end' | 'sink' | 'restart'> {
  readonly segments: readonly Segment[];
  readonly local: LocalFile;
  /** Byte of the remote file that is the first of the local one. */
  readonly origin: number;
}

/**
 * Downloads the parts of a file at once, each over a connection of its own, which is broken off at the part's end. When
 * one can't be had, the others are given up, and the local file is cut to the bytes that are there without a gap.
 * @returns how often one had to be taken up again
 */
export async function downloadSegments(found: FoundFile, plan: SegmentsPlan): Promise<number> {
  const { local, origin, segments, progress } = plan;
  const giveUp = new AbortController();
  const signal = plan.signal ? AbortSignal.any([plan.signal, giveUp.signal]) : giveUp.signal;
  const failures: unknown[] = [];
  const parts = segments.map(({ start, end }) => {
    const writer = local.writer(start - origin);
    const sink = new FileSink(writer, { start, end, onChunk: (chunk) => progress.add(chunk.length) });
    return { start, end, writer, sink };
  });
  const work = parts.map(async ({ start, end, sink, writer }) => {
    try {
      const { retries } = await new ResumableDownload(found, { ...plan, start, end, sink, signal }).run();
      await sink.finish(signal);
      return retries;
    } catch (error) {
      failures.push(error);
      giveUp.abort(error);
      sink.destroy();
      await writer.stop();
      return 0;
    }
  });
  const retries = await Promise.all(work);
  if (failures.length === 0) return retries.reduce((sum, count) => sum + count, 0);
  const broken = parts.find(({ end, writer }) => end === undefined || writer.position + origin < end);
  if (broken) await local.truncate(broken.writer.position);
  throw dataFailure(failures[0], 'local');
}

const leastSegmentBytes = 1024 * 1024;
