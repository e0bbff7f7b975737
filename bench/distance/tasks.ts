import type { Job } from '../clients/client.ts';

/** What is done over the distance. */
export interface DistanceTask {
  /** As `--only` takes it. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly what: Job['what'] | 'listing';
  readonly direction: Job['direction'];
  /** MiB of a file, files of a tree, directories of a listing. */
  readonly amount: number;
  readonly connections: number;
  readonly mtu: number;
}

/** Of Ethernet. */
const mtu = 1500;
/** Jumbo frames: the line is a program, which carries some 60 MB/s of the small ones. */
const largeMtu = 9000;

const tree = { what: 'tree', amount: 200, connections: 4, mtu } as const;
const one = { ...tree, connections: 1 };

export const distanceTasks: readonly DistanceTask[] = [
  {
    ...tree,
    name: 'down',
    direction: 'down',
    title: '200 files of 4 KiB down, 4 connections',
    about: 'a tree of 4 directories',
  },
  {
    ...tree,
    name: 'up',
    direction: 'up',
    title: '200 files of 4 KiB up, 4 connections',
    about: 'a tree of 4 directories',
  },
  {
    ...one,
    name: 'down-one',
    direction: 'down',
    title: '200 files of 4 KiB down, one connection',
    about: 'a tree of 4 directories',
  },
  {
    ...one,
    name: 'up-one',
    direction: 'up',
    title: '200 files of 4 KiB up, one connection',
    about: 'a tree of 4 directories',
  },
  {
    what: 'listing',
    amount: 300,
    connections: 4,
    mtu,
    name: 'list',
    direction: 'down',
    title: 'a tree of 300 directories listed, 4 connections',
    about:
      'lftp: `find`. rclone: `lsf -R`. curl: the URLs of all directories, which it is told. basic-ftp: `list` of one directory after the other.',
  },
  {
    what: 'file',
    amount: 200,
    connections: 1,
    mtu: largeMtu,
    name: 'file',
    direction: 'down',
    title: 'one file of 200 MiB down',
    about: 'over frames of 9000 bytes',
  },
];
