import path from 'node:path';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { AdminDesk } from '../admin-desk.ts';
import type { AnswerStream } from '../answer-streams.ts';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';

const PASSPHRASE = z.string().min(12).max(1024);
/** A name and no path, and nothing that a shell or a terminal would take for something else. */
const FILE_NAME = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/, 'a file name of letters, digits, ".", "_" and "-"');

export const BACKUP_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/backup',
    summary: 'A backup, encrypted with a passphrase (age), as the answer itself; what breaks off is none',
    role: 'owner',
    reach: 'server',
    isRecorded: true,
    body: z.strictObject({ passphrase: PASSPHRASE }),
    streams: 'application/octet-stream',
    async act({ body: { passphrase }, desk, actor }) {
      const asked = { file: desk.file, passphrase, version: desk.service.version };
      const begun = await desk.slow.call('beginBackup', asked);
      if (isApiFailure(begun)) return begun;
      const name = `lockport-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}.age`;
      return {
        stream: backupStream(desk, actor),
        headers: { 'content-disposition': `attachment; filename="${name}"` },
        after: { sent: 'begun' },
      };
    },
  }),

  route({
    method: 'POST',
    path: '/backups',
    summary: 'Make a backup, encrypted with a passphrase, in the directory of admin.backupDirectory',
    role: 'owner',
    reach: 'server',
    isRecorded: true,
    status: 201,
    body: z.strictObject({ file: FILE_NAME, passphrase: PASSPHRASE }),
    answer: z.strictObject({ file: z.string(), files: z.int(), createdAt: z.iso.datetime() }),
    targetOf: ({ body }) => ({ file: body.file }),
    async act({ body: { file, passphrase }, desk }) {
      const { backupDirectory } = desk.configuration().admin;
      if (backupDirectory === undefined) {
        return apiFailure(
          'no-backups',
          'No backup can be made over the API: name a directory in admin.backupDirectory',
        );
      }
      const target = path.join(backupDirectory, file);
      const made = await desk.slow.call('backup', {
        target,
        file: desk.file,
        passphrase,
        version: desk.service.version,
      });
      return isApiFailure(made) ? made : { body: { file, ...made }, after: { file } };
    },
  }),
];

/** A backup on its way, and the record of how it ended: whether it has left the server whole is what matters of it. */
function backupStream({ slow, service }: AdminDesk, { administrator, token, address }: Actor): AnswerStream {
  const late = AbortSignal.timeout(service.limits().adminBackupMs);
  let bytes = 0;
  let isWhole = false;
  let isEnded = false;
  return {
    async next() {
      late.throwIfAborted();
      const part = await slow.call('readBackup', undefined);
      bytes += part?.length ?? 0;
      isWhole = part === undefined;
      return part;
    },
    async [Symbol.asyncDispose]() {
      if (isEnded) return;
      isEnded = true;
      service.publish({
        event: 'admin.acted',
        administrator,
        ...(token !== undefined && { token }),
        address,
        action: 'POST /backup',
        ...(isWhole
          ? { outcome: 'done', after: { sent: 'whole', bytes } }
          : { outcome: 'failed', reason: `It broke off after ${bytes} bytes` }),
      });
      await slow.call('endBackup', undefined);
    },
  };
}
