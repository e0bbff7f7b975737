import type { Command } from 'commander';
import { bookmark } from './bookmark.ts';
import { cat } from './cat.ts';
import { chmod } from './chmod.ts';
import { doctor } from './doctor.ts';
import { get } from './get.ts';
import { hash } from './hash.ts';
import { knownServers } from './known-servers.ts';
import { ls } from './ls.ts';
import { mkdir } from './mkdir.ts';
import { mv } from './mv.ts';
import { put } from './put.ts';
import { rm } from './rm.ts';
import { rmdir } from './rmdir.ts';
import { shell } from './shell.ts';
import { site } from './site.ts';
import { stat } from './stat.ts';
import { sync } from './sync.ts';

/** The verbs that work on a server somewhere, in the order of the help. */
export const REMOTE_VERBS: readonly (() => Command)[] = [
  ls,
  get,
  put,
  sync,
  cat,
  rm,
  mv,
  mkdir,
  rmdir,
  chmod,
  stat,
  hash,
  site,
  shell,
  doctor,
  bookmark,
  knownServers,
];
