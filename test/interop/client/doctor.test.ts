import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { examine, type Verdict } from '../../../src/client/index.ts';
import { CELLS, type Cell, resumesSessions, type ServerName, testCell } from './cells.ts';

/** What is not good about a server, by check; what other tools showed as well says so. */
const FOUND: { readonly [server in ServerName]: { readonly [check: string]: Verdict } } = {
  // FEAT has neither MLST nor UTF8; PROT C is accepted.
  vsftpd: { features: 'note', protection: 'note' },
  // An upload that ends without close_notify counts as whole: Python's ssl gets a 226 for it as well.
  proftpd: { 'cut-upload': 'bad' },
  'pure-ftpd': { 'cut-upload': 'bad', protection: 'note', 'without-resuming': 'note' },
  lockport: {},
};

function expected({ server, tls }: Cell): { readonly [check: string]: Verdict } {
  const isOld = tls === 'TLSv1.2';
  return {
    ...FOUND[server],
    ...(isOld && { tls: 'note' }),
    // The others were told to speak this version alone.
    ...(isOld && server !== 'lockport' && { 'tls-versions': 'note' }),
    // It sends no NewSessionTicket in TLS 1.3, as `openssl s_client -msg` shows.
    ...(!resumesSessions({ server, tls }) && { sessions: 'warning', tickets: 'note' }),
  };
}

for (const cell of CELLS.filter(({ security }) => security === 'explicit')) {
  testCell(cell, 'the doctor finds what is so', async ({ options, server }) => {
    await writeFile(join(server.root, 'there'), 'a file for the listing that is broken off');
    const findings = await Array.fromAsync(examine({ ...options, sessionReuse: 'prefer' }, {}, { mayWrite: true }));
    const ill = findings.filter(({ check, verdict }) => verdict !== 'good' && check !== 'greeting');
    assert.deepEqual(
      Object.fromEntries(ill.map(({ check, verdict }) => [check, verdict])),
      expected(cell),
      JSON.stringify(ill, undefined, 1),
    );
    assert.deepEqual(await readdir(server.root), ['there']);
  });
}
