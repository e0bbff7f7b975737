import path from 'node:path';
import { z } from 'zod';
import { actorOf } from '../actor.ts';
import type { AnswerStream } from '../answer-streams.ts';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import { type ApiCall, type Route, route } from '../route.ts';

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
    async act(call) {
      const { body, desk } = call;
      const { passphrase } = body;
      const asked = { file: desk.file, passphrase, version: desk.service.version };
      const begun = await desk.slow.call('beginBackup', asked);
      if (isApiFailure(begun)) return begun;
      const name = `lockport-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}.age`;
      return {
        stream: backupStream(call),
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

type StreamCall = Pick<ApiCall<unknown, unknown>, 'request' | 'desk' | 'actor'>;

/** What was taken away is gone at once, though a backup takes its time. */
async function isStillOwner({ request, desk }: StreamCall): Promise<boolean> {
  const actor = await actorOf(request, desk);
  if (isApiFailure(actor) || desk.service.bans.find(request.address)) return false;
  return actor.role === 'owner' && actor.groups === undefined && !actor.mustChangePassword;
}

/** A backup on its way, and the record of how it ended: whether it has left the server whole is what matters of it. */
function backupStream(call: StreamCall): AnswerStream {
  const { slow, service } = call.desk;
  const { administrator, token, address } = call.actor;
  const late = AbortSignal.timeout(service.limits().adminBackupMs);
  let bytes = 0;
  let isWhole = false;
  let isEnded = false;
  return {
    async next() {
      late.throwIfAborted();
      if (!(await isStillOwner(call))) throw new Error('Whoever asked for the backup may make none any more');
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
