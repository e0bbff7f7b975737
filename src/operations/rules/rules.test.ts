import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { type FileChange, type NewEvent, ROOT, resolvePath } from '../../core/index.ts';
import { recordOf } from '../audit/index.ts';
import { fitsRule } from './matching.ts';
import { pauseAfter } from './retry.ts';
import { RULE_EVENT_KINDS, type RuleEvent, type RuleEventKind, ruleEventOf } from './rule-event.ts';
import { argumentsProblem, filled, templateProblem } from './template.ts';
import { webhookMessage, webhookSecret } from './webhook-message.ts';

const SESSION = { session: 's', protocol: 'ftp', address: '192.0.2.1', account: 'alice' } as const;
const at = (path: string) => resolvePath(ROOT, path);
const entryOf = (kind: 'file' | 'directory') => ({ name: 'x', kind, size: 5, modified: new Date(0) });
const isTemporary = (path: string) => path.endsWith('.part');

/** What an event of the server becomes for rules that wait for everything. */
function told(event: NewEvent, kinds: readonly RuleEventKind[] = RULE_EVENT_KINDS): RuleEvent | undefined {
  const fields = recordOf({ at: 0, seq: 1, ...event });
  const record = JSON.parse(JSON.stringify({ n: 7, at: new Date(0).toISOString(), ...fields }));
  return ruleEventOf(record, kinds, { journal: 'j', isTemporary });
}

function changed(change: FileChange['change'], path: string, more: Partial<FileChange> = {}) {
  const event = told({ event: 'file.changed', change, path: at(path), entry: entryOf('file'), ...SESSION, ...more });
  return event && [event.kind, event.path, event.from].filter((part) => part !== undefined).join(' ');
}

test('a file is uploaded when it stands under its final name, and then once', () => {
  assert.equal(changed('stored', '/a'), 'uploaded /a');
  assert.equal(changed('combined', '/a'), 'uploaded /a');
  assert.equal(changed('stored', '/a.part'), undefined);
  assert.equal(changed('renamed', '/a.part', { to: at('/a') }), 'uploaded /a /a.part');
  assert.equal(changed('renamed', '/a.part', { to: at('/b.part') }), undefined);
  assert.equal(changed('renamed', '/a', { to: at('/b') }), 'renamed /b /a');
  assert.equal(changed('renamed', '/a', { to: at('/a.part') }), 'renamed /a.part /a');
  assert.equal(changed('removed', '/a'), 'removed /a');
  assert.equal(changed('removed', '/a.part'), undefined);
  for (const change of ['times-set', 'mode-set', 'linked'] as const) assert.equal(changed(change, '/a'), undefined);
  assert.equal(changed('copied', '/a', { to: at('/b') }), undefined);
});

test('a directory that is renamed from a temporary name is no upload', () => {
  assert.equal(changed('renamed', '/d.part', { to: at('/d'), entry: entryOf('directory') }), 'renamed /d /d.part');
});

test('a transfer that broke is no event, and a complete download is one', () => {
  const transfer = {
    verb: 'RETR',
    path: at('/a'),
    offset: 0,
    bytes: 3,
    durationMs: 1,
    ending: 'clean',
    reply: 226,
  } as const;
  const finished = (
    direction: 'upload' | 'download',
    outcome: 'complete' | 'kept-partial' | 'discarded',
    more: { readonly isPartial?: true } = {},
  ) => told({ event: 'transfer.finished', ...transfer, direction, outcome, ...SESSION, ...more })?.kind;
  assert.equal(finished('download', 'complete'), 'downloaded');
  assert.equal(finished('download', 'discarded'), undefined);
  assert.equal(finished('download', 'complete', { isPartial: true }), undefined);
  for (const outcome of ['complete', 'kept-partial', 'discarded'] as const)
    assert.equal(finished('upload', outcome), undefined);
});

test('logins that fail, bans and locks are events, with what is known of them', () => {
  const { account: _, ...stranger } = SESSION;
  const failed = told({
    event: 'login.failed',
    user: 'eve',
    method: 'password',
    code: 'credentials',
    reason: 'no',
    ...stranger,
  });
  assert.deepEqual(failed, {
    id: 'j-7',
    kind: 'login-failed',
    at: '1970-01-01T00:00:00.000Z',
    account: 'eve',
    address: '192.0.2.1',
    protocol: 'ftp',
    session: 's',
    reason: 'no',
  });
  const until = new Date(1000);
  const banned = told({ event: 'address.banned', network: '192.0.2.0/24', until });
  assert.equal(`${banned?.kind} ${banned?.address} ${banned?.until}`, 'banned 192.0.2.0/24 1970-01-01T00:00:01.000Z');
  assert.equal(told({ event: 'account.locked', locked: 'bob', until })?.account, 'bob');
});

test('what the service finds when it looks is told with its marks, and a rule is told at those that it asks for', async () => {
  const expires = new Date('2027-03-01T00:00:00Z');
  const quota = { account: 'bob', home: ROOT, percent: 95, marks: [80, 95], bytes: 960, files: 3, maxBytes: 1000 };
  const passed = told({ event: 'quota.passed', ...quota });
  assert.equal(`${passed?.kind} ${passed?.account} ${passed?.percent} ${passed?.bytes}`, 'quota-passed bob 95 960');
  const ending = { expires, days: 10, marks: [30, 14] };
  const account = told({ event: 'account.expires', account: 'bob', ...ending });
  assert.equal(
    filled('{event} {account} {days} {until}', account as RuleEvent),
    `account-expires bob 10 ${expires.toISOString()}`,
  );
  const certificate = told({ event: 'certificate.expires', certificate: 'CN=a', fingerprint: 'AB:CD', ...ending });
  assert.equal(filled('{certificate} {fingerprint}', certificate as RuleEvent), 'CN=a AB:CD');
  const fits = (conditions: object, event: RuleEvent | undefined) =>
    fitsRule({ when: RULE_EVENT_KINDS, ...conditions }, event as RuleEvent, async () => []);
  for (const [conditions, event, expected] of [
    [{}, passed, true],
    [{ percent: [80] }, passed, true],
    [{ percent: [100] }, passed, false],
    [{}, account, true],
    [{ daysBefore: [14, 7] }, account, true],
    [{ daysBefore: [7] }, account, false],
    [{ daysBefore: [60] }, certificate, false],
    [{ percent: [100], daysBefore: [14] }, certificate, true],
  ] as const) {
    assert.equal(await fits(conditions, event), expected, JSON.stringify([conditions, event]));
  }
});

const UPLOADED: RuleEvent = {
  id: 'j-7',
  kind: 'uploaded',
  at: '2026-11-30T12:00:00.000Z',
  account: 'alice',
  path: '/in/a b.xml',
  bytes: 5,
};

test('an event must fit every condition of a rule, and an account one of its names or groups', async () => {
  const groupsOf = async (account: string) => (account === 'alice' ? ['clinics'] : []);
  const fits = (conditions: object, event: Partial<RuleEvent> = {}) =>
    fitsRule({ when: ['uploaded'], ...conditions }, { ...UPLOADED, ...event }, groupsOf);
  const paths = [(path: string) => path.startsWith('/in/')];
  for (const [conditions, event, expected] of [
    [{}, {}, true],
    [{}, { kind: 'removed' }, false],
    [{ accounts: ['alice', 'bob'] }, {}, true],
    [{ accounts: ['bob'] }, {}, false],
    [{ accounts: ['bob'], groups: ['clinics'] }, {}, true],
    [{ groups: ['clinics'] }, { account: 'bob' }, false],
    [{ groups: ['clinics'] }, { account: undefined }, false],
    [{ paths }, {}, true],
    [{ paths }, { path: '/out/a' }, false],
    [{ paths }, { path: undefined }, false],
    [{ size: { atLeast: 5, atMost: 5 } }, {}, true],
    [{ size: { atLeast: 6 } }, {}, false],
    [{ size: { atMost: 4 } }, {}, false],
    [{ size: {} }, { bytes: undefined }, false],
  ] as const) {
    assert.equal(await fits(conditions, event as Partial<RuleEvent>), expected, JSON.stringify([conditions, event]));
  }
});

test('what a template fills in is not looked at again, and an unknown placeholder is named', () => {
  const event = { ...UPLOADED, path: '/in/{account}.xml' };
  assert.equal(filled('{directory}|{name}|{account}|{bytes}|{sha256}', event), '/in|{account}.xml|alice|5|');
  assert.equal(templateProblem('{path} {date}'), undefined);
  assert.match(templateProblem('{pth}') ?? '', /^\{pth\} is unknown; there are \{event\}/);
});

test('no client can name an option of a program', () => {
  assert.equal(argumentsProblem(['/bin/scan', '{path}', '--file={name}', '--', '{name}']), undefined);
  assert.match(argumentsProblem(['/bin/scan', '{name}']) ?? '', /takes it for an option/);
  assert.match(argumentsProblem(['/bin/scan', '{account}', '--']) ?? '', /takes it for an option/);
  assert.match(argumentsProblem(['/bin/{name}']) ?? '', /no placeholders/);
});

test('pauses grow up to a bound, are spread, and are as long as the receiver asks for', () => {
  const bounds = { firstMs: 1000, maxMs: 60_000 };
  const middle = { random: () => 0.5 };
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 1000].map((attempts) => pauseAfter(attempts, bounds, middle)),
    [1000, 3000, 9000, 27_000, 60_000, 60_000, 60_000],
  );
  assert.equal(pauseAfter(1, bounds, { random: () => 0 }), 800);
  assert.equal(pauseAfter(1, bounds, { random: () => 1 }), 1200);
  assert.equal(pauseAfter(1, bounds, { ...middle, atLeastMs: 5000 }), 5000);
  assert.equal(pauseAfter(1, bounds, { ...middle, atLeastMs: 999_999_999 }), 60_000);
});

test('a message is signed so that a receiver of Standard Webhooks takes it, and no altered one', () => {
  const text = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const secret = webhookSecret(text);
  assert.ok(secret);
  const { headers, body } = webhookMessage(UPLOADED, 'lab', secret, Date.now());
  assert.deepEqual(new Webhook(text).verify(body, { ...headers }), {
    type: 'lockport.uploaded',
    timestamp: UPLOADED.at,
    data: { rule: 'lab', account: 'alice', path: '/in/a b.xml', bytes: 5 },
  });
  assert.equal(headers['webhook-id'], 'j-7');
  assert.throws(() => new Webhook(text).verify(body.replace('alice', 'mallory'), { ...headers }));
});

test('a secret is base64 of 24 to 64 bytes', () => {
  const base64 = (length: number) => Buffer.alloc(length, 1).toString('base64');
  for (const text of [base64(24), base64(64), `whsec_${base64(32)}`]) assert.ok(webhookSecret(text), text);
  for (const text of [base64(23), base64(65), 'whsec_', 'no base64!', '']) assert.equal(webhookSecret(text), undefined);
});
