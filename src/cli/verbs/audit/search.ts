import process from 'node:process';
import { Command } from 'commander';
import { printable } from '../../../core/index.ts';
import { searchAudit } from '../../../service/index.ts';
import { UsageError } from '../../usage-error.ts';
import { write } from './output.ts';
import { addTrail, trailOf } from './place.ts';
import { addQuery, queryOf } from './query.ts';
import { sentenceOf } from './sentence.ts';

const DEFAULT_LIMIT = 1000;

interface Options {
  readonly json?: boolean;
  readonly limit?: string;
  readonly oldest?: boolean;
}

/** `lockport audit search` */
export function search(): Command {
  const command = new Command('search')
    .description('find records, the newest first')
    .option('--limit <count>', `as many records at most; 0: all (default: ${DEFAULT_LIMIT})`)
    .option('--oldest', 'begin with the oldest record that fits')
    .option('--json', 'as JSON, one record a line, as they stand in the trail but for their chain value');
  return addTrail(addQuery(command)).action(async () => {
    const { json, limit, oldest } = command.opts<Options>();
    const most = limitOf(limit);
    let count = 0;
    const records = searchAudit(await trailOf(command), queryOf(command), { isNewestFirst: !oldest });
    for await (const record of records) {
      if (count === most) {
        const which = oldest ? 'oldest' : 'newest';
        process.stderr.write(`These are the ${which} ${most}: narrow the search for others, or give --limit\n`);
        return;
      }
      count += 1;
      await write(json ? `${JSON.stringify(record)}\n` : `${printable(sentenceOf(record))}\n`);
    }
    if (count === 0) process.stderr.write('No record fits\n');
  });
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  if (!/^\d{1,12}$/.test(text)) throw new UsageError(`--limit: ${JSON.stringify(text)} is no number`);
  return Number(text) || Infinity;
}
