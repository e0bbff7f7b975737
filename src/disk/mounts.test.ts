import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device } from './device.ts';
import { type MountNode, mountTree } from './mounts.ts';

/** Whether what is at a path would be asked at once. */
function isQuick(tree: MountNode, path: string): boolean | undefined {
  let device: Device | undefined;
  let node: MountNode | undefined = tree;
  for (const name of ['', ...path.split('/').filter(Boolean)]) {
    if (name !== '') node = node?.below.get(name);
    device = node?.device ?? device;
  }
  return device?.attributes.isQuick;
}

function treeOf(lines: readonly string[], known = new Map<string, Device>()): MountNode {
  return mountTree(Buffer.from(`${lines.join('\n')}\n`, 'latin1'), known);
}

const root = '20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw';

test('local file systems are quick, those of networks and programs are not, and unknown ones neither', () => {
  const types: readonly [string, boolean][] = [
    ['xfs', true],
    ['btrfs', true],
    ['tmpfs', true],
    ['overlay', true],
    ['nfs4', false],
    ['cifs', false],
    ['fuse', false],
    ['fuse.sshfs', false],
    ['fuseblk', false],
    ['autofs', false],
    ['9p', false],
    ['never-heard-of', false],
  ];
  for (const [type, quick] of types) {
    const tree = treeOf([root, `21 20 0:40 / /srv/files rw - ${type} source rw`]);
    assert.deepEqual([isQuick(tree, '/srv/files/a/b'), isQuick(tree, '/srv/other')], [quick, true], type);
  }
});

test('of mounts on one another the topmost counts, in whatever order the system tells them', () => {
  const hidden = '21 20 0:40 / /srv/files rw - fuse old rw';
  const covering = '22 21 8:2 / /srv/files rw - ext4 /dev/sdb rw';
  for (const lines of [
    [root, hidden, covering],
    [covering, hidden, root],
  ])
    assert.equal(isQuick(treeOf(lines), '/srv/files'), true);
  const below = '23 20 8:3 / /srv/files/deep rw - ext4 /dev/sdc rw';
  const over = '24 20 0:41 / /srv rw - nfs4 server:/ rw';
  for (const lines of [
    [root, below, over],
    [root, over, below],
  ]) {
    assert.equal(isQuick(treeOf(lines), '/srv/files/deep/file'), false);
  }
});

test('names are what the system wrote them from, and odd lines are passed over', () => {
  const tree = treeOf([
    root,
    '',
    'x',
    '21 20 0:40 / /srv/a\\040b\\134c/\xc3\xbc rw master:1 propagate_from:2 - fuse x rw',
  ]);
  assert.equal(isQuick(tree, '/srv/a b\\c/\u00fc'), false);
  assert.equal(isQuick(tree, '/srv/a b\\c'), true);
});

test('what was learnt of a device outlasts a reading, and goes with its last mount', () => {
  const known = new Map<string, Device>();
  treeOf([root], known).device?.attributes.took(1000);
  assert.equal(isQuick(treeOf([root], known), '/'), false);
  treeOf([], known);
  assert.equal(known.size, 0);
});
