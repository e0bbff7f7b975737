/** The bytes of local files, in memory that is lent, and the way to ask the system about files. */
export { type Device, unknownDevice } from './device.ts';
export { FileReader, type FileToRead } from './file-reader.ts';
export { type FileToWrite, FileWriter } from './file-writer.ts';
export { OpenedFile } from './opened-file.ts';
export { PORTION_BYTES } from './portion.ts';
export { SharedFlushes } from './shared-flushes.ts';
export { deviceOf, followVolume, freshMounts, type Volume, volumeBelow } from './volume.ts';
