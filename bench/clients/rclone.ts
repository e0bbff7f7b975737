import { findTool, MissingProgram } from '../../test/interop/tool.ts';
import type { FtpClient } from './client.ts';
import { versionOf } from './version.ts';

/**
 * `copyto` and `copy`. With TLS 1.2, since its uploads to vsftpd by TLS 1.3 fail (1.60: it closes without reading the
 * tickets); in one stream, since vsftpd takes it for a failure when rclone leaves a part of a file unread.
 */
export const rclone: FtpClient = {
  name: 'rclone',
  isOurs: false,
  version: () => versionOf('rclone', ['version']),
  async command({ direction, what, local, remote, connections }, account) {
    const tool = await findTool('rclone');
    if (!tool) throw new MissingProgram('rclone');
    const { host, port, user, password, certificateFile } = account;
    const there = `:ftp:${remote}`;
    const [from, to] = direction === 'down' ? [there, local] : [local, there];
    return {
      words: ['rclone', what === 'file' ? 'copyto' : 'copy', from, to, `--transfers=${connections}`],
      environment: {
        RCLONE_CONFIG: '',
        RCLONE_FTP_HOST: host,
        RCLONE_FTP_PORT: String(port),
        RCLONE_FTP_USER: user,
        RCLONE_FTP_PASS: (await tool.run(['obscure', password])).trim(),
        RCLONE_FTP_EXPLICIT_TLS: 'true',
        RCLONE_FTP_DISABLE_TLS13: 'true',
        RCLONE_FTP_WRITING_MDTM: 'true',
        RCLONE_MULTI_THREAD_STREAMS: '0',
        SSL_CERT_FILE: certificateFile,
      },
    };
  },
};
