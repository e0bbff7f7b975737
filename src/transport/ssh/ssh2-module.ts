import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';

/*
 * What is used of the package ssh2, which has no types of its own. Version 1.17.
 */

export interface Ssh2Key {
  readonly type: string;
  getPublicSSH(): Buffer;
  isPrivateKey(): boolean;
  sign(data: Buffer, algorithm?: string): Buffer | Error;
  verify(data: Buffer, signature: Buffer, algorithm?: string): boolean | Error;
}

interface Ssh2Negotiated {
  readonly kex: string;
  readonly serverHostKey: string;
  readonly cs: { readonly cipher: string; readonly mac: string };
}

/** A request to sign in. */
export interface Ssh2Attempt {
  readonly username: string;
  readonly method: 'none' | 'password' | 'publickey' | 'hostbased' | 'keyboard-interactive';
  readonly password?: unknown;
  readonly key?: { readonly algo: string; readonly data: Buffer };
  readonly hashAlgo?: string | undefined;
  readonly signature?: Buffer;
  readonly blob?: Buffer;
  accept(): void;
  reject(methods?: readonly string[], isPartial?: boolean): void;
  /** Of `keyboard-interactive` alone: asks, and calls back once, with the answers or an error. */
  prompt?(
    prompts: readonly { readonly prompt: string; readonly echo: boolean }[],
    answered: (answers: unknown) => void,
  ): void;
}

export interface Ssh2Channel extends Duplex {
  readonly stderr: Readable;
  readonly incoming: { readonly window: number };
  readonly outgoing: { readonly packetSize: number; readonly state: string };
  close(): void;
  exit(status: number): void;
}

export interface Ssh2Session extends EventEmitter {
  on(event: 'close', listener: () => void): this;
  on(
    event: 'subsystem',
    listener: (
      accept: () => Ssh2Channel | undefined,
      reject: (() => void) | undefined,
      info: { readonly name: string },
    ) => void,
  ): this;
}

/** The inside of a connection, of which nothing is promised. */
interface Ssh2Inside {
  readonly _protocol?: {
    readonly _cipher?: { [name: string]: unknown; encrypt(packet: Buffer): void };
    readonly _decipher?: { [name: string]: unknown };
    readonly _kex?: { readonly sessionID?: Buffer };
    /** There between the two halves of a key exchange. */
    readonly _kexinit?: unknown;
    readonly _packetRW?: {
      readonly write?: {
        readonly allocStart: number;
        alloc(payloadBytes: number): Buffer;
        finalize(packet: Buffer): Buffer;
      };
    };
    readonly _handlers?: {
      GLOBAL_REQUEST?: (from: unknown, name: string, wantsReply: boolean, data: unknown) => void;
    };
    requestSuccess?(data: Buffer): void;
    requestFailure?(): void;
  };
}

export interface Ssh2Client extends EventEmitter, Ssh2Inside {
  on(event: 'error', listener: (error: Error & { readonly level?: string }) => void): this;
  on(event: 'handshake', listener: (negotiated: Ssh2Negotiated) => void): this;
  on(event: 'authentication', listener: (attempt: Ssh2Attempt) => void): this;
  on(event: 'ready' | 'end' | 'close', listener: () => void): this;
  on(event: 'session', listener: (accept: () => Ssh2Session | undefined, reject: () => void) => void): this;
  rekey(): void;
  end(): void;
}

/** Keys that can sign, and are not shown. */
export interface Ssh2Agent {
  /** Of OpenSSH's agent: a connection to it, for one thing that is asked. */
  getStream?(done: (error: Error | null, stream?: Socket) => void): void;
  getIdentities(done: (error: Error | undefined, keys?: readonly Ssh2Key[]) => void): void;
  sign(
    key: Ssh2Key,
    data: Buffer,
    options: { readonly hash?: string | undefined },
    done: (error: Error | undefined, signature?: Buffer) => void,
  ): void;
}

interface Ssh2Prompt {
  readonly prompt: string;
  readonly echo: boolean;
}

/** One way to sign in, as a client. */
export type Ssh2AuthMethod =
  | { readonly type: 'none'; readonly username: string }
  | { readonly type: 'password'; readonly username: string; readonly password: string }
  | { readonly type: 'agent'; readonly username: string; readonly agent: Ssh2Agent }
  | {
      readonly type: 'keyboard-interactive';
      readonly username: string;
      readonly prompt: (
        name: string,
        instructions: string,
        language: string,
        prompts: readonly Ssh2Prompt[],
        finish: (answers: readonly string[]) => void,
      ) => void;
    };

/** A connection, as a client. */
export interface Ssh2Connection extends EventEmitter, Ssh2Inside {
  on(event: 'error', listener: (error: Error & { readonly level?: string }) => void): this;
  on(event: 'handshake', listener: (negotiated: Ssh2Negotiated) => void): this;
  on(event: 'greeting' | 'banner', listener: (text: string) => void): this;
  on(event: 'ready' | 'end' | 'close', listener: () => void): this;
  connect(options: {
    readonly sock: Socket;
    readonly username: string;
    readonly ident: string;
    readonly algorithms: object;
    readonly readyTimeout: 0;
    readonly hostVerifier: (key: Buffer, verify: (isRight: boolean) => void) => void;
    readonly authHandler: (
      methods: readonly string[] | null,
      isPartial: boolean | null,
      next: (method: Ssh2AuthMethod | false) => void,
    ) => void;
  }): void;
  subsys(name: string, done: (error: Error | undefined, channel: Ssh2Channel) => void): void;
  end(): void;
}

interface Ssh2Server {
  injectSocket(socket: Socket): void;
}

export interface Ssh2Module {
  readonly Server: new (
    options: {
      readonly hostKeys: readonly { readonly key: Ssh2Key }[];
      readonly algorithms: object;
      readonly ident: string;
    },
    onClient: (
      client: Ssh2Client,
      info: { readonly header: { readonly versions: { readonly software: string } } },
    ) => void,
  ) => Ssh2Server;
  readonly Client: new () => Ssh2Connection;
  readonly BaseAgent: new () => object;
  readonly createAgent: (socket: string) => Ssh2Agent;
  readonly utils: {
    parseKey(key: string | Buffer, passphrase?: string): Ssh2Key | readonly Ssh2Key[] | Error;
    generateKeyPairSync(
      type: 'ed25519' | 'ecdsa' | 'rsa',
      options?: {
        readonly bits?: number;
        readonly comment?: string;
        readonly passphrase?: string;
        readonly cipher?: string;
      },
    ): {
      readonly private: string;
      readonly public: string;
    };
  };
}

/** The package is not installed. The message names what to do. */
export class MissingSshError extends Error {
  override readonly name = 'MissingSshError';
}

/** @throws MissingSshError */
export async function loadSsh2(): Promise<Ssh2Module> {
  try {
    const { default: module } = await import('ssh2');
    return module as Ssh2Module;
  } catch (cause) {
    const message = 'SFTP needs the package ssh2: install it beside lockport by "npm install ssh2"';
    throw new MissingSshError(message, { cause });
  }
}

/** The first key of a text. @throws Error */
export function parseKey({ utils }: Ssh2Module, text: string | Buffer, passphrase?: string): Ssh2Key {
  const parsed = utils.parseKey(text, passphrase);
  if (parsed instanceof Error) throw parsed;
  const [key] = Array.isArray(parsed) ? (parsed as readonly Ssh2Key[]) : [parsed as Ssh2Key];
  if (!key) throw new Error('There is no key');
  return key;
}
