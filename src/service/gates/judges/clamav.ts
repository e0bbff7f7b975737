import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { printable } from '../../../core/index.ts';
import type { ClamavSettings } from '../../configuration/index.ts';
import { systemCode } from '../../system-error.ts';
import { type Judge, JudgeError, type JudgeVerdict } from '../judge.ts';

/** The command that is followed by chunks, ended by NUL as its answer is (clamd(8)). */
const COMMAND = 'zINSTREAM\0';
const LAST_CHUNK = Buffer.alloc(4);
/** Far longer than any answer. */
const MAX_ANSWER_BYTES = 4096;
const MIB = 1_048_576;

/** Asks clamd by its INSTREAM command. It gets the content alone, in chunks as they are read. */
export function clamavJudge(settings: ClamavSettings): Judge {
  return {
    async judge({ bytes, read }, signal) {
      if (bytes > settings.maxSize * MIB)
        throw new JudgeError(`larger than ${settings.maxSize} MiB`, { isFinal: true });
      signal.throwIfAborted();
      const socket = connectTo(settings);
      const end = () => socket.destroy(signal.reason as Error);
      signal.addEventListener('abort', end, { once: true });
      const content = read();
      try {
        return await asked(socket, content);
      } catch (cause) {
        if (signal.aborted) throw signal.reason;
        if (cause instanceof JudgeError) throw cause;
        const why = systemCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
        throw new JudgeError(`ClamAV can't be asked (${why})`, { cause });
      } finally {
        signal.removeEventListener('abort', end);
        content.destroy();
        socket.destroy();
      }
    },
  };
}

function connectTo({ socket, address, port }: ClamavSettings): Socket {
  return socket === undefined ? connect({ host: address, port }) : connect({ path: socket });
}

async function asked(socket: Socket, content: AsyncIterable<Buffer>): Promise<JudgeVerdict> {
  const answer = answerOf(socket);
  await once(socket, 'connect');
  socket.write(COMMAND);
  for await (const chunk of content) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.length);
    socket.cork();
    socket.write(length);
    const isTaken = socket.write(chunk);
    socket.uncork();
    // One that has made up its mind reads no further.
    if (answer.isThere()) return clamavVerdict(await answer.text, { isWhole: false });
    if (!isTaken) await Promise.race([once(socket, 'drain'), answer.text]);
  }
  socket.write(LAST_CHUNK);
  return clamavVerdict(await answer.text, { isWhole: true });
}

interface Answer {
  /** Its text, without the NUL behind it. Rejects where there is none. */
  readonly text: Promise<string>;
  isThere(): boolean;
}

function answerOf(socket: Socket): Answer {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let bytes = Buffer.alloc(0);
  let isThere = false;
  const settle = (work: () => void) => {
    isThere = true;
    work();
  };
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]).subarray(0, MAX_ANSWER_BYTES);
    const end = bytes.indexOf(0);
    if (end >= 0) settle(() => resolve(bytes.toString('latin1', 0, end)));
    else if (bytes.length === MAX_ANSWER_BYTES) settle(() => reject(new JudgeError('ClamAV gave an endless answer')));
  });
  socket.on('error', (error) => settle(() => reject(error)));
  socket.on('close', () => settle(() => reject(new JudgeError('ClamAV ended the connection without an answer'))));
  // Whoever waits for it hears of it.
  promise.catch(() => undefined);
  return { text: promise, isThere: () => isThere };
}

/** What an answer of clamd says. @param isWhole whether all of the content was sent @throws JudgeError where it says nothing */
function clamavVerdict(answer: string, { isWhole }: { readonly isWhole: boolean }): JudgeVerdict {
  const said = /^stream: (?:(OK)|(.+) FOUND)$/.exec(answer.trim());
  if (said?.[1] && isWhole) return { verdict: 'accept' };
  if (said?.[2]) return { verdict: 'refuse', reason: said[2] };
  if (/size limit exceeded/i.test(answer)) throw new JudgeError('larger than ClamAV takes', { isFinal: true });
  throw new JudgeError(`ClamAV answered: ${printable(answer.slice(0, 200))}`);
}
