import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export interface TicketKey {
  readonly hmac: Buffer;
  readonly aes: Buffer;
}

/**
 * The keys of the TLS tickets of all control connections that know one secret, each with a key of its own. The name of the
 * key, which a ticket shows in the clear, is the control connection's name in a cipher: whoever has the secret, in
 * whichever process, can open the ticket and knows whose it is, and to others it tells nothing.
 */
export class TicketKeys {
  readonly #secret: Uint8Array;
  readonly #nameKey: Uint8Array;

  /** @param secret 32 random bytes, kept in memory only. Default: new ones. */
  constructor(secret: Uint8Array = randomBytes(32)) {
    this.#secret = secret;
    this.#nameKey = this.#derive('', 'lockport ticket key name');
  }

  /** The name of the key of a control connection. No two connections that share the secret may have one name. */
  keyNameOf(connection: string): Buffer {
    const block = Buffer.alloc(BLOCK_BYTES);
    if (!CONNECTION_NAME.test(connection)) throw new RangeError(`Not a name of a control connection: ${connection}`);
    block.write(connection, 'latin1');
    return createCipheriv('aes-128-ecb', this.#nameKey, null).setAutoPadding(false).update(block);
  }

  /** The control connection that a key is of, undefined where its name was not made with our secret. */
  connectionOf(keyName: Buffer): string | undefined {
    const block = createDecipheriv('aes-128-ecb', this.#nameKey, null).setAutoPadding(false).update(keyName);
    const name = block.toString('latin1').replace(/\0+$/, '');
    return CONNECTION_NAME.test(name) ? name : undefined;
  }

  /** The key of this name. */
  keyOf(keyName: Buffer): TicketKey {
    const bytes = Buffer.from(this.#derive(keyName, 'lockport ticket key', 2 * BLOCK_BYTES));
    return { hmac: bytes.subarray(0, BLOCK_BYTES), aes: bytes.subarray(BLOCK_BYTES) };
  }

  #derive(salt: Uint8Array | string, purpose: string, bytes = BLOCK_BYTES): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#secret, salt, purpose, bytes));
  }
}

/** Of AES, and what OpenSSL takes for the name and the keys of a ticket (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)). */
const BLOCK_BYTES = 16;
const CONNECTION_NAME = /^[!-~]{1,16}$/;
