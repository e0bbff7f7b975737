import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ConfigurationError, type ConfigurationSources, loadConfiguration } from './index.ts';

const NOTHING: ConfigurationSources = { environment: {}, flags: {} };

async function fileWith(yaml: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-configuration-'));
  const file = path.join(directory, 'lockport.yaml');
  await writeFile(file, yaml);
  return file;
}

async function loaded(yaml: string, sources: Partial<ConfigurationSources> = {}) {
  return loadConfiguration({ ...NOTHING, file: await fileWith(yaml), ...sources });
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('the configuration was accepted'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ConfigurationError, String(error));
  return error.message;
}

test('nothing given is a whole configuration: encrypted, passive, durable', async () => {
  const { configuration } = await loaded('');
  assert.deepEqual(configuration.explicit, { enabled: true });
  assert.deepEqual(configuration.plainFtp, { login: 'refuse', data: 'refuse' });
  assert.equal(configuration.active, false);
  assert.equal(configuration.tls.sessionReuse, 'require');
  assert.equal(configuration.limits.idleMs, 300_000);
  assert.equal(configuration.root, path.resolve('lockport-data/files'));
});

test('a passive range is read as two ports', async () => {
  const { configuration } = await loaded('passive:\n  ports: 50000-50100\n');
  assert.deepEqual(configuration.passive.ports, { from: 50_000, to: 50_100 });
});

test('the mode of files is read as octal, with or without quotes, and leaves the owner both', async () => {
  for (const mode of ['0640', '640', "'0640'"]) {
    const { configuration } = await loaded(`files:\n  mode: ${mode}\n`);
    assert.equal(configuration.files.mode, 0o640, mode);
  }
  for (const mode of ['0444', '0o640', '0888', '01777', 'rw-r-----']) {
    await assert.rejects(loaded(`files:\n  mode: ${mode}\n`), ConfigurationError, mode);
  }
});

test('the group of files is a name or a number, and not what the system would take for none', async () => {
  for (const group of ['partners', '4321', "'4321'", '0']) {
    const { configuration } = await loaded(`files:\n  group: ${group}\n`);
    assert.equal(configuration.files.group, group.replaceAll("'", ''));
  }
  for (const group of ["''", '-1', '4294967295', 'a:b', '1.5', '-x']) {
    await assert.rejects(loaded(`files:\n  group: ${group}\n`), ConfigurationError, group);
  }
});

test('a key with everything below it commented out counts as absent', async () => {
  const { configuration } = await loaded('passive:\n  # ports: 50000-50100\nactive: true\n');
  assert.deepEqual(configuration.passive, {});
  assert.equal(configuration.active, true);
});

test('paths in the file are taken from its directory, others from the working directory', async () => {
  const yaml = 'dataDir: data\ntls:\n  certificates: [{certificate: a.pem, key: /etc/a.key}]\n';
  const file = await fileWith(yaml);
  const fromFile = await loadConfiguration({ ...NOTHING, file });
  assert.equal(fromFile.configuration.dataDir, path.join(path.dirname(file), 'data'));
  assert.deepEqual(fromFile.configuration.tls.certificates, [
    { certificate: path.join(path.dirname(file), 'a.pem'), key: '/etc/a.key' },
  ]);
  const fromFlag = await loadConfiguration({ ...NOTHING, file, flags: { dataDir: 'data' } });
  assert.equal(fromFlag.configuration.dataDir, path.resolve('data'));
});

test('the files are where root says, or storages.default, and further storages have names', async () => {
  const { configuration: short } = await loaded('dataDir: /srv/lockport\nroot: /srv/files\n');
  assert.deepEqual(short.storages, { default: { kind: 'local', path: '/srv/files' } });
  const { configuration: none } = await loaded('dataDir: /srv/lockport\n');
  assert.deepEqual(
    [none.root, none.storages.default],
    ['/srv/lockport/files', { kind: 'local', path: '/srv/lockport/files' }],
  );
  const file = await fileWith(
    'storages:\n  default: {kind: local, path: homes}\n  cold: {kind: local, path: /mnt/cold}\n',
  );
  const { configuration: long } = await loadConfiguration({ ...NOTHING, file });
  const homes = path.join(path.dirname(file), 'homes');
  assert.deepEqual(long.storages, {
    default: { kind: 'local', path: homes },
    cold: { kind: 'local', path: '/mnt/cold' },
  });
  assert.equal(long.root, homes);
  const environment = { LOCKPORT_STORAGES: '{cold: {kind: local, path: /mnt/cold}}' };
  const { configuration: given } = await loadConfiguration({ ...NOTHING, environment });
  assert.deepEqual(given.storages['cold'], { kind: 'local', path: '/mnt/cold' });
});

const MISTAKES: readonly (readonly [name: string, yaml: string, message: RegExp])[] = [
  [
    'a misspelled key',
    'log: json\npasive:\n  ports: 1024-2000\n',
    /:2:1: pasive: unknown key; did you mean "passive"\?/,
  ],
  ['a misspelled inner key', 'tls:\n  profil: modern\n', /:2:3: tls\.profil: unknown key; did you mean "profile"\?/],
  ['a key in other letters', 'data-dir: x\n', /:1:1: data-dir: unknown key; did you mean "dataDir"\?/],
  ['a key like no other', 'site:\n  exec: true\n', /:2:3: site\.exec: unknown key; expected one of symlink/],
  [
    'a value out of a choice',
    'tls:\n  profile: old\n',
    /:2:12: tls\.profile: expected one of modern, intermediate, fips, got "old"/,
  ],
  [
    'a number for a range',
    'passive:\n  ports: 5000\n',
    /:2:10: passive\.ports: expected a range of ports such as .*, got 5000/,
  ],
  ['a range upside down', 'passive:\n  ports: 50100-50000\n', /:2:10: passive\.ports: expected a range of ports/],
  ['text for true or false', 'active: maybe\n', /:1:9: active: expected true or false, got "maybe"/],
  [
    'a port beyond the last',
    'explicit:\n  port: 65536\n',
    /:2:9: explicit\.port: expected a whole number from 0 to 65535, got 65536/,
  ],
  ['a fraction', 'limits:\n  idleMs: 1000.5\n', /:2:11: limits\.idleMs: expected a whole number from 1000 to/],
  [
    'a time no timer holds',
    'limits:\n  idleMs: 2147483648\n',
    /limits\.idleMs: expected a whole number .* to 2147483647/,
  ],
  ['a limit that shuts clients out', 'limits:\n  maxLineBytes: 3\n', /limits\.maxLineBytes: expected .* from 512/],
  [
    'plain FTP by a mere true',
    'plainFtp:\n  login: true\n',
    /plainFtp\.login: expected one of refuse, allow-passwords-in-clear, got true/,
  ],
  [
    'plain FTP as a switch',
    'plainFtp: true\n',
    /:1:11: plainFtp: expected a group of settings, indented below the key, got true/,
  ],
  [
    'a certificate without its key',
    'tls:\n  certificates:\n    - certificate: a.pem\n',
    /:3:7: tls\.certificates\[0\]\.key: is missing; expected a path/,
  ],
  ['a text for a list', 'hosts: a.example\n', /:1:8: hosts: expected a list of names, got "a.example"/],
  [
    'a line break in the greeting',
    'greeting: "a\\r\\n220 b"\n',
    /greeting: expected text, on one line and not empty, got "a\\r\\n220 b"/,
  ],
  [
    'a storage of a kind that there is not',
    'storages:\n  cold: {kind: tape, path: /mnt}\n',
    /:2:16: storages\.cold\.kind: expected one of local, encrypted, remote, s3, got "tape"/,
  ],
  [
    'a misspelled key of a storage',
    'storages:\n  cold: {kind: local, pth: /mnt}\n',
    /storages\.cold\.pth: unknown key; did you mean "path"\?/,
  ],
  [
    'a local storage without a directory',
    'storages:\n  cold: {kind: local}\n',
    /storages\.cold\.path: expected the directory/,
  ],
  [
    'an encrypted storage without keys',
    'storages:\n  safe: {kind: encrypted, over: default}\n',
    /storages\.safe\.keys: expected one key at the least/,
  ],
  [
    'an encrypted storage over one that there is not',
    'storages:\n  safe: {kind: encrypted, over: cold, keys: [{file: key}]}\n',
    /:2:33: storages\.safe\.over: expected the name of a local storage/,
  ],
  [
    'an encrypted storage over an encrypted one',
    'storages:\n  safe: {kind: encrypted, over: default, keys: [{file: key}]}\n  safer: {kind: encrypted, over: safe, keys: [{file: key}]}\n',
    /storages\.safer\.over: expected the name of a local storage/,
  ],
  [
    'a key in two places',
    'storages:\n  safe: {kind: encrypted, over: default, keys: [{file: key, environment: KEY}]}\n',
    /storages\.safe\.keys\[0\]: expected a key: one of file, environment, command/,
  ],
  ...(
    [
      ['without a URL', 'password: {file: p}', /storages\.far\.url: expected the URL/],
      ['with a password in its URL', 'url: "ftpes://a:hunter2@h/"', /url: must hold no password(?!.*hunter2)/s],
      [
        'with the password itself',
        'url: "ftpes://a@h/", password: hunter2',
        /password: expected a group(?!.*hunter2)/s,
      ],
      ['without a user', 'url: "ftpes://h/"', /url: expected a user/],
      ['of another protocol', 'url: "https://a@h/"', /url: expected a URL that begins with ftpes/],
      ['in clear', 'url: "ftp://a@h/", password: {file: p}', /url: sends passwords and files in clear/],
      ['over SFTP without host keys', 'url: "sftp://a@h/", password: {file: p}', /pins: expected the host keys/],
      ['with a pin that is none', 'url: "ftpes://a@h/", password: {file: p}, pins: [abc]', /pins: expected sha256/],
      ['without a password', 'url: "ftpes://a@h/"', /password: expected where the password is/],
      ['with a directory of this machine', 'url: "ftpes://a@h/", path: /srv', /path: means nothing for a remote/],
    ] as const
  ).map(
    ([what, settings, message]) =>
      [`a remote storage ${what}`, `storages:\n  far: {kind: remote, ${settings}}\n`, message] as const,
  ),
  [
    'a remote storage for the homes',
    'storages:\n  default: {kind: remote, url: "ftpes://a@h/", password: {file: p}}\n',
    /storages\.default\.kind: can not be that of the homes/,
  ],
  [
    'a local storage with a URL',
    'storages:\n  cold: {kind: local, path: /mnt, url: "ftpes://a@h/"}\n',
    /storages\.cold\.url: means nothing for a local storage/,
  ],
  ['a storage with an odd name', 'storages:\n  ../cold: {kind: local, path: /mnt}\n', /storages: expected names of/],
  [
    'the files of the accounts in two places',
    'root: /a\nstorages:\n  default: {kind: local, path: /b}\n',
    /:1:7: root: expected the files here, or in storages\.default, not in both/,
  ],
  [
    'a storage within another one',
    'root: /srv\nstorages:\n  cold: {kind: local, path: /srv/cold}\n',
    /storages\.cold: expected a directory that is not within that of the storage default/,
  ],
  [
    'two storages on one directory',
    'storages:\n  cold: {kind: local, path: /srv}\n  old: {kind: local, path: /srv/}\n',
    /storages\.old: expected a directory that is not within that of the storage cold/,
  ],
  [
    'both listeners off',
    'explicit: {enabled: false}\nimplicit: {enabled: false}\n',
    /:2:21: implicit\.enabled: .*nothing listens/,
  ],
  [
    'an empty list of listeners',
    'log: json\nlisteners: []\n',
    /:2:12: listeners: expected one listener at the least; take listeners away to listen as explicit and implicit say/,
  ],
  [
    'a login in clear on an implicit listener',
    'listeners:\n  - mode: implicit\n    plainFtp: {login: refuse}\n',
    /:3:23: listeners\[0\]\.plainFtp\.login: means nothing where TLS begins .*: take it away, or say mode: explicit/,
  ],
  [
    'listeners in both forms',
    'explicit: {port: 2121}\nlisteners:\n  - mode: explicit\n',
    /:1:18: explicit\.port: does not count beside listeners: say it there \(an entry with mode: explicit\), or take/,
  ],
  [
    'a misspelled key of a listener',
    'listeners:\n  - mode: explicit\n    ports: 21\n',
    /:3:5: listeners\[0\]\.ports: unknown key; did you mean "port"\?/,
  ],
  [
    'two listeners in one place',
    'listeners:\n  - {mode: explicit, port: 21}\n  - {mode: implicit, port: 21}\n',
    /:3:5: listeners\[1\]: expected another port, or another address, than those of listeners\[0\]/,
  ],
  [
    'a listener for nobody',
    'listeners:\n  - mode: explicit\n    accounts: []\n',
    /:3:15: listeners\[0\]\.accounts: expected a list of names of accounts, one at the least/,
  ],
  [
    'a rule that waits for what there is not',
    'rules:\n  - name: a\n    when: [uploded]\n    do: [{command: {run: [/bin/true]}}]\n',
    /:3:12: rules\[0\]\.when\[0\]: expected one of uploaded, .*, got "uploded"/,
  ],
  [
    'a rule that asks for the path of a ban',
    'rules:\n  - name: a\n    when: [banned]\n    paths: [/x]\n    do: [{command: {run: [/bin/true]}}]\n',
    /:2:5: rules\[0\]: expected a rule with paths or size that waits for events of files alone/,
  ],
  [
    'a rule that asks for the account of a certificate',
    'rules:\n  - name: a\n    when: [certificate-expires]\n    groups: [lab]\n    do: [{command: {run: [/bin/true]}}]\n',
    /:2:5: rules\[0\]: expected a rule with accounts or groups that waits for an event of an account/,
  ],
  [
    'a mark of a quota that there is not',
    'rules:\n  - name: a\n    when: [quota-passed]\n    percent: [90]\n    do: [{command: {run: [/bin/true]}}]\n',
    /:4:15: rules\[0\]\.percent\[0\]: expected one of 80, 95, 100, got 90/,
  ],
  [
    'days before what does not expire',
    'rules:\n  - name: a\n    when: [quota-passed]\n    daysBefore: [7]\n    do: [{command: {run: [/bin/true]}}]\n',
    /:2:5: rules\[0\]: expected a rule with daysBefore that waits for something that expires/,
  ],
  [
    'a schedule that never comes',
    "rules:\n  - name: a\n    when: [schedule]\n    at: '0 0 30 2 *'\n    do: [{command: {run: [/bin/true]}}]\n",
    /:2:5: rules\[0\]: expected five fields as crontab\(5\) has them for at/,
  ],
  [
    'a schedule without a time',
    'rules:\n  - name: a\n    when: [schedule]\n    do: [{command: {run: [/bin/true]}}]\n',
    /:2:5: rules\[0\]: expected at, where a rule waits for schedule/,
  ],
  [
    'a time zone that there is not',
    "rules:\n  - name: a\n    when: [schedule]\n    at: '0 0 * * *'\n    timeZone: Mars\n    do: [{command: {run: [/bin/true]}}]\n",
    /:5:15: rules\[0\]\.timeZone: expected a time zone such as Europe\/Berlin, got "Mars"/,
  ],
  [
    'the size of a schedule',
    "rules:\n  - name: a\n    when: [schedule]\n    at: '0 0 * * *'\n    size: {atLeast: 1}\n    do: [{command: {run: [/bin/true]}}]\n",
    /:2:5: rules\[0\]: expected a rule with paths or size that waits for events of files alone/,
  ],
  [
    'a webhook over a network in clear',
    "rules:\n  - name: a\n    when: [banned]\n    do:\n      - webhook: {url: 'http://example.org', secretFile: x}\n",
    /:5:24: rules\[0\]\.do\[0\]\.webhook\.url: expected a URL that begins with https:/,
  ],
  [
    'a command whose options a client can choose',
    "rules:\n  - name: a\n    when: [banned]\n    do:\n      - command: {run: [/bin/rm, '{name}']}\n",
    /:5:24: rules\[0\]\.do\[0\]\.command\.run: expected arguments \(a client can choose \{name\}/,
  ],
  [
    'a gate that asks ClamAV on another machine',
    'gates:\n  - name: virus\n    ask: {clamav: {address: 192.0.2.1}}\n',
    /:3:29: gates\[0\]\.ask\.clamav\.address: expected an address of this machine: ClamAV has no encryption/,
  ],
  [
    'a gate that asks two',
    'gates:\n  - name: virus\n    ask: {clamav: {}, command: {run: [/bin/true]}}\n',
    /:3:10: gates\[0\]\.ask: expected whom to ask: one of clamav, command, webhook/,
  ],
  [
    'a quarantine that accounts could see',
    'root: /srv/files\nquarantine: /srv/files/kept\ngates: [{name: virus, ask: {clamav: {}}}]\n',
    /:2:13: quarantine: expected a directory that is not within that of the storage default/,
  ],
  [
    "a gate's command as a user that the server can not become",
    'runAs: {user: lp}\ngates: [{name: a, ask: {command: {run: [/bin/true], user: x}}}]\n',
    /gates\[0\]\.ask\.command\.user: needs a server that stays root/,
  ],
  [
    'a move to a path that is none',
    'rules:\n  - name: a\n    when: [uploaded]\n    do:\n      - move: {to: archive/x}\n',
    /:5:20: rules\[0\]\.do\[0\]\.move\.to: expected a path \(it begins with \//,
  ],
  [
    'a move that leads up',
    'rules:\n  - name: a\n    when: [uploaded]\n    do:\n      - move: {to: /archive/../x}\n',
    /:5:20: rules\[0\]\.do\[0\]\.move\.to: expected a path \(a name can not be empty, \. or \.\./,
  ],
  [
    'a move to a directory',
    "rules:\n  - name: a\n    when: [uploaded]\n    do:\n      - move: {to: '/archive/{directory}'}\n",
    /:5:20: .* expected a path \(it names the file, too/,
  ],
  [
    'a move to half a path',
    "rules:\n  - name: a\n    when: [uploaded]\n    do:\n      - copy: {to: '/archive/x{path}'}\n",
    /:5:20: .* expected a path \(\{path\} is a path, and takes the whole place/,
  ],
  [
    'a name with a directory',
    "rules:\n  - name: a\n    when: [uploaded]\n    do:\n      - rename: {to: 'x/{name}'}\n",
    /:5:22: .* expected a name \(a name can not hold \//,
  ],
  [
    'a name with an unknown placeholder',
    "rules:\n  - name: a\n    when: [uploaded]\n    do:\n      - rename: {to: '{nmae}'}\n",
    /:5:22: .* expected a name \(\{nmae\} is unknown/,
  ],
  [
    'a move of what was removed',
    'rules:\n  - name: a\n    when: [removed]\n    do:\n      - move: {to: /a}\n',
    /:5:9: rules\[0\]\.do\[0\]: expected an action on the file only where the rule waits for uploaded/,
  ],
  [
    'a move of what the rule has removed',
    'rules:\n  - name: a\n    when: [uploaded]\n    do:\n      - remove: {}\n      - move: {to: /a}\n',
    /:6:9: rules\[0\]\.do\[1\]: expected no action on the file behind remove/,
  ],
  [
    'rules without an audit trail',
    'audit: {enabled: false}\nrules: [{name: a, when: [banned], do: [{command: {run: [/bin/true]}}]}]\n',
    /:2:8: rules: follow the audit trail: take audit\.enabled: false away/,
  ],
  [
    'two rules of one name',
    'rules: [&a {name: a, when: [banned], do: [{command: {run: [/bin/true]}}]}, *a]\n',
    /:1:8: rules: expected a list of rules, each with a name of its own/,
  ],
  [
    'a listener whose TLS has no version left',
    'tls: {profile: modern}\nlisteners:\n  - mode: explicit\n    tls: {maxVersion: TLSv1.2}\n',
    /:4:10: listeners\[0\]\.tls: the profile modern is TLS 1\.3 alone: choose the profile intermediate for TLS 1\.2/,
  ],
  [
    'versions of TLS that exclude each other',
    'tls: {minVersion: TLSv1.3, maxVersion: TLSv1.2}\n',
    /:1:19: tls\.minVersion: minVersion is above maxVersion: no version is left/,
  ],
  [
    'a passive network that is none',
    'passive:\n  networks: [{clients: everywhere}]\n',
    /passive\.networks\[0\]\.clients: expected an address or a range such as 192\.0\.2\.0\/24/,
  ],
  [
    'an octal number of YAML 1.2',
    'files:\n  mode: 0o640\n',
    /:2:9: files\.mode: expected permission bits in octal, written as 0640 or '640', which let .*, got 416/,
  ],
  ['a group without a user', 'runAs:\n  group: ftp\n', /:2:10: runAs\.group: expected runAs\.user beside it/],
  ['a key given twice', 'log: json\nlog: pretty\n', /:2:1: Map keys must be unique/],
  ['a tab for indentation', 'tls:\n\tprofile: modern\n', /:2:1: Tabs are not allowed/],
  ['a list at the top', '- log\n', /:1:1: expected settings, each as "key: value"/],
];

for (const [name, yaml, message] of MISTAKES) {
  test(`the configuration names file, line, key and what it expected: ${name}`, async () => {
    assert.match(await messageOf(loaded(yaml)), message);
  });
}

test('the message shows the line and points at the mistake', async () => {
  const message = await messageOf(loaded('log: json\ntls:\n  profile: old\n'));
  assert.match(message, /\n {4}3 \| {3}profile: old\n {19}\^$/);
});

test('a line of the file can not act on the terminal that shows it', async () => {
  const message = await messageOf(loaded('log: "\u009b2J\u202ejson"\n'));
  assert.ok(!/[\u0080-\u009f\u202e]/.test(message), message);
});

test('all mistakes are named at once', async () => {
  const message = await messageOf(loaded('log: x\nactive: y\n', { environment: { LOCKPORT_TLS_PROFILE: 'z' } }));
  assert.equal(message.match(/expected/g)?.length, 3);
});

test('a file that is not there is named', async () => {
  const message = await messageOf(loadConfiguration({ ...NOTHING, file: '/nowhere/lockport.yaml' }));
  assert.equal(message, '/nowhere/lockport.yaml: no such file');
});

test('flags win over the environment, the environment over the file, the file over defaults', async () => {
  const yaml = 'log: json\nexplicit: {port: 1}\npassive: {ports: 50000-50100, address: file.example}\n';
  const { configuration, effective } = await loaded(yaml, {
    environment: { LOCKPORT_EXPLICIT_PORT: '2', LOCKPORT_PASSIVE_PORTS: '51000-51100' },
    flags: { 'passive.ports': '52000-52100' },
  });
  assert.equal(configuration.log, 'json');
  assert.equal(configuration.explicit.port, 2);
  assert.deepEqual(configuration.passive, { ports: { from: 52_000, to: 52_100 }, address: 'file.example' });

  const from = new Map(effective.map(({ setting, origin }) => [setting.key, origin]));
  assert.deepEqual(from.get('passive.ports'), { from: 'flag', flag: '--passive-ports' });
  assert.deepEqual(from.get('explicit.port'), { from: 'environment', variable: 'LOCKPORT_EXPLICIT_PORT' });
  assert.deepEqual(from.get('tls.profile'), { from: 'default' });
  const address = from.get('passive.address');
  assert.ok(address?.from === 'file' && address.line === 3);
});

test('the environment holds every kind of value', async () => {
  const { configuration } = await loaded('', {
    environment: {
      LOCKPORT_HOSTS: 'a.example, b.example',
      LOCKPORT_ACTIVE: 'true',
      LOCKPORT_LIMITS_IDLE_MS: '60000',
      LOCKPORT_TLS_CERTIFICATES: '[{certificate: /a.pem, key: /a.key}]',
      LOCKPORT_GREETING: '',
    },
  });
  assert.deepEqual(configuration.hosts, ['a.example', 'b.example']);
  assert.equal(configuration.active, true);
  assert.equal(configuration.limits.idleMs, 60_000);
  assert.deepEqual(configuration.tls.certificates, [{ certificate: '/a.pem', key: '/a.key' }]);
  assert.equal(configuration.greeting, undefined);
});

test('a wrong value in the environment or a flag is named by the variable or the flag', async () => {
  const fromVariable = loaded('', { environment: { LOCKPORT_LIMITS_IDLE_MS: 'soon' } });
  assert.match(
    await messageOf(fromVariable),
    /^LOCKPORT_LIMITS_IDLE_MS: limits\.idleMs: expected a whole number .*, got "soon"$/,
  );
  const fromFlag = loaded('', { flags: { 'explicit.port': '70000' } });
  assert.match(await messageOf(fromFlag), /^--explicit-port: explicit\.port: expected a whole number/);
});

test('what is no setting any more is left out, with the way out, and the server starts', async () => {
  const { configuration, warnings } = await loaded('site:\n  chmod: true\n  utime: false\n  symlink: true\n', {
    environment: { LOCKPORT_SITE_UTIME: 'true' },
  });
  assert.deepEqual(configuration.site, { symlink: true });
  assert.equal(warnings.length, 3);
  const ways = warnings.map((warning) => warning.replace(/^.*(:\d+:\d+:)/, '$1'));
  const by = 'is allowed to whoever holds the right `times` and to nobody else; remove this setting';
  assert.deepEqual(ways, [
    `LOCKPORT_SITE_UTIME in the environment is not a setting any more: SITE UTIME ${by}`,
    `:2:3: site.chmod is not a setting any more: SITE CHMOD ${by}`,
    `:3:3: site.utime is not a setting any more: SITE UTIME ${by}`,
  ]);
});

test('a variable that looks like a setting and is none gets a warning, the client’s password does not', async () => {
  const { warnings } = await loaded('', { environment: { LOCKPORT_PASIVE_PORTS: 'x', LOCKPORT_PASSWORD: 'secret' } });
  assert.deepEqual(warnings, [
    'LOCKPORT_PASIVE_PORTS in the environment is not a setting; did you mean LOCKPORT_PASSIVE_PORTS?',
  ]);
});
