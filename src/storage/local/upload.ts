import { endingOnce, type Upload, type WriteOptions } from '../../core/index.ts';
import { FileWriter } from '../../disk/index.ts';
import { destroyOnAbort } from '../cancellation.ts';
import { AppendEndings } from './append.ts';
import type { EntryLocation } from './entry-location.ts';
import { storageError } from './failures.ts';
import type { LocalStorageSettings } from './settings.ts';
import { LocalEndings, type WrittenContent } from './upload-endings.ts';
import { startUpload } from './upload-start.ts';

/** Begins an upload to `location`, which it owns from now on. */
export async function openUpload(
  location: EntryLocation,
  options: WriteOptions,
  settings: LocalStorageSettings,
): Promise<Upload> {
  try {
    const { temporary, position, base, append, isFirst, leavesEnd } = await startUpload(
      location,
      options,
      settings.durable,
    );
    const sink = new FileWriter(temporary.handle, position, {
      device: temporary.device,
      failure: storageError,
      ...(base && { beforeWrite: (end) => base.claim(position, end) }),
    });
    destroyOnAbort(sink, options.signal);
    const { exclusive, existing, modified } = options;
    if (append)
      return endingOnce(sink, new AppendEndings({ location, aside: temporary, sink, settings, existing, ...append }));
    const content = sequential(sink);
    return endingOnce(
      sink,
      new LocalEndings({
        location,
        temporary,
        content,
        settings,
        base,
        isFirst,
        leavesEnd,
        exclusive,
        existing,
        modified,
      }),
    );
  } catch (error) {
    await location[Symbol.asyncDispose]();
    throw error;
  }
}

/** What comes from byte to byte leaves no gap. */
function sequential(sink: FileWriter): WrittenContent {
  return {
    get end() {
      return sink.position;
    },
    get wholeUpTo() {
      return sink.position;
    },
    stop: () => sink.stop(),
  };
}
