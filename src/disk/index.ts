/** The bytes of local files, in memory that is lent, and the way to ask the system about files. */
export { FileReader } from './file-reader.ts';
export { FileWriter } from './file-writer.ts';
export { quickly } from './quickly.ts';
