import { Command } from 'commander';
import { remoteVerb } from '../../remote/remote-run.ts';

/** `lockport site` */
export function site(): Command {
  const command = new Command('site')
    .description('send a SITE command, and print the reply')
    .argument('<url>')
    .argument('<command...>', 'its words, such as CHMOD 640 report.csv');
  return remoteVerb(command, {}, async (run, url: string, words: readonly string[]) => {
    const client = await run.client(run.place(url));
    const reply = await client.send('SITE', words.join(' '), { signal: run.signal });
    await run.output.result(reply, ...reply.lines);
  });
}
