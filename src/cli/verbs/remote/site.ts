import { Command } from 'commander';
import type { MakeVerb } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';

/** `lockport site` */
export function site(make: MakeVerb = remoteVerb): Command {
  const command = new Command('site')
    .description('send a SITE command, and print the reply')
    .argument('<url>')
    .argument('<command...>', 'its words, such as CHMOD 640 report.csv');
  return make(command, {}, async (run, url: string, words: readonly string[]) => {
    const client = await run.client(run.place(url));
    const reply = await client.send('SITE', words.join(' '), { signal: run.signal });
    await run.output.result(reply, ...reply.lines);
  });
}
