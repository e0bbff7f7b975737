import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * A stand-in for `tcp` that TLS can be laid over. Unlike that of TLS over the socket itself, its end does not end TCP.
 * What is sent passes `alter`, where given.
 */
export function overlay(tcp: Socket, alter: (chunk: Buffer) => Buffer = (chunk) => chunk): Duplex {
  const stand = new Duplex({
    read() {
      tcp.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      tcp.write(alter(chunk), () => done());
    },
    destroy(error, done) {
      tcp.off('data', take).off('end', end).off('close', close);
      done(error);
    },
  });
  const take = (chunk: Buffer) => {
    if (!stand.push(chunk)) tcp.pause();
  };
  const end = () => stand.push(null);
  const close = () => stand.destroy();
  tcp.on('data', take).on('end', end).on('close', close);
  return stand;
}
