import { ClientError } from '../errors.ts';
import { type Check, fetchBytes } from './examined-server.ts';

/** Whether the server ends its data with close_notify, without which nobody can tell the whole from a part. */
export const closeNotify: Check = async function* (examined) {
  if (examined.pool.settings.dataProtection === 'clear') {
    yield {
      check: 'close-notify',
      verdict: 'skipped',
      message: 'Data travel in clear, and have no end that could be checked',
    };
    return;
  }
  try {
    await fetchBytes(examined, 'LIST');
    yield { check: 'close-notify', verdict: 'good', message: 'What the server sends ends with close_notify' };
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'truncated') throw error;
    yield {
      check: 'close-notify',
      verdict: 'bad',
      message: 'The server ends its data without close_notify: a file that was cut on the way looks like a whole one',
      advice:
        'Have the server shut TLS down properly on data connections (RFC 8446 section 6.1); update it. Until ' +
        'then --end-of-stream lenient accepts it, with sizes compared',
    };
  }
};
