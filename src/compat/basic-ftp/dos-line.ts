import { FileInfo, FileType } from './file-info.ts';

/** `12-05-96  05:03PM       <DIR>          myDir`: date, time, a tag or a size, a name. */
export function readDosLine(line: string): FileInfo | undefined {
  const [, date, time, tag = '', name] = DOS_LINE.exec(line) ?? [];
  if (date === undefined || time === undefined || name === undefined) return undefined;
  const file = new FileInfo(name);
  file.type = tag === '<DIR>' ? FileType.Directory : FileType.File;
  file.size = tag === '<DIR>' ? 0 : Number(tag);
  file.rawModifiedAt = `${date} ${time}`;
  return file;
}

// Each part ends where the next one cannot begin, so that nothing is tried twice.
const DOS_LINE = /^(\d{2}\S*)\s+(\S+)\s+(<DIR>|\d+)\s+(\S.*)$/;
