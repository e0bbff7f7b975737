import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorkers } from '../workers/workers.ts';
import { metricsOf, metricsPort, metricsWhen } from './scrape.ts';

for (const workers of [1, 2]) {
  test(`what happens is counted once, one by one, with ${workers} processes for sessions`, async (context) => {
    const server = await startWorkers(context, { workers, args: ['--metrics-port', '0'] });
    const port = await metricsPort(server.server);
    const before = await metricsOf(port);
    const changes = async (expected: Readonly<Record<string, number>>) => {
      const rise = (metrics: ReadonlyMap<string, number>, name: string) =>
        (metrics.get(name) ?? Number.NaN) - (before.get(name) ?? Number.NaN);
      const metrics = await metricsWhen(port, (now) =>
        Object.entries(expected).every(([name, value]) => rise(now, name) === value),
      );
      for (const [name, value] of Object.entries(expected)) assert.equal(rise(metrics, name), value, name);
    };

    await using client = await server.signIn();
    await changes({
      'lockport_sessions_total{protocol="ftp",mode="explicit"}': 1,
      'lockport_sessions_total{protocol="ftp",mode="implicit"}': 0,
      'lockport_sessions_open{protocol="ftp",mode="explicit"}': 1,
      'lockport_logins_total{protocol="ftp",method="password"}': 1,
      'lockport_tls_handshakes_total{channel="control",version="TLSv1.3",resumed="false"}': 1,
      'lockport_tls_handshakes_by_cipher_total{cipher="TLS_AES_128_GCM_SHA256"}': 1,
      'lockport_tls_handshakes_by_cipher_total{cipher="other"}': 0,
    });

    await client.upload('STOR file', 'x'.repeat(1000));
    await client.upload('STOR other', 'x'.repeat(234));
    await changes({
      'lockport_transfers_total{protocol="ftp",direction="upload",outcome="complete"}': 2,
      'lockport_transfer_endings_total{protocol="ftp",direction="upload",ending="clean"}': 2,
      'lockport_transfer_bytes_total{protocol="ftp",direction="upload"}': 1234,
      'lockport_transfer_duration_seconds_count{protocol="ftp",direction="upload"}': 2,
      'lockport_transfer_duration_seconds_bucket{protocol="ftp",direction="upload",le="+Inf"}': 2,
      'lockport_tls_handshakes_total{channel="data",version="TLSv1.3",resumed="true"}': 2,
      'lockport_file_changes_total{protocol="ftp",change="stored"}': 2,
    });

    await using data = await client.data(await client.passive());
    await client.expect(150, 'RETR file');
    assert.equal((await data.receive()).length, 1000);
    await client.expect(226);
    await client.expect(250, 'DELE other');
    await client.expect(550, 'DELE missing');
    await client.expect(425, 'RETR file');
    await changes({
      'lockport_transfers_total{protocol="ftp",direction="download",outcome="complete"}': 1,
      'lockport_transfer_bytes_total{protocol="ftp",direction="download"}': 1000,
      'lockport_file_changes_total{protocol="ftp",change="removed"}': 1,
      'lockport_commands_refused_total{protocol="ftp",reply="550"}': 1,
    });

    await using stranger = await server.connect();
    await stranger.expect(220);
    await stranger.expect(234, 'AUTH TLS');
    await stranger.secure();
    await stranger.expect(331, 'USER alice');
    await stranger.expect(530, 'PASS wrong');
    await changes({
      'lockport_logins_failed_total{protocol="ftp",method="password",reason="credentials"}': 1,
      'lockport_logins_total{protocol="ftp",method="password"}': 1,
      'lockport_sessions_open{protocol="ftp",mode="explicit"}': 2,
    });

    for (const each of [client, stranger]) {
      await each.expect(221, 'QUIT');
      await each.ended();
    }
    await changes({
      'lockport_session_duration_seconds_count{protocol="ftp"}': 2,
      'lockport_sessions_open{protocol="ftp",mode="explicit"}': 0,
      lockport_failures_total: 0,
    });
    const metrics = await metricsOf(port);
    const processes = workers === 1 ? ['primary'] : ['primary', '1', '2'];
    for (const process of processes) {
      assert.ok((metrics.get(`lockport_process_resident_memory_bytes{process="${process}"}`) ?? 0) > 1e6, process);
      assert.ok((metrics.get(`lockport_event_loop_delay_seconds_count{process="${process}"}`) ?? 0) > 0, process);
    }
    assert.equal(metrics.get('lockport_workers'), workers === 1 ? 0 : 2);
    assert.equal(metrics.get('lockport_ready'), 1);
    const tenYears = 10 * 365 * 86_400;
    const left = metrics.get('lockport_certificate_remaining_seconds{certificate="tls.certificates[0]"}') ?? 0;
    assert.ok(left > tenYears - 86_400 && left < tenYears + 10 * 86_400, `${left}`);
  });
}

test('a worker that dies is counted when another one takes its place', async (context) => {
  const server = await startWorkers(context, { args: ['--metrics-port', '0'] });
  const port = await metricsPort(server.server);
  const pid = await server.pidOf(1);
  process.kill(pid, 'SIGKILL');
  await server.pidOf(1, pid);
  const metrics = await metricsWhen(port, (now) => now.get('lockport_workers_serving') === 2);
  assert.equal(metrics.get('lockport_worker_restarts_total'), 1);
});

test('quotas are shown as totals, and by account where the configuration wants it', async (context) => {
  const options = { account: { quota: { bytes: 1000 } }, workers: 1, args: ['--metrics-port', '0'] };
  for (const [perAccount, series] of [
    ['false', []],
    ['true', ['lockport_account_quota_bytes{account="alice"}', 'lockport_account_used_bytes{account="alice"}']],
  ] as const) {
    const server = await startWorkers(context, { ...options, settings: { METRICS_PER_ACCOUNT: perAccount } });
    await using client = await server.signIn();
    await client.upload('STOR file', 'x'.repeat(960));
    const metrics = await metricsOf(await metricsPort(server.server));
    assert.equal(metrics.get('lockport_quota_used_bytes'), 960);
    assert.equal(metrics.get('lockport_quota_accounts{used="any"}'), 1);
    assert.equal(metrics.get('lockport_quota_accounts{used="95%"}'), 1);
    assert.equal(metrics.get('lockport_quota_accounts{used="100%"}'), 0);
    assert.deepEqual([...metrics.keys()].filter((name) => name.includes('account=')).sort(), series);
  }
});
