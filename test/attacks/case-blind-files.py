"""case-blind-files.py MOUNT BACKING: a file system that takes names for one that differ in case, and gives no second names.

It passes everything on to BACKING, and says "mounted" on standard output.
"""
import errno
import os
import sys

import fusepy

from passing_on import PassingOn

BACKING = sys.argv[2]


def found(path):
    at = BACKING
    for name in filter(None, path.split('/')):
        entries = os.listdir(at) if os.path.isdir(at) else []
        at = os.path.join(at, next((entry for entry in entries if entry.lower() == name.lower()), name))
    return at


class CaseBlind(PassingOn):
    def place(self, path):
        return found(path)

    def init(self, path):
        os.write(1, b'mounted\n')

    def mkdir(self, path, mode):
        os.mkdir(path, mode)

    def rename(self, path, to):
        other = found(to)
        os.rename(path, os.path.join(os.path.dirname(other), os.path.basename(to)))

    def unlink(self, path):
        os.unlink(path)

    def chmod(self, path, mode):
        os.chmod(path, mode)

    def utimens(self, path, times=None):
        os.utime(path, times)

    def link(self, path, to):
        raise fusepy.FuseOSError(errno.EPERM)


fusepy.FUSE(CaseBlind(), sys.argv[1], foreground=True, nothreads=True, use_ino=True, attr_timeout=0, entry_timeout=0)
