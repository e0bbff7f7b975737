import { readFileSync } from 'node:fs';
import { FtpSrv } from 'ftp-srv';

/** ftp-srv with TLS and one account, in a process of its own. */
const [port, first, last, root = '', certificate = '', key = '', user, password, uid, gid] = process.argv.slice(2);

const server = new FtpSrv({
  url: `ftp://127.0.0.1:${port}`,
  pasv_url: '127.0.0.1',
  pasv_min: Number(first),
  pasv_max: Number(last),
  tls: { cert: readFileSync(certificate), key: readFileSync(key) },
});
server.on('login', (given, resolve, reject) => {
  if (given.username === user && given.password === password) resolve({ root });
  else reject(new Error('Wrong user name or password'));
});
await server.listen();
if (process.getuid?.() === 0) {
  process.setgroups?.([Number(gid)]);
  process.setgid?.(Number(gid));
  process.setuid?.(Number(uid));
}
