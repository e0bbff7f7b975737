import { Writable } from 'node:stream';
import { ClientError } from '../errors.ts';
import { runTransfer } from '../transfer/run-transfer.ts';
import type { Check } from './examined-server.ts';

/** Whether a transfer can be broken off, and the connection used again. */
export const aborting: Check = async function* ({ pool, signal }) {
  const before = await pool.use(signal, async ({ connection }) => connection.number);
  const stop = new AbortController();
  let hasBegun = false;
  let failure: ClientError | undefined;
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  try {
    await pool.use(signal, ({ connection }) =>
      runTransfer(connection, {
        verb: 'LIST',
        argument: '',
        direction: 'listing',
        type: 'binary',
        signal: both,
        async move(data, breakOff) {
          // Not sooner: a server may not have accepted the data connection, and has no transfer to end then.
          const breaking = new Writable({
            write() {
              hasBegun = true;
              stop.abort();
            },
          });
          await data.receive(breaking, { signal: breakOff });
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ClientError) || signal?.aborted) throw error;
    failure = error;
  }
  const after = await pool.use(signal, async ({ connection }) => {
    await connection.request('NOOP', '', { signal });
    const reply = await connection.request('ABOR', '', { signal, accept: () => true });
    return { number: connection.number, code: reply.code };
  });
  if (!hasBegun) {
    const why = failure ? `the listing failed: ${failure.message}` : 'the directory is empty';
    yield { check: 'abort', verdict: 'skipped', message: `There was no transfer to break off: ${why}` };
  } else if (after.number === before) {
    yield { check: 'abort', verdict: 'good', message: 'A transfer that is broken off leaves the connection usable' };
  } else {
    yield {
      check: 'abort',
      verdict: 'warning',
      message: 'A transfer that is broken off takes the connection with it: the server does not end it in time',
      advice: 'Clients have to sign in again behind each cancelled transfer; update the server',
    };
  }
  if (after.code >= 500 && after.code !== 501) {
    yield { check: 'abort', verdict: 'note', message: `ABOR is not known to the server (${after.code})` };
  }
};
