import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const room = new URL('../', import.meta.url);
const breaking = new URL('breaking-fixture.test.ts', import.meta.url).href;
const transfers = ['data/data-connection.test.ts', 'data/receive.test.ts', 'data/client-data.test.ts'];
const handshakes = [
  'data/data-connection.test.ts',
  'control/control-channel-tls.test.ts',
  'tls/connection-tls.test.ts',
];

interface Run {
  readonly isPassed: boolean;
  readonly printed: string;
}

/** Runs tests of this room on a Node in which something works otherwise than it does today. */
async function runBroken(broken: string, files: readonly string[], pattern = '.'): Promise<Run> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const paths = files.map((file) => fileURLToPath(new URL(file, room)));
  const options = ['--import', breaking, '--test', '--test-reporter=spec', `--test-name-pattern=${pattern}`];
  const running = promisify(execFile)(process.execPath, [...options, ...paths], {
    env: { ...env, BREAK_NODE: broken },
  });
  const [{ stdout, stderr }, isPassed] = await running.then(
    (output) => [output, true] as const,
    (error: { readonly stdout: string; readonly stderr: string }) => [error, false] as const,
  );
  return { isPassed, printed: stdout + stderr };
}

describe('on a Node whose inside works otherwise', () => {
  for (const [broken, files, pattern, warning] of [
    ['read-into', transfers, '.', /what is received is copied once more/],
    ['native-detector', transfers, '.', /watched in a slower way/],
    ['tunnel-detector', transfers, '.', /end as those of Java count as cut off/],
    ['ticket-callback', handshakes, 'TLSv1.2', /only TLS 1.2 is offered/],
    ['tls-error', handshakes, 'arrives whole|begins with AUTH', /stay until they have been idle/],
    ['verified-peer', handshakes, 'one of a stranger is told as not verified', /no client certificate counts/],
    ['reset-end', ['data/data-connection.test.ts'], 'arrives whole', /a reset cuts off can count as whole/],
  ] as const) {
    test(`all goes on as it should, and the operator is told: ${broken}`, async () => {
      const { isPassed, printed } = await runBroken(broken, files, pattern);
      assert.ok(isPassed, printed);
      assert.match(printed, warning);
      assert.doesNotMatch(printed, /pass 0\n/);
    });
  }

  test('no end is taken for clean where nothing can tell', async () => {
    const broken = 'native-detector tunnel-detector';
    const { isPassed, printed } = await runBroken(
      broken,
      ['data/data-connection.test.ts'],
      'of 16384 bytes arrives whole',
    );
    assert.equal(isPassed, false);
    assert.match(printed, /actual: .*ending: 'cut'/);
  });
});
