import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteReader } from '../../src/protocol/index.ts';
import type { SoftSecurityKey } from '../../src/testing/soft-security-key.ts';

/* The messages of an agent that are answered here (draft-ietf-sshm-ssh-agent section 5). */
const FAILURE = 5;
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;

/** An SSH agent that has one security key, and signs as if somebody touched it, or with other flags. */
export async function softAgent(
  key: SoftSecurityKey,
  flags?: number,
): Promise<AsyncDisposable & { readonly socket: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-agent-'));
  const socket = join(directory, 'agent');
  const server = createServer((connection) => {
    let waiting = Buffer.alloc(0);
    connection.on('error', () => undefined);
    connection.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32BE(0)) {
        const end = 4 + waiting.readUInt32BE(0);
        connection.write(string(answer(key, waiting.subarray(4, end), flags)));
        waiting = waiting.subarray(end);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function answer(key: SoftSecurityKey, message: Buffer, flags: number | undefined): Buffer {
  const reader = new ByteReader(message, 1);
  if (message[0] === REQUEST_IDENTITIES) {
    const keys = [string(Buffer.from(key.publicKey.blob)), string(Buffer.from('soft'))];
    return Buffer.concat([Buffer.from([IDENTITIES_ANSWER, 0, 0, 0, 1]), ...keys]);
  }
  if (message[0] !== SIGN_REQUEST) return Buffer.from([FAILURE]);
  reader.string();
  const { whole } = key.sign(reader.string(), flags === undefined ? {} : { flags });
  return Buffer.concat([Buffer.from([SIGN_RESPONSE]), string(whole)]);
}

function string(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
