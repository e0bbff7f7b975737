/** Loaded ahead of tests (`--import`): breaks what `BREAK_NODE` names in this Node, as a later one may. */
import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

interface NativeStream {
  useUserBuffer(memory: Uint8Array): void;
  readStart(): number;
}

function tcp(): { readonly prototype: NativeStream } {
  return binding('tcp_wrap')['TCP'] as { prototype: NativeStream };
}

function binding(name: string): { readonly [name: string]: { readonly prototype: object } } {
  return (process as unknown as { binding(name: string): ReturnType<typeof binding> }).binding(name);
}

const breaks: { readonly [name: string]: () => void } = {
  /** It takes the memory, and goes on reading into its own. */
  'read-into'() {
    tcp().prototype.useUserBuffer = () => undefined;
  },
  /** It does not say any more that it reads already. */
  'native-detector'() {
    const { prototype } = tcp();
    const readStart: unknown = Reflect.get(prototype, 'readStart');
    assert.ok(typeof readStart === 'function');
    prototype.readStart = function (this: NativeStream) {
      Reflect.apply(readStart, this, []);
      return 0;
    };
  },
  /** It has another name for what it does with an error of TLS. */
  'tunnel-detector'() {
    const heed = Reflect.get(TLSSocket.prototype, '_emitTLSError');
    Object.defineProperty(TLSSocket.prototype, '_emitTLSError', { get: () => heed, set() {} });
  },
  /** It makes tickets without asking. */
  'ticket-callback'() {
    const native = Object.getPrototypeOf(createSecureContext({ ca: [] }).context);
    native.enableTicketKeyCallback = () => undefined;
  },
  /** It has another name for the event. */
  'tls-error'() {
    const emit: unknown = Reflect.get(TLSSocket.prototype, 'emit');
    assert.ok(typeof emit === 'function');
    TLSSocket.prototype.emit = function (this: TLSSocket, name: string | symbol, ...values: unknown[]) {
      return name !== '_tlsError' && Reflect.apply(emit, this, [name, ...values]);
    };
  },
  /** It finds no fault with anybody. */
  'verified-peer'() {
    Object.assign(binding('tls_wrap')['TLSWrap']?.prototype ?? {}, { verifyError: () => null });
  },
  /** It takes a reset for the end, and tells of it nowhere. */
  'reset-end'() {
    const destroy: unknown = Reflect.get(Socket.prototype, 'destroy');
    assert.ok(typeof destroy === 'function');
    Socket.prototype.destroy = function (this: Socket, error?: NodeJS.ErrnoException) {
      if (error?.code !== 'ECONNRESET') return Reflect.apply(destroy, this, [error]);
      this.push(null);
      return this;
    };
  },
};

for (const name of (process.env['BREAK_NODE'] ?? '').split(' ')) breaks[name]?.();
