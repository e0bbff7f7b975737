import { Buffer } from 'node:buffer';
import { decodeText } from '../../../src/core/index.ts';
import { formatReply, LineSplitter, parseCommandLine, ReplyReader, reply } from '../../../src/protocol/index.ts';
import { type HotPath, pure } from '../hot-path.ts';

const units = 2000;
const maxLineBytes = 8192;
const command = Buffer.from('RETR some/directory/a file of usual length.txt\r\n');
const answer = Buffer.from('226 Sent 4096 bytes\r\n');

/** The control connection, both ways, on both sides. */
export const LINES: readonly HotPath[] = [
  {
    name: 'command line: split and parse',
    unit: 'line',
    units,
    prepare: pure(() => {
      const splitter = new LineSplitter(maxLineBytes);
      for (let count = 0; count < units; count += 1) {
        splitter.push(command);
        const line = splitter.next();
        if (line && line !== 'too-long') parseCommandLine(line);
      }
    }),
  },
  {
    name: 'reply: format',
    unit: 'reply',
    units,
    prepare: pure(() => {
      for (let count = 0; count < units; count += 1) formatReply(reply(226, 'Sent 4096 bytes'));
    }),
  },
  {
    name: 'reply: split and read',
    unit: 'reply',
    units,
    prepare: pure(() => {
      const splitter = new LineSplitter(maxLineBytes);
      const reader = new ReplyReader({ decode: decodeText, maxReplyBytes: 65_536, maxReplyLines: 1000 });
      for (let count = 0; count < units; count += 1) {
        splitter.push(answer);
        const line = splitter.next();
        if (line) reader.push(line);
      }
    }),
  },
];
