import { close, fstat, open, read, write } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/*
 * What the package ssh2 can do at best: its own SFTP server above the system's files, without accounts, rights, limits,
 * records, whole files or anything else. Arguments: port, root, file of the host key.
 */

interface Sftp {
  on(event: string, listener: (id: number, ...rest: never[]) => void): this;
  handle(id: number, handle: Buffer): void;
  data(id: number, bytes: Buffer): void;
  status(id: number, code: number): void;
  attrs(id: number, attributes: object): void;
  name(id: number, names: readonly object[]): void;
  end(): void;
}

interface Client {
  on(event: 'authentication', listener: (attempt: { accept(): void }) => void): this;
  on(event: 'session', listener: (accept: () => Session) => void): this;
  on(event: 'error', listener: () => void): this;
}

interface Session {
  on(event: 'sftp', listener: (accept: () => Sftp) => void): this;
}

interface Ssh2 {
  readonly Server: new (
    options: object,
    onClient: (client: Client) => void,
  ) => { listen(port: number, address: string): void };
}

const STATUS = { ok: 0, endOfFile: 1, noSuchFile: 2, failure: 4 };
const FLAGS = { write: 2, truncate: 0x10 };
const MOST_BYTES = 261_120;
const [port = '0', root = '/', hostKeyFile = ''] = process.argv.slice(2);

const { default: module } = await import('ssh2');
const hostKey = await readFile(hostKeyFile);
new (module as Ssh2).Server({ hostKeys: [hostKey], algorithms: { compress: ['none'] } }, (client) => {
  client.on('authentication', (attempt) => attempt.accept());
  client.on('error', () => undefined);
  client.on('session', (accept) => accept().on('sftp', (accept) => serve(accept())));
}).listen(Number(port), '127.0.0.1');

function serve(sftp: Sftp): void {
  const fileOf = (handle: Buffer): number => handle.readUInt32BE();
  const attributes = (id: number, file: number, then: () => void = () => undefined): void =>
    fstat(file, (error, found) => {
      then();
      if (error) sftp.status(id, STATUS.failure);
      else sftp.attrs(id, { mode: found.mode, size: found.size, uid: 0, gid: 0, atime: 0, mtime: 0 });
    });
  const look = (id: number, path: string): void =>
    open(placeOf(path), 'r', (error, file) => {
      if (error) sftp.status(id, STATUS.noSuchFile);
      else attributes(id, file, () => close(file));
    });
  // Else its client waits for that without end.
  sftp.on('end', () => sftp.end());
  sftp.on('REALPATH', (id, path: string) => sftp.name(id, [{ filename: resolve('/', path), longname: '', attrs: {} }]));
  sftp.on('STAT', look);
  sftp.on('LSTAT', look);
  sftp.on('FSTAT', (id, handle: Buffer) => attributes(id, fileOf(handle)));
  for (const event of ['SETSTAT', 'FSETSTAT']) sftp.on(event, (id) => sftp.status(id, STATUS.ok));
  sftp.on('OPEN', (id, path: string, flags: number) => {
    const how = (flags & FLAGS.write) === 0 ? 'r' : (flags & FLAGS.truncate) === 0 ? 'r+' : 'w';
    open(placeOf(path), how, (error, file) => {
      if (error) return sftp.status(id, STATUS.noSuchFile);
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE(file);
      sftp.handle(id, handle);
    });
  });
  sftp.on('READ', (id, handle: Buffer, offset: number, length: number) => {
    const room = Buffer.allocUnsafe(Math.min(length, MOST_BYTES));
    read(fileOf(handle), room, 0, room.length, offset, (error, bytes) => {
      if (error || bytes === 0) sftp.status(id, error ? STATUS.failure : STATUS.endOfFile);
      else sftp.data(id, room.subarray(0, bytes));
    });
  });
  sftp.on('WRITE', (id, handle: Buffer, offset: number, data: Buffer) => {
    write(fileOf(handle), data, 0, data.length, offset, (error) => {
      sftp.status(id, error ? STATUS.failure : STATUS.ok);
    });
  });
  sftp.on('CLOSE', (id, handle: Buffer) => {
    close(fileOf(handle), (error) => sftp.status(id, error ? STATUS.failure : STATUS.ok));
  });
}

function placeOf(path: string): string {
  return resolve(root, `.${resolve('/', path)}`);
}
