import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertWhole } from '../console/in-browser.ts';
import { testPages } from './window.ts';

/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const MARKUP = '<img src=x onerror="globalThis.pwned=1">.txt';

testPages(
  'who signs in by a wrong password is told, and by the right one sees what is there and what to do',
  async ({ page, signIn }) => {
    await page.getByRole('heading', { name: 'Sign in to your files' }).waitFor();
    await assertWhole(page, 'sign-in');
    await page.getByLabel('Name', { exact: true }).fill('alice');
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await assertWhole(page, 'sign-in-failed');
    await signIn();
    await page.getByText('This folder is empty').waitFor();
    await assertWhole(page, 'empty');
    await page.getByRole('link', { name: 'My account' }).click();
    await page.getByRole('heading', { name: 'Change your password' }).waitFor();
    await assertWhole(page, 'account');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to your files' }).waitFor();
  },
);

testPages(
  'somebody makes a folder, renames, moves and deletes by mouse and keyboard, and names are text',
  async ({ page, server, signIn }) => {
    await mkdir(join(server.root, 'invoices'));
    for (const name of ['report.csv', 'photo.png', 'contract.pdf', 'archive.bin']) {
      await writeFile(join(server.root, name), name === 'photo.png' ? PNG : 'a;b\n1;2\n');
    }
    await writeFile(join(server.root, MARKUP), '<script>globalThis.pwned=2</script>');
    await signIn();
    await page.getByRole('row', { name: 'report.csv' }).waitFor();
    await assertWhole(page, 'files');

    await page.getByRole('button', { name: MARKUP }).click();
    await page.getByText('<script>globalThis.pwned=2</script>').waitFor();
    await assertWhole(page, 'text');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'photo.png' }).click();
    await page.getByRole('img', { name: 'Picture photo.png' }).waitFor();
    await page.waitForFunction('document.querySelector("dialog img").naturalWidth === 1');
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByLabel('Name of the folder').fill('invoices');
    await page.getByRole('button', { name: 'Make the folder' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Name of the folder').fill('2026 <b>');
    await assertWhole(page, 'new-folder');
    await page.getByRole('button', { name: 'Make the folder' }).click();
    await page.getByRole('link', { name: '2026 <b>' }).waitFor();

    await page.getByRole('checkbox', { name: 'Select report.csv' }).check();
    await page.getByRole('checkbox', { name: 'Select archive.bin' }).check();
    await page.getByText('2 selected').waitFor();
    await assertWhole(page, 'selected');
    await page.getByRole('button', { name: 'Move' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '2026 <b>' }).click();
    await page.getByText('No folder in here.').waitFor();
    await assertWhole(page, 'move');
    await page.getByRole('button', { name: 'Move here' }).click();
    await page.getByText('Moved to /2026 <b>.').waitFor();
    assert.deepEqual((await readdir(join(server.root, '2026 <b>'))).sort(), ['archive.bin', 'report.csv']);

    await page.getByRole('link', { name: '2026 <b>' }).click();
    const list = page.getByRole('grid', { name: 'Entries of 2026 <b>' });
    await page.getByRole('row', { name: 'report.csv' }).waitFor();
    await list.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('F2');
    await page.getByLabel('New name').fill('renamed.csv');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: 'renamed.csv' }).waitFor();
    assert.equal(await readFile(join(server.root, '2026 <b>', 'renamed.csv'), 'utf8'), 'a;b\n1;2\n');
    await list.focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Delete');
    await page.getByRole('heading', { name: 'Delete 2 entries?' }).waitFor();
    await assertWhole(page, 'delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('This folder is empty').waitFor();
    assert.deepEqual(await readdir(join(server.root, '2026 <b>')), []);

    assert.equal(await page.evaluate('globalThis.pwned'), undefined);
    assert.equal(await page.locator('main img, main script, main b').count(), 0);
  },
);

testPages('one file is downloaded as it is, and several as a zip', async ({ page, server, signIn }) => {
  await writeFile(join(server.root, 'one.csv'), 'one');
  await writeFile(join(server.root, 'two.csv'), 'two');
  await signIn();
  await page.getByRole('checkbox', { name: 'Select one.csv' }).check();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  assert.equal(file.suggestedFilename(), 'one.csv');
  assert.equal(await readFile(await file.path(), 'utf8'), 'one');
  await page.getByRole('checkbox', { name: 'Select two.csv' }).check();
  const [zip] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'zip' }).click()]);
  assert.equal(zip.suggestedFilename(), 'Files.zip');
  assert.equal((await readFile(await zip.path())).subarray(0, 2).toString(), 'PK');
});

testPages('many entries are drawn as far as they are seen, sorted and found', async ({ page, server, signIn }) => {
  await Promise.all(
    Array.from({ length: 3000 }, (_, index) =>
      writeFile(join(server.root, `file-${String(index).padStart(5, '0')}.txt`), ''),
    ),
  );
  await signIn();
  await page.getByRole('row', { name: 'file-00000.txt' }).waitFor();
  assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), '3001');
  assert.ok((await page.getByRole('row').count()) < 100);
  await assertWhole(page, 'many');
  await page.evaluate('document.querySelector(".entries").scrollTop = 1e9');
  await page.getByRole('row', { name: 'file-02999.txt' }).waitFor();
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await page.getByRole('searchbox', { name: 'Find by name' }).fill('0299');
  await page.getByText('11 entries').waitFor();
  assert.match(await page.getByRole('row').nth(1).innerText(), /file-02999/);
  await page.getByRole('searchbox', { name: 'Find by name' }).fill('nothing');
  await page.getByText('No name holds “nothing”').waitFor();
  await assertWhole(page, 'not-found');
});

testPages(
  'files and folders go up, and one that is there is replaced only when somebody says so',
  async ({ page, server, signIn }) => {
    await writeFile(join(server.root, 'there.txt'), 'old');
    await signIn();
    const files = [
      { name: 'there.txt', mimeType: 'text/plain', buffer: Buffer.from('new') },
      { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
      { name: 'big.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(3_000_000, 'x') },
    ];
    await page.getByLabel('Upload files').setInputFiles(files);
    await page.getByText('A file of this name is there').waitFor();
    await page.getByRole('row', { name: 'big.bin' }).waitFor();
    await page.getByRole('row', { name: 'empty.txt' }).waitFor();
    await assertWhole(page, 'uploads');
    assert.equal(await readFile(join(server.root, 'there.txt'), 'utf8'), 'old');
    await page.getByRole('button', { name: 'Replace there.txt' }).click();
    await page.getByText('3 uploads are done').waitFor();
    assert.equal(await readFile(join(server.root, 'there.txt'), 'utf8'), 'new');
    assert.equal((await stat(join(server.root, 'big.bin'))).size, 3_000_000);
    assert.deepEqual((await readdir(server.root)).sort(), ['big.bin', 'empty.txt', 'there.txt']);

    // As a folder is dropped, with one below it.
    await page.evaluate(`(() => {
    const file = (name, text) => ({ isFile: true, name, file: (give) => give(new File([text], name)) });
    const folder = (name, children) => ({
      isFile: false, isDirectory: true, name,
      createReader() { let left = [children, []]; return { readEntries: (give) => give(left.shift()) }; },
    });
    const entry = folder('dropped', [file('a.txt', 'A'), folder('inner', [file('b.txt', 'B')]), folder('hollow', [])]);
    const event = new DragEvent('drop', { bubbles: true, cancelable: true });
    const items = [{ kind: 'file', webkitGetAsEntry: () => entry }];
    Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], items } });
    document.querySelector('.drop').dispatchEvent(event);
  })()`);
    await page.getByText('5 uploads are done').waitFor();
    await page.getByRole('link', { name: 'dropped' }).click();
    await page.getByRole('link', { name: 'hollow' }).waitFor();
    assert.equal(await readFile(join(server.root, 'dropped/inner/b.txt'), 'utf8'), 'B');
  },
);
