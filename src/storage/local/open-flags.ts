import { constants } from 'node:fs';

// Windows lacks the last three; undefined counts as 0 below.
const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

/** Whether O_NOFOLLOW says ELOOP of a link. Others say EMLINK or EFTYPE, or have no such flag. */
export const TELLS_LINKS = process.platform === 'linux' || process.platform === 'darwin';
/** A file for reading. Without O_NONBLOCK the open of a FIFO would wait for a writer, for ever. */
export const READ_FILE = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** An existing file for reading and writing. */
export const CHANGE_FILE = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
/** A new file; fails where anything has the name, a link included. */
export const CREATE_FILE = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
export const READ_DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
/** Linux's O_PATH, which Node does not name: a reference to an entry, opened for nothing. */
export const REFER = 0o10000000 | O_NOFOLLOW;
/** As the number of a user in chown(2): who owns it stays. */
export const UNCHANGED = -1;
