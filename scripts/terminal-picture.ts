/**
 * Draws docs/terminal.svg from a real run: `node scripts/terminal-picture.ts`. It starts a server in a directory of its own,
 * runs each command of the picture in a shell there, and writes down what they print.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BIN, LockportProcess, NO_CONSOLE } from '../test/cli/lockport-process.ts';
import { drawTerminal, type TerminalLine } from './terminal-svg.ts';

const PICTURE = fileURLToPath(new URL('../docs/terminal.svg', import.meta.url));

const COMMANDS: readonly string[] = [
  'lockport put --checksum invoices.csv partner:in/',
  'lockport ls -l partner:in/',
  'lockport sync site partner:www --delete',
  'lockport get --checksum partner:in/invoices.csv copy.csv && cmp invoices.csv copy.csv',
  'lockport doctor partner: | head -n 6',
];

const PREPARATION = `
  lockport bookmark add partner "ftpes://admin@localhost:$PORT/" --ca lockport-data/tls/certificate.pem
  lockport mkdir partner:in partner:www
  mkdir -p site && echo '<h1>Hello</h1>' > site/index.html && echo 'h1 { color: teal }' > site/style.css
  seq 1 200000 | sed 's/$/,EUR,paid/' > invoices.csv
`;

const directory = await mkdtemp(join(tmpdir(), 'lockport-picture-'));
try {
  await writeFile(PICTURE, drawTerminal(await run(directory)));
} finally {
  await rm(directory, { recursive: true });
}

async function run(cwd: string): Promise<readonly TerminalLine[]> {
  await symlink(BIN, join(cwd, 'lockport'));
  const ports = ['--explicit-port', '0', '--implicit-port', '0'];
  const server = new LockportProcess(
    spawn(BIN, ['serve', '--log', 'json', ...ports], { cwd, env: { ...process.env, ...NO_CONSOLE } }),
    join(cwd, 'lockport-data'),
  );
  try {
    await server.event((record) => record['event'] === 'listening' && record['mode'] === 'implicit');
    const { password } = await server.firstAccount();
    const environment = {
      LC_ALL: 'C.UTF-8',
      PATH: `${cwd}:${process.env['PATH']}`,
      HOME: cwd,
      LOCKPORT_PASSWORD: password,
      PORT: String(server.port('explicit')),
    };
    await output(PREPARATION, cwd, environment);
    const lines: TerminalLine[] = [];
    for (const command of COMMANDS) {
      lines.push({ kind: 'command', text: command });
      const printed = (await output(command, cwd, environment)).trimEnd();
      for (const text of printed === '' ? [] : printed.split('\n')) lines.push({ kind: 'output', text });
    }
    return lines;
  } finally {
    await server.kill();
  }
}

/** What a script prints on both of its outputs. */
async function output(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const shell = spawn('sh', ['-euc', `exec 2>&1\n${script}`], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const [code] = await new Promise<[number | null]>((resolve) => shell.on('close', (status) => resolve([status])));
  if (code !== 0) throw new Error(`${script}\nended with ${code}:\n${printed}`);
  return printed;
}
