import process from 'node:process';
import { Command } from 'commander';
import { printable } from '../../core/index.ts';
import { type CertificateInUse, describeCertificates } from '../../service/index.ts';
import { commandLine } from '../command-line.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';

const SETTINGS = ['dataDir'];

/** `lockport cert` */
export function cert(): Command {
  return new Command('cert').description('the certificates that the server shows').addCommand(show());
}

function show(): Command {
  const command = new Command('show')
    .description('print names, dates, fingerprint and pin')
    .option('--json', 'as JSON');
  return addSettings(command, SETTINGS).action(async () => {
    const { configuration } = await loadWithFlags(command, SETTINGS);
    const certificates = await describeCertificates(configuration, commandLine('serve', command));
    const text = command.opts().json
      ? `${JSON.stringify(certificates, undefined, 2)}\n`
      : certificates.map(describe).join('');
    process.stdout.write(text);
  });
}

function describe({ file, subject, names, validFrom, validTo, fingerprint, pin }: CertificateInUse): string {
  return `${file}
  subject      ${printable(subject)}
  names        ${printable(names)}
  valid        ${validFrom.toISOString()} to ${validTo.toISOString()}
  fingerprint  ${fingerprint}
  pin          ${pin}
`;
}
