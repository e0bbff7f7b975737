import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../../core/index.ts';
import { memoryAccounts, memoryAdministrators } from '../../testing/index.ts';
import { ConfigurationError, describeOrigin, loadConfiguration, SETTINGS, valueAt } from '../configuration/index.ts';
import { policyLayer } from '../configuration/policy.ts';
import { configurationSchema } from '../configuration/schema.ts';
import { shownSettings } from '../shown-settings.ts';
import { refuseWeaker } from './accounts.ts';
import { totpDemand } from './administrators.ts';
import { POLICIES, POLICY_NAMES } from './demands.ts';
import { policyReport } from './report.ts';

async function loaded(yaml: string) {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-policy-'));
  const file = path.join(directory, 'lockport.yaml');
  await writeFile(file, yaml);
  return loadConfiguration({ environment: {}, flags: {}, file });
}

async function subject(yaml: string) {
  const { configuration, effective } = await loaded(yaml);
  return { configuration, settings: shownSettings(effective) };
}

async function problemsIn(yaml: string): Promise<readonly string[]> {
  const error = await loaded(yaml).then(
    () => assert.fail('the configuration was accepted'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ConfigurationError, String(error));
  return error.problems.map(({ key, message }) => `${key}: ${message}`);
}

for (const name of POLICY_NAMES) {
  test(`the policy ${name} alone makes a configuration that does what it demands`, async () => {
    const { configuration } = await loaded(`policy: ${name}\n`);
    for (const { setting, comparison } of POLICIES[name].settings) {
      assert.ok(comparison.holds(valueAt(configuration, setting.split('.'))), setting);
    }
  });

  test(`each demand of ${name} is about a setting that there is, and sets a value that may be given`, () => {
    const keys = SETTINGS.map(({ key }) => key);
    for (const { setting } of POLICIES[name].settings) assert.ok(keys.includes(setting), setting);
    assert.ok(configurationSchema.safeParse(policyLayer(name).tree).success);
    assert.equal(new Set(POLICIES[name].settings.map(({ setting }) => setting)).size, POLICIES[name].settings.length);
  });
}

test('a setting that is weaker than the policy is refused by name, with what it may be and who demands it', async () => {
  const yaml = `policy: pci
passwords: { minLength: 8, history: 3, lockAfter: 0, lockFor: 29m, maxAge: 91d, composition: any }
limits: { idleMs: 900001 }
audit: { enabled: false, keepDays: 364, keepBytes: 1, onFailure: warn }
plainFtp: { login: allow-passwords-in-clear }
tls: { sessionReuse: prefer, endOfStream: lenient }
`;
  const problems = await problemsIn(yaml);
  const names = problems.map((each) => each.split(':', 1)[0] ?? '');
  assert.deepEqual(
    names.toSorted((one, other) => (one < other ? -1 : 1)),
    [
      'audit.enabled',
      'audit.keepBytes',
      'audit.keepDays',
      'audit.onFailure',
      'limits.idleMs',
      'passwords.composition',
      'passwords.history',
      'passwords.lockAfter',
      'passwords.lockFor',
      'passwords.maxAge',
      'passwords.minLength',
      'plainFtp.login',
      'tls.endOfStream',
      'tls.sessionReuse',
    ],
  );
  assert.ok(
    problems.includes('passwords.minLength: expected 12 or more, got 8: the policy pci demands it (PCI DSS 8.3.6)'),
    problems.join('\n'),
  );
});

test('a listener can not say what the policy refuses for all', async () => {
  const yaml = `policy: hipaa
listeners:
  - mode: explicit
    plainFtp: { login: allow-passwords-in-clear, data: allow-files-in-clear }
    sessionReuse: "off"
`;
  assert.deepEqual(
    (await problemsIn(yaml)).map((each) => each.split(':', 1)[0]),
    ['listeners[0].plainFtp.login', 'listeners[0].plainFtp.data', 'listeners[0].sessionReuse'],
  );
});

test('a stricter setting is kept, and each value says where it comes from', async () => {
  const { configuration, effective } = await loaded(
    'policy: pci\npasswords: { minLength: 20 }\naudit: { keepDays: 0 }\n',
  );
  assert.equal(configuration.passwords.minLength, 20);
  assert.equal(configuration.audit.keepDays, 0);
  const origins = new Map(effective.map(({ setting, origin }) => [setting.key, describeOrigin(origin)]));
  assert.match(origins.get('passwords.minLength') ?? '', /lockport\.yaml:2:/);
  assert.equal(origins.get('passwords.history'), 'policy pci');
  assert.equal(origins.get('limits.idleMs'), 'default');
});

test('what a policy demands of administrators is set, and what is weaker is refused by name', async () => {
  for (const policy of ['pci', 'hipaa', 'nist'] as const) {
    const { configuration } = await loaded(`policy: ${policy}\n`);
    assert.equal(configuration.admin.requireTotp, true);
    assert.match(totpDemand(configuration) ?? '', new RegExp(`the policy ${policy} demands it`));
    const weak = 'admin: { requireTotp: false }\nlimits: { adminIdleMs: 3600001, adminSessionMs: 86400001 }\n';
    const problems = (await problemsIn(`policy: ${policy}\n${weak}`)).map((each) => each.split(':', 1)[0]);
    assert.deepEqual(new Set(problems), new Set(['admin.requireTotp', 'limits.adminIdleMs', 'limits.adminSessionMs']));
  }
  const { configuration } = await loaded('root: /srv/files\n');
  assert.equal(totpDemand(configuration), undefined);
});

test('an account or a group that is weaker than the policy is refused by name, and others are not', () => {
  const check = refuseWeaker('pci');
  const weak = { ftp: { sessionReuse: 'off' } } as const;
  for (const revision of [
    { change: 'account-added', account: { name: 'anna', ...weak }, passwordHash: '' },
    { change: 'account-changed', name: 'anna', changes: weak },
    { change: 'group-added', name: 'anna', settings: weak },
    { change: 'group-changed', name: 'anna', changes: weak },
  ] as const) {
    assert.throws(
      () => check(revision),
      /anna: ftp\.sessionReuse: expected strict or require, got "off": .*PCI DSS 4\.2\.1/,
    );
  }
  check({ change: 'account-changed', name: 'anna', changes: { ftp: { sessionReuse: 'strict' }, disabled: true } });
});

test('the report names what the accounts of before have that the policy does not allow', async () => {
  const accounts = memoryAccounts();
  const home = ROOT;
  await accounts.groups.add('lab', { ftp: { endOfStream: 'lenient' } });
  await accounts.add({ name: 'anna', home, rights: [], ftp: { sessionReuse: 'off' } }, '$1$salt$hash');
  await accounts.add({ name: 'bert', home, rights: [] }, 'scrypt');
  const administrators = memoryAdministrators();
  await administrators.add({ name: 'olga', role: 'owner', groups: [], disabled: false }, 'scrypt');
  await administrators.add({ name: 'left', role: 'owner', groups: [], disabled: true }, 'scrypt');
  const now = Date.now() + 91 * 86_400_000;
  const report = await policyReport('pci', await subject('policy: pci\n'), { accounts, administrators }, now);
  assert.equal(report.isMet, false);
  const unmet = report.findings.filter(({ isMet }) => !isMet).map(({ what }) => what);
  assert.deepEqual(unmet, [
    'lab: ftp.endOfStream',
    'anna: ftp.sessionReuse',
    'anna: inactive',
    'anna: old-password',
    'anna: weak-hash',
    'bert: inactive',
    'bert: old-password',
    'olga: second-factor',
    'olga: inactive',
    'olga: old-password',
  ]);
});

test('a policy that is not set says what is missing for it', async () => {
  const report = await policyReport('pci', await subject('audit: { onFailure: refuse }\n'), undefined);
  assert.deepEqual([report.isSet, report.isMet], [false, false]);
  const history = report.findings.find(({ what }) => what === 'passwords.history');
  assert.deepEqual(history, {
    clause: 'PCI DSS 8.3.7',
    isOurReading: false,
    of: 'setting',
    what: 'passwords.history',
    expected: '4 or more',
    found: '0',
    origin: 'default',
    isMet: false,
  });
  assert.ok(report.findings.find(({ what }) => what === 'audit.onFailure')?.isMet);
});
