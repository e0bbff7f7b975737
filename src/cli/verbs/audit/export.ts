import { Command, Option } from 'commander';
import { type AuditRecord, CSV_HEADER, csvLine, searchAudit } from '../../../service/index.ts';
import { write } from './output.ts';
import { addTrail, trailOf } from './place.ts';
import { addQuery, queryOf } from './query.ts';

interface Form {
  readonly header: string;
  readonly line: (record: AuditRecord) => string;
}

const FORMS: { readonly [format: string]: Form } = {
  jsonl: { header: '', line: (record) => `${JSON.stringify(record)}\n` },
  csv: { header: CSV_HEADER, line: csvLine },
};

/** `lockport audit export` */
export function exportRecords(): Command {
  const command = new Command('export')
    .description('write records for other programs to standard output')
    .addOption(new Option('--format <format>', 'form of the output').choices(Object.keys(FORMS)).default('jsonl'));
  return addTrail(addQuery(command)).action(async () => {
    const form = FORMS[command.opts<{ readonly format: string }>().format];
    if (!form) return;
    await write(form.header);
    for await (const record of searchAudit(await trailOf(command), queryOf(command))) await write(form.line(record));
  });
}
