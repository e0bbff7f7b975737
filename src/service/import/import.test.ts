import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { RIGHTS } from '../../core/index.ts';
import { IMPORTERS as LOADERS } from './import-accounts.ts';
import { ImportError } from './import-error.ts';
import type { Imported } from './imported.ts';

const IMPORTERS = new Map(
  await Promise.all(Object.entries(LOADERS).map(async ([from, load]) => [from, await load()] as const)),
);

/** As openssl passwd made it. */
const SHA512 =
  '$6$1/7wml6jIfC1IRIc$DlGSMaWn.lXwzghF.aIdcyHpCHlCV9EaXjAaH1MbPY0gHUwDOm8iecxhttXVl09.TS81Vou44ZL08fZDrWGz91';
const ALL = [{ path: '/', rights: RIGHTS }];

function read(from: string, text: string, ...more: readonly string[]): Imported {
  const importer = IMPORTERS.get(from);
  assert.ok(importer);
  return importer(
    [text, ...more].map((each, index) => ({ name: `file${index}`, text: each })),
    '/srv/ftp',
  );
}

/** `kind name field`, of all findings. */
function said({ findings }: Imported): readonly string[] {
  return findings.flatMap(({ kind, names, field }) => names.map((name) => `${kind} ${name} ${field}`));
}

test('a line of Pure-FTPd becomes an account with its home, quota, rates, sessions and addresses', () => {
  // As pure-pw useradd -t 200 -T 300 -n 100 -N 50 -y 3 -r … -R … -z … wrote it.
  const line = `bob:${SHA512}:1000:1000:Bob:/srv/ftp/bob/./:307200:204800:::3:100:52428800:::192.0.2.0/24,10.0.0.1:192.0.2.9:900-1800`;
  const imported = read('pure-ftpd', `${line}\n`);
  assert.deepEqual(imported.accounts, [
    {
      account: {
        name: 'bob',
        home: '/bob',
        rights: ALL,
        quota: { bytes: 52_428_800, files: 100 },
        rate: { upload: 307_200, download: 204_800 },
        maxSessions: 3,
        allowedAddresses: ['192.0.2.0/24', '10.0.0.1'],
      },
      passwordHash: SHA512,
    },
  ]);
  assert.deepEqual(said(imported), [
    'left-out bob uid',
    'left-out bob gid',
    'left-out bob gecos',
    'warning bob refused addresses',
    'warning bob time of day',
  ]);
});

test('a home that is not below the base becomes one of its own, and that is said', () => {
  for (const home of ['/home/bob', '/srv/ftp/../bob', '/srv/ftpx/bob', '/']) {
    const imported = read('proftpd', `bob:${SHA512}:1:1::${home}:/bin/false`);
    assert.equal(imported.accounts[0]?.account.home, '/bob', home);
    assert.ok(said(imported).includes('changed bob home'));
  }
  assert.equal(read('proftpd', `bob:${SHA512}:1:1::/srv/ftp:/bin/false`).accounts[0]?.account.home, '/');
});

test('who may come from no address that can be said is disabled, and not let in from everywhere', () => {
  const imported = read('pure-ftpd', `bob:${SHA512}:1:1::/srv/ftp/bob/./::::::::::office.example::`);
  assert.equal(imported.accounts[0]?.account.disabled, true);
  assert.ok(said(imported).includes('warning bob allowed addresses'));
});

test('passwords that can not be kept are said, each with its reason', () => {
  const lines = [
    'anna:$1$aoGAKuCm$qbvwdu1nSJSGcYSEelJk5.',
    'bob:WFDC0Z.bskWjA',
    'carl:$y$j9T$WF6Ymj3pL2D0d7YkZt3iQ0$rdjbdw4iCaUEtEwIMQV3hucliyQJQAHM.ZdJo8Ecch2',
    `dora:$6$rounds=999999999$salt$${'a'.repeat(86)}`,
    'emil:',
    'fred:x',
  ];
  const imported = read('vsftpd', lines.join('\r\n'));
  const kept = imported.accounts.filter(({ passwordHash }) => passwordHash !== '');
  assert.deepEqual(
    kept.map(({ account }) => account.name),
    ['anna'],
  );
  assert.deepEqual(
    said(imported)
      .filter((each) => each.endsWith('password'))
      .toSorted(),
    [
      'left-out bob password',
      'left-out carl password',
      'left-out dora password',
      'left-out fred password',
      'warning anna password',
      'warning emil password',
    ],
  );
});

test('names that no account can have, and names that stand twice, are left out', () => {
  const imported = read('vsftpd', `../x:${SHA512}\n a:${SHA512}\nbob:${SHA512}\nbob:other\n`);
  assert.deepEqual(
    imported.accounts.map(({ account }) => account.name),
    ['bob'],
  );
  assert.deepEqual(said(imported).filter((each) => each.endsWith(' account')).length, 3);
});

test('a file that is none of the server is refused with its line', () => {
  const refused = (from: string, text: string, message: RegExp) =>
    assert.throws(
      () => read(from, text),
      (error) => error instanceof ImportError && message.test(error.message),
    );
  refused('proftpd', `# comment\n\nbob:${SHA512}\n`, /^file0: line 3: expected 7 fields/);
  refused('pure-ftpd', 'bob:x:1:1::/srv/bob/./:fast:::::::::::\n', /^line 1: expected a whole number, got "fast"/);
  refused('vsftpd', `bob:${'x'.repeat(9000)}`, /line 1: this is no line/);
  refused('sftpgo', '{"users": [{"username": 7}]}', /users\.0\.username/);
  refused('sftpgo', '{"users": [{"username": "a", "permissions": {"/a\\u0000": []}}]}', /a has the path/);
  refused('sftpgo', 'no json', /not JSON/);
  refused('filezilla', '<filezilla>\n<user name="a">\n</filezilla>', /line 3: it is not XML/);
  refused('filezilla', '<other/>', /its root is <other>/);
  refused('filezilla', '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><filezilla>&c;</filezilla>', /DOCTYPE/);
  refused('filezilla', '<filezilla>&unknown;</filezilla>', /not XML/);
  refused('filezilla', '<a>'.repeat(40), /nested too deeply/);
});

test('a dump of SFTPGo becomes accounts with rights, limits, keys and their primary group', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea anna@laptop';
  const dump = {
    version: 16,
    admins: [{ username: 'root' }],
    groups: [
      {
        id: 1,
        name: 'partners',
        user_settings: { home_dir: '/srv/ftp/partners/%username%', max_sessions: 4, permissions: {} },
      },
    ],
    users: [
      {
        id: 1,
        username: 'anna',
        status: 1,
        password: SHA512,
        public_keys: [key],
        home_dir: '/srv/ftp/anna',
        expiration_date: 1_924_905_600_000,
        uid: 0,
        gid: 0,
        max_sessions: 2,
        quota_size: 1024,
        quota_files: 0,
        upload_bandwidth: 100,
        permissions: {
          '/': ['*'],
          '/in': ['list', 'upload', 'create_dirs'],
          '/out': ['list', 'download', 'delete_files'],
        },
        filters: {
          allowed_ip: ['192.0.2.0/24'],
          denied_ip: ['198.51.100.1/32'],
          file_patterns: [{ path: '/', denied_patterns: ['*.exe'] }],
        },
        virtual_folders: [{ name: 'shared', virtual_path: '/shared', mapped_path: '/srv/shared' }],
        filesystem: { provider: 0 },
      },
      {
        username: 'bob',
        status: 1,
        password: SHA512,
        home_dir: '/srv/ftp/bob',
        permissions: { '/': ['list'] },
        groups: [
          { name: 'partners', type: 1 },
          { name: 'others', type: 2 },
        ],
      },
      { username: 'carl', status: 0, home_dir: '/srv/ftp/carl', permissions: { '/': ['*'] } },
      { username: 'dora', password: SHA512, home_dir: '/srv/ftp/dora', filesystem: { provider: 1 } },
      { username: 'emil', password: SHA512, home_dir: '/srv/ftp/emil', filters: { denied_protocols: ['FTP'] } },
    ],
  };
  const imported = read('sftpgo', JSON.stringify(dump));
  assert.deepEqual(imported.groups, new Map([['partners', { home: '/partners/{name}', maxSessions: 4 }]]));
  const [anna, bob, carl, dora, emil] = imported.accounts.map(({ account }) => account);
  assert.deepEqual(anna, {
    name: 'anna',
    quota: { bytes: 1024 },
    rate: { upload: 102_400 },
    maxSessions: 2,
    allowedAddresses: ['192.0.2.0/24'],
    home: '/anna',
    rights: [
      ...ALL,
      { path: '/in', rights: ['list', 'upload', 'make-directory'] },
      { path: '/out', rights: ['list', 'download'] },
    ],
    authorizedKeys: [key],
    expires: new Date(1_924_905_600_000),
  });
  assert.deepEqual(bob, { name: 'bob', rights: [{ path: '/', rights: ['list'] }], groups: ['partners'] });
  assert.deepEqual([carl?.disabled, dora?.disabled, emil?.disabled], [true, true, true]);
  for (const line of [
    'warning anna denied_ip',
    'warning anna file_patterns',
    'left-out anna virtual_folders',
    'left-out anna permission delete_files',
    'left-out bob group others',
    'warning dora filesystem',
    'warning emil denied_protocols',
    'warning carl password',
    'left-out the dump admins',
  ])
    assert.ok(said(imported).includes(line), line);
});

/** A file as FileZilla Server 1.x writes it. */
const USERS = `<?xml version="1.0" encoding="UTF-8"?>
<filezilla xmlns:fz="https://filezilla-project.org" xmlns="https://filezilla-project.org" fz:product_version="1.8.2">
  <user name="&lt;system user&gt;" enabled="false"><mount_point tvfs_path="/" access="1" native_path=":h"/></user>
  <user name="anna" enabled="true">
    <mount_point tvfs_path="/" access="1" native_path="C:\\ftp\\:u" new_native_path="C:\\ftp\\:u" recursive="2" flags="0"/>
    <mount_point tvfs_path="/out" access="0" native_path="C:\\ftp\\:u\\out" recursive="2" flags="0"/>
    <mount_point tvfs_path="/elsewhere" access="1" native_path="D:\\data" recursive="2" flags="0"/>
    <rate_limits inbound="102400" outbound="unlimited" session_inbound="unlimited" session_outbound="1024"/>
    <allowed_ips>192.0.2.0/24 198.51.100.7</allowed_ips>
    <disallowed_ips></disallowed_ips>
    <session_open_limits files="unlimited" directories="unlimited"/>
    <session_count_limit>3</session_count_limit>
    <description>Anna &amp; Co</description>
    <group>partners</group>
    <password index="1"><hash>HASH</hash><salt>SALT</salt><iterations>100000</iterations></password>
    <methods>1</methods>
  </user>
  <user name="bob" enabled="false">
    <mount_point tvfs_path="/" access="0" native_path="/srv/ftp/bob" recursive="1"/>
    <password index="2"><hash>${createHash('md5').update('secret').digest('base64')}</hash></password>
  </user>
  <user name="carl" enabled="true"><password index="0"/></user>
</filezilla>`;

test('users.xml and groups.xml of FileZilla become accounts and groups', () => {
  const [hash, salt] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((bytes) =>
    bytes.toString('base64').replace('=', ''),
  );
  const users = USERS.replace('HASH', hash ?? '').replace('SALT', salt ?? '');
  const groups =
    '<filezilla><group name="partners"><mount_point tvfs_path="/" access="1" native_path="/srv/ftp/partners/:u" recursive="1"/></group></filezilla>';
  const importer = IMPORTERS.get('filezilla');
  const imported = importer?.(
    [
      { name: 'users.xml', text: users },
      { name: 'groups.xml', text: groups },
    ],
    'C:/ftp',
  );
  assert.ok(imported);
  const [anna, bob, carl] = imported.accounts;
  assert.deepEqual(anna, {
    account: {
      name: 'anna',
      home: '/anna',
      rights: [...ALL, { path: '/out', rights: ['list', 'download'] }],
      rate: { upload: 102_400 },
      allowedAddresses: ['192.0.2.0/24', '198.51.100.7'],
      groups: ['partners'],
    },
    passwordHash: `$pbkdf2-b64salt-sha256$100000$${salt}$${hash}`,
  });
  assert.equal(bob?.account.disabled, true);
  assert.deepEqual(bob?.account.rights, [{ path: '/', rights: ['list', 'download'] }]);
  assert.equal(bob?.passwordHash, `$md5$${createHash('md5').update('secret').digest('hex')}`);
  assert.deepEqual([carl?.passwordHash, carl?.account.rights], ['', [{ path: '/', rights: ['list'] }]]);
  assert.equal(imported.groups.get('partners')?.home, '/{name}');
  for (const line of [
    'left-out <system user> user',
    'left-out anna mount point /elsewhere',
    'left-out anna session_outbound',
    'warning anna session_count_limit',
    'left-out anna description',
    'changed anna group',
    'warning bob password',
    'changed bob home',
    'warning carl password',
  ])
    assert.ok(said(imported).includes(line), line);
});

test('a file of FileZilla before 1.0 becomes accounts with their home and its rights', () => {
  const digest = createHash('sha512').update('secretsalt').digest('hex').toUpperCase();
  const text = `<FileZillaServer><Groups><Group Name="g"/></Groups><Users><User Name="anna">
    <Option Name="Pass">${digest}</Option><Option Name="Salt">salt</Option><Option Name="Enabled">1</Option>
    <Option Name="User Limit">2</Option><Option Name="IP Limit">2</Option><Option Name="ForceSsl">1</Option>
    <IpFilter><Disallowed/><Allowed><IP>192.0.2.1</IP></Allowed></IpFilter>
    <Permissions><Permission Dir="/srv/ftp/anna"><Option Name="FileRead">1</Option><Option Name="FileWrite">1</Option>
      <Option Name="DirList">1</Option><Option Name="DirSubdirs">1</Option><Option Name="IsHome">1</Option></Permission>
      <Permission Dir="D:/x"><Option Name="FileRead">1</Option></Permission></Permissions>
    <SpeedLimits DlType="0" UlType="0"/></User></Users></FileZillaServer>`;
  const imported = read('filezilla', text);
  assert.deepEqual(imported.accounts, [
    {
      account: {
        name: 'anna',
        home: '/anna',
        rights: [{ path: '/', rights: ['list', 'download', 'upload', 'times'] }],
        maxSessions: 2,
        allowedAddresses: ['192.0.2.1'],
      },
      passwordHash: `$salted-sha512$${Buffer.from('salt').toString('base64')}$${digest.toLowerCase()}`,
    },
  ]);
  assert.deepEqual(said(imported).toSorted(), [
    'left-out anna IP Limit',
    'left-out anna directory D:/x',
    'left-out group g group',
    'warning anna password',
  ]);
});

test('no text makes an importer fail otherwise than by saying so', () => {
  const pieces = fc.constantFrom(
    ':',
    '\n',
    '/',
    'a',
    '$6$',
    '<user',
    ' name="x"',
    '>',
    '</user>',
    '<filezilla>',
    '{"users":[',
    '{}',
    ']}',
    '"',
    '\0',
    '#',
    '%',
    '&#0;',
    '\u202e',
  );
  const hostile = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.constantFrom(...IMPORTERS.keys()), hostile, (from, text) => {
      try {
        read(from, text);
      } catch (error) {
        assert.ok(error instanceof ImportError, String(error));
      }
    }),
  );
});
