import { Command } from 'commander';
import type { Client } from '../../../client/index.ts';
import type { MakeVerb, RemoteRun } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';

/** `lockport site` */
export function site(make: MakeVerb = remoteVerb): Command {
  const command = new Command('site')
    .description('send a SITE command, and print the reply')
    .argument('<url>')
    .argument('<command...>', 'its words, such as CHMOD 640 report.csv');
  return make(command, {}, async (run, url: string, words: readonly string[]) => {
    await sendSite(run, await run.client(run.location(url)), words);
  });
}

export async function sendSite({ output, signal }: RemoteRun, client: Client, words: readonly string[]): Promise<void> {
  const reply = await client.send('SITE', words.join(' '), { signal });
  await output.result(reply, ...reply.lines);
}
