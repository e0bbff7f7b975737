import { SftpFailure } from '../failures.ts';
import { ATTRIBUTE_REQUESTS } from './attributes.ts';
import { CHECK_REQUESTS } from './check-file.ts';
import { COPY_REQUESTS } from './copy-data.ts';
import { DIRECTORY_REQUESTS } from './directories.ts';
import { FILE_REQUESTS } from './files.ts';
import { NAME_REQUESTS } from './names.ts';
import type { RequestTable } from './request.ts';
import { SPACE_REQUESTS } from './space.ts';

/** Every request, and what it does. */
export const REQUESTS: RequestTable = {
  ...FILE_REQUESTS,
  ...DIRECTORY_REQUESTS,
  ...NAME_REQUESTS,
  ...ATTRIBUTE_REQUESTS,
  ...SPACE_REQUESTS,
  ...COPY_REQUESTS,
  ...CHECK_REQUESTS,
  unknown: {
    order: 'shared',
    async run() {
      throw new SftpFailure('unsupported', 'The server does not know this request');
    },
  },
  malformed: {
    order: 'shared',
    async run() {
      throw new SftpFailure('bad-message', 'The fields of the request could not be read');
    },
  },
};
