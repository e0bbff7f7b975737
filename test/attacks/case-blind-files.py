"""case-blind-files.py MOUNT BACKING: a file system that takes names for one that differ in case, and gives no second names.

It passes everything on to BACKING, and says "mounted" on standard output.
"""
import errno
import os
import sys

import fusepy

BACKING = sys.argv[2]


def found(path):
    at = BACKING
    for name in filter(None, path.split('/')):
        entries = os.listdir(at) if os.path.isdir(at) else []
        at = os.path.join(at, next((entry for entry in entries if entry.lower() == name.lower()), name))
    return at


class CaseBlind(fusepy.Operations):
    def __call__(self, operation, path, *arguments):
        try:
            return getattr(self, operation)(found(path) if path else path, *arguments)
        except OSError as error:
            raise fusepy.FuseOSError(error.errno)

    def init(self, path):
        os.write(1, b'mounted\n')

    def destroy(self, path):
        pass

    def getattr(self, path, handle=None):
        stats = os.lstat(path)
        names = ('atime', 'ctime', 'gid', 'ino', 'mode', 'mtime', 'nlink', 'size', 'uid')
        return {f'st_{name}': getattr(stats, f'st_{name}') for name in names}

    def readdir(self, path, handle):
        return ['.', '..'] + os.listdir(path)

    def opendir(self, path):
        return 0

    def releasedir(self, path, handle):
        return 0

    def mkdir(self, path, mode):
        os.mkdir(path, mode)

    def open(self, path, flags):
        return os.open(path, flags & ~os.O_NOFOLLOW)

    def create(self, path, mode, information=None):
        return os.open(path, os.O_RDWR | os.O_CREAT, mode)

    def read(self, path, size, offset, handle):
        return os.pread(handle, size, offset)

    def write(self, path, data, offset, handle):
        return os.pwrite(handle, data, offset)

    def release(self, path, handle):
        os.close(handle)

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
