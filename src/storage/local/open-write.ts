import { type OpenWriteOptions, type WritableFile, writableFile } from '../../core/index.ts';
import { EditedFile } from './edited-file.ts';
import type { EntryLocation } from './entry-location.ts';
import type { LocalStorageSettings } from './settings.ts';
import { LocalEndings } from './upload-endings.ts';
import { startUpload } from './upload-start.ts';

/** Opens the file of `location`, which it owns from now on. */
export async function openWrite(
  location: EntryLocation,
  { truncate = false, exclusive, existing, signal }: OpenWriteOptions,
  settings: LocalStorageSettings,
): Promise<WritableFile> {
  try {
    const { temporary, position, base, leavesEnd } = await startUpload(
      location,
      { exclusive: exclusive === true, existing: existing === true, ...(!truncate && { at: 'anywhere' }) },
      settings.durable,
    );
    const { name } = location;
    const content = new EditedFile({ name, temporary, base, kept: position, mode: settings.fileMode });
    const endings = new LocalEndings({
      location,
      temporary,
      content,
      settings,
      base,
      isFirst: false,
      leavesEnd,
      exclusive,
      existing,
    });
    return writableFile(content, endings, signal);
  } catch (error) {
    await location[Symbol.asyncDispose]();
    throw error;
  }
}
