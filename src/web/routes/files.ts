import { joinPath, namesEntry, parentOf, ROOT, StorageError, type VirtualPath } from '../../core/index.ts';
import { contentOf } from '../content.ts';
import { archiveBody, type DirectoryPage, directoryBody, moveBody, removeBody, SORTS } from '../contract.ts';
import { json } from '../http-answer.ts';
import { WebFailure } from '../problem.ts';
import { Removing } from '../remove.ts';
import type { WebSession } from '../web-session.ts';
import { zipOf } from '../zip.ts';
import { choiceOf, countOf, pathOf, route, type WebRoute } from './route.ts';
import { rightsAt, shownEntry, shownFile } from './shown.ts';

const MAX_FIND_LENGTH = 255;

/** What is done with files that are there. */
export const FILE_ROUTES: readonly WebRoute[] = [
  route({
    method: 'GET',
    path: '/files',
    verb: 'LIST',
    about: ({ request }) => request.query.get('path') ?? undefined,
    async run({ request: { query, gone }, session }) {
      const path = pathOf(query.get('path'));
      const sort = choiceOf(query, 'sort', SORTS);
      const isDescending = choiceOf(query, 'order', ['ascending', 'descending']) === 'descending';
      const limit = countOf(query, 'limit', session.settings.limits.maxWebPage);
      const find = (query.get('find') ?? '').toLowerCase();
      if (find.length > MAX_FIND_LENGTH) throw new WebFailure(400, 'bad-request', 'find: a shorter text');
      const cursor = query.get('cursor');
      const signal = signalOf(session, gone);
      const {
        entries,
        total,
        cursor: next,
      } = cursor
        ? await session.listings.next(session.files, cursor, { path }, limit, signal)
        : await session.listings.first(session.files, { path, sort, isDescending, find }, limit, signal);
      const page: DirectoryPage = {
        path,
        rights: rightsAt(session, path === ROOT ? path : joinedChild(path)),
        entries: entries.map(shownEntry),
        total,
        ...(next !== undefined && { cursor: next }),
      };
      return json(200, page);
    },
  }),
  route({
    method: 'GET',
    path: '/file',
    verb: 'STAT',
    about: ({ request }) => request.query.get('path') ?? undefined,
    async run({ request: { query, gone }, session }) {
      const path = pathOf(query.get('path'));
      return json(200, shownFile(path, await session.files.stat(path, { signal: signalOf(session, gone) })));
    },
  }),
  route({
    method: 'POST',
    path: '/directories',
    verb: 'MKDIR',
    body: directoryBody,
    about: ({ body }) => body.path,
    async run({ session: { files }, body }) {
      const path = pathOf(body.path);
      if (body.parents) await makeAll(files, path);
      else await files.makeDirectory(path);
      return json(201, shownFile(path, await files.stat(path)));
    },
  }),
  route({
    method: 'POST',
    path: '/move',
    verb: 'RENAME',
    body: moveBody,
    about: ({ body }) => body.from,
    async run({ session: { files }, body }) {
      if (!namesEntry(body.from) || !namesEntry(body.to)) {
        throw new WebFailure(400, 'invalid-name', 'Give the name of an entry, and the one that it is to get');
      }
      const to = pathOf(body.to);
      await files.rename(pathOf(body.from), to, { exclusive: body.replace !== true });
      return json(200, shownFile(to, await files.stat(to, { followLinks: false })));
    },
  }),
  route({
    method: 'POST',
    path: '/remove',
    verb: 'DELETE',
    body: removeBody,
    about: ({ body }) => body.paths[0],
    async run({ request: { gone }, session, body }) {
      const { limits } = session.settings;
      const removing = new Removing(session.files, {
        limits,
        // What the client does not wait for any more goes on no further.
        signal: AbortSignal.any([signalOf(session, gone), AbortSignal.timeout(limits.webAnswerMs)]),
        isRecursive: body.recursive === true,
        onFailure: (error) => session.publish({ event: 'failure', verb: 'DELETE', error }),
      });
      const results = [];
      for (const path of body.paths.map(pathOf)) results.push(await removing.remove(path));
      return json(200, { results });
    },
  }),
  route({
    method: 'GET',
    path: '/content',
    verb: 'GET',
    about: ({ request }) => request.query.get('path') ?? undefined,
    async run({ request, session }) {
      const isShown = choiceOf(request.query, 'as', ['download', 'preview']) === 'preview';
      return contentOf(session, pathOf(request.query.get('path')), request, isShown);
    },
  }),
  route({
    method: 'POST',
    path: '/archives',
    verb: 'ZIP',
    body: archiveBody,
    about: ({ body }) => body.paths[0],
    async run({ request: { gone }, session, body }) {
      const paths = body.paths.map(pathOf);
      // What is not there is told now, and not in the middle of a download.
      for (const path of paths) await session.files.stat(path, { signal: signalOf(session, gone) });
      const name = body.name ?? 'files';
      const id = session.archives.add({ paths, name });
      return json(201, { url: `/api/v1/archives/${id}`, name: `${name}.zip` });
    },
  }),
  route({
    method: 'GET',
    path: '/archives/{id}',
    verb: 'ZIP',
    async run({ request: { gone, method }, session, id }) {
      if (method === 'HEAD') return { status: 405, headers: { allow: 'GET' } };
      return zipOf(session, session.archives.take(id), gone);
    },
  }),
];

function signalOf(session: WebSession, gone: AbortSignal): AbortSignal {
  return AbortSignal.any([session.signal, gone]);
}

/** What may be done in a directory is what may be done with an entry of it, whatever its name. */
function joinedChild(path: VirtualPath): VirtualPath {
  return joinPath(path, '*');
}

async function makeAll(files: WebSession['files'], path: VirtualPath): Promise<void> {
  if (path === ROOT) return;
  try {
    await files.makeDirectory(path);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code === 'exists') {
      const { kind } = await files.stat(path);
      if (kind === 'directory') return;
    }
    if (error.code !== 'not-found') throw error;
    await makeAll(files, parentOf(path));
    await files.makeDirectory(path);
  }
}
