import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { parseTarget } from '../../../client/index.ts';
import { readBookmarks, writeBookmark } from '../../remote/bookmarks.ts';
import { addBookmarkFlags, settingsOf } from '../../remote/flags.ts';
import { userFiles } from '../../remote/user-files.ts';
import { formatTable } from '../../table.ts';
import { UsageError } from '../../usage-error.ts';

/** `lockport bookmark` */
export function bookmark(): Command {
  return new Command('bookmark')
    .description('short names for servers: NAME:PATH then stands for a URL')
    .addCommand(add())
    .addCommand(list())
    .addCommand(remove());
}

function add(): Command {
  const command = new Command('add')
    .description('save a URL and how to connect to it in ~/.config/lockport/client.yaml')
    .argument('<name>')
    .argument('<url>', 'with the directory that paths begin at; passwords are kept in .netrc');
  addBookmarkFlags(command);
  return command.action(async (name: string, url: string) => {
    if (parseTarget(url).password !== undefined) {
      throw new UsageError('A bookmark keeps no password: leave it out of the URL, and write it into .netrc');
    }
    const settings = settingsOf(command);
    const files = (['ca', 'cert', 'key'] as const).flatMap((key) => {
      const file = settings[key];
      return file === undefined ? [] : [[key, path.resolve(file)] as const];
    });
    const { bookmarks } = userFiles();
    const isReplaced = (await readBookmarks(bookmarks)).has(name);
    await writeBookmark(bookmarks, name, { url, settings: { ...settings, ...Object.fromEntries(files) } });
    if (isReplaced) process.stderr.write(`lockport: replaced the bookmark ${name}\n`);
  });
}

function list(): Command {
  const command = new Command('list').description('list them').option('--json', 'print one JSON object a line');
  return command.action(async () => {
    const bookmarks = [...(await readBookmarks(userFiles().bookmarks))];
    const text = command.opts().json
      ? bookmarks.map(([name, { url, settings }]) => `${JSON.stringify({ name, url, ...settings })}\n`).join('')
      : formatTable(bookmarks.map(([name, { url, settings }]) => [name, url, Object.keys(settings).join(', ')]));
    process.stdout.write(text);
  });
}

function remove(): Command {
  return new Command('remove')
    .description('forget one')
    .argument('<name>')
    .action(async (name: string) => {
      const file = userFiles().bookmarks;
      if (!(await readBookmarks(file)).has(name)) throw new UsageError(`There is no bookmark ${name}`);
      await writeBookmark(file, name, undefined);
    });
}
