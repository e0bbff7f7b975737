import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

test('a policy holds for the configuration, and for who changes accounts in its data directory', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const config = join(dataDir, 'lockport.yaml');
  const run = (args: readonly string[], input = '') => lockport([...args, '--data-dir', dataDir], { input, cwd: '/' });
  await writeFile(config, 'dataDir: .\n');
  let server = await serve(context, dataDir, ['--config', config]);
  await server.firstAccount();
  assert.equal((await run(['user', 'add', 'old', '--generate-password', '--end-of-stream', 'lenient'])).code, 0);
  await server.kill();

  await writeFile(config, 'dataDir: .\npolicy: pci\npasswords: { minLength: 11 }\n');
  const checked = await lockport(['config', 'check', config]);
  assert.equal(checked.code, 2);
  assert.match(checked.errors, /:3:\d+: passwords\.minLength: expected 12 or more, got 11: the policy pci/);
  assert.equal((await lockport(['serve', '--config', config, '--listen', '127.0.0.1'])).code, 2);

  await writeFile(config, 'dataDir: .\npolicy: pci\n');
  const { output: shown } = await lockport(['config', 'show', '--config', config]);
  assert.match(shown, /^passwords\.history +4 +policy pci$/m);
  server = await serve(context, dataDir, ['--config', config]);
  await server.event(({ message }) => String(message).startsWith('Weaker than the policy pci demands: account old;'));

  // A reload that would be weaker changes nothing.
  await writeFile(config, 'dataDir: .\npolicy: pci\nplainFtp: { login: allow-passwords-in-clear }\n');
  server.signal('SIGHUP');
  await server.event(({ error }) => JSON.stringify(error ?? '').includes('expected refuse, got'));
  await writeFile(config, 'dataDir: .\npolicy: pci\n');

  const generated = (await run(['user', 'add', 'anna', '--generate-password'])).output;
  assert.match(generated, /Its password/);
  await writeFile(join(dataDir, 'weak.yaml'), 'accounts:\n  anna: { ftp: { sessionReuse: "off" } }\n');
  for (const args of [
    ['user', 'set', 'anna', '--session-reuse', 'off'],
    ['user', 'add', 'bert', '--generate-password', '--session-reuse', 'prefer'],
    ['group', 'add', 'lab', '--end-of-stream', 'lenient'],
    ['apply', '--plan', join(dataDir, 'weak.yaml')],
  ]) {
    const { code, errors } = await run(args);
    assert.match(errors, /: the policy pci demands it \(PCI DSS 4\.2\.1\)/, args.join(' '));
    assert.equal(code, 1);
  }
  const letters = await run(['user', 'passwd', 'anna', '--password-stdin'], 'correct horse battery\n');
  assert.match(letters.errors, /must have letters and digits/);

  const report = await lockport(['policy', 'check', '--config', config, '--json']);
  assert.equal(report.code, 16, report.errors);
  const { isSet, findings } = JSON.parse(report.output);
  assert.equal(isSet, true);
  const unmet = findings.filter(({ isMet }: { isMet: boolean }) => !isMet).map(({ what }: { what: string }) => what);
  assert.deepEqual(unmet, ['old: ftp.endOfStream']);
  assert.equal((await run(['user', 'set', 'old', '--end-of-stream', 'default'])).code, 0);
  const met = await lockport(['policy', 'check', '--config', config]);
  assert.match(met.output, /^All that can be checked is met$/m);
  assert.equal(met.code, 0);
  assert.match(
    (await lockport(['policy', 'check', 'nist', '--config', config])).output,
    /^NO +SP 800-52r2 3\.3\.1 +tls\.profile/m,
  );
});

test('without a policy, and without data, the report says what is missing', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const none = await lockport(['policy', 'check', '--data-dir', dataDir]);
  assert.deepEqual([none.code, none.errors], [2, 'lockport: No policy is set: name one of pci, hipaa, nist\n']);
  const { code, output } = await lockport(['policy', 'check', 'hipaa', '--data-dir', dataDir]);
  assert.equal(code, 16);
  assert.match(output, /policy hipaa, which is not set/);
  assert.match(output, /^ +45 CFR 164\.308\(a\)\(7\)/m);
});
