import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mountSmallMedium } from '../../testing/small-medium.ts';
import { appendUploads, openJournal } from './journal-fixture.test.ts';
import { verifyAudit } from './verify.ts';

test('a full disk is told once, records that find no room in memory are counted, and all is written once there is room', async (context) => {
  const medium = await mkdtemp(join(tmpdir(), 'lockport-audit-full-'));
  try {
    await using small = await mountSmallMedium(context, medium, '512k');
    if (!small) return;
    const troubles: (string | undefined)[] = [];
    let recover: () => void = () => undefined;
    const recovered = new Promise<void>((resolve) => {
      recover = resolve;
    });
    const directory = join(medium, 'audit');
    await using journal = await openJournal(directory, {
      maxQueuedBytes: 20_000,
      onTrouble(trouble) {
        troubles.push(trouble);
        if (trouble === undefined) recover();
      },
    });
    assert.equal(await journal.recorded(), true);
    const filler = join(medium, 'filler');
    await writeFile(filler, Buffer.alloc(600_000)).catch(() => undefined);

    // More than what is left of the last page.
    appendUploads(journal, 40);
    assert.equal(await journal.recorded(), false);
    assert.match(journal.trouble ?? '', /ENOSPC/);
    appendUploads(journal, 200);
    assert.equal(await journal.recorded(), false);
    assert.equal(troubles.length, 1);

    await rm(filler);
    await recovered;
    appendUploads(journal, 1);
    assert.equal(await journal.recorded(), true);
    journal.signHead();
    assert.equal(await journal.recorded(), true);
    const verdict = await verifyAudit({ directory });
    assert.equal(verdict.finding, undefined, verdict.finding?.message);
    assert.match(verdict.remarks.join(), /\d+ records were lost from .* as the disk did not take them/);
  } finally {
    await rm(medium, { recursive: true });
  }
});
