import { background, decodeText, parentOf, ROOT, type TlsFacts, type VirtualPath } from '../../core/index.ts';
import {
  BundleFailure,
  encodeFrame,
  type FrameStream,
  type ItemResult,
  itemHead,
  parseCount,
  parseItemEnd,
  type Reply,
} from '../../protocol/index.ts';
import { withRecord } from '../unrecorded.ts';
import type { UserSession } from '../user-session.ts';
import { Answers } from './answers.ts';
import { type Frames, overFrames, refusalFor, tellRefusedItem } from './over-frames.ts';
import { storeDirectory } from './store-directory.ts';
import { type Content, contentQueue, storeFile } from './store-file.ts';

/** Takes the files and directories of a bundle, each published or refused by itself. */
export function storeBundle(user: UserSession): Promise<Reply> {
  return overFrames(user, 'upload', 'Send the bundle', async (frames) => {
    const { outgoing, tls } = frames;
    const { maxBundleFilesAtOnce, maxBundleResultsKept } = user.session.settings.limits;
    const answers = new Answers(outgoing, { atOnce: maxBundleFilesAtOnce, remembered: maxBundleResultsKept });
    const turns = new Turns();
    try {
      await readFiles(frames, answers, (head, content) =>
        withRecord(user, () => resultOf(user, { head, content, turns, tls })).finally(() => content.leave()),
      );
    } catch (error) {
      // What has come whole is published or refused all the same.
      await answers.all();
      return answers.broken(refusalFor(user, error).lines.join(' '));
    }
    await answers.all();
    await outgoing.push(encodeFrame('done', String(answers.count)));
    return answers.complete;
  });
}

/** Hands each file on as it comes. A file may be worked on while the next ones come. @throws BundleFailure, DataError */
async function readFiles(
  { incoming, atWork }: Frames,
  answers: Answers,
  begin: (head: string, content: Content) => Promise<ItemResult>,
): Promise<void> {
  for (;;) {
    const frame = await incoming.next();
    if (frame === undefined) throw new BundleFailure('The bundle was cut before its end');
    if (frame.type === 'done') {
      if (parseCount(decodeText(frame.payload)) === answers.count) return;
      throw new BundleFailure('The bundle has another number of files than its end says');
    }
    if (frame.type !== 'head') throw new BundleFailure(`A ${frame.type} frame belongs to no file`);
    await answers.room();
    const content = contentQueue();
    const result = begin(decodeText(frame.payload), content);
    answers.add(result);
    await readContent(incoming, content);
    background(untilEnded(result, atWork), () => undefined);
  }
}

/** From now on the file waits for us. */
async function untilEnded(result: Promise<ItemResult>, atWork: Frames['atWork']): Promise<void> {
  atWork.files += 1;
  await result;
  atWork.files -= 1;
}

/** @throws BundleFailure, DataError: the file knows that it was cut, too */
async function readContent(incoming: FrameStream, content: Content): Promise<void> {
  try {
    for (;;) {
      const frame = await incoming.next();
      if (frame === undefined) throw new BundleFailure('The bundle was cut within a file');
      if (frame.type !== 'data') {
        if (frame.type !== 'end') throw new BundleFailure(`A ${frame.type} frame stands within a file`);
        await content.push(parseItemEnd(decodeText(frame.payload)));
        content.end();
        return;
      }
      await content.push(frame.payload);
    }
  } catch (error) {
    content.fail(error);
    throw error;
  }
}

interface Item {
  readonly head: string;
  readonly content: Content;
  readonly turns: Turns;
  readonly tls: TlsFacts | undefined;
}

/** Never rejects: what went wrong is the result of this file. */
async function resultOf(user: UserSession, { head, content, turns, tls }: Item): Promise<ItemResult> {
  let path: VirtualPath | undefined;
  try {
    const wanted = itemHead.parse(head);
    const at = wanted.isDirectory ? user.resolve(wanted.path) : user.resolveFile(wanted.path);
    path = at;
    if (!wanted.isDirectory) return await turns.inTurn(at, () => storeFile(user, at, wanted, content, tls));
    const reply = await turns.inTurn(at, () => storeDirectory(user, at, content));
    if (reply.code >= 400) tellRefusedItem(user, path, reply);
    return { reply };
  } catch (error) {
    const reply = refusalFor(user, error);
    tellRefusedItem(user, path, reply);
    return { reply };
  }
}

/**
 * Items of one path one after the other, so that what comes last is what stands; and what lies in a directory behind the
 * making of that directory.
 */
class Turns {
  readonly #last = new Map<VirtualPath, Promise<unknown>>();

  async inTurn<T>(path: VirtualPath, work: () => Promise<T>): Promise<T> {
    const before = this.#before(path);
    const done = before.length > 0 ? Promise.allSettled(before).then(work) : work();
    this.#last.set(path, done);
    try {
      return await done;
    } finally {
      if (this.#last.get(path) === done) this.#last.delete(path);
    }
  }

  #before(path: VirtualPath): readonly Promise<unknown>[] {
    const before: Promise<unknown>[] = [];
    for (let at = path; this.#last.size > 0; at = parentOf(at)) {
      const pending = this.#last.get(at);
      if (pending) before.push(pending);
      if (at === ROOT) break;
    }
    return before;
  }
}
