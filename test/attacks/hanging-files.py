"""hanging-files.py MOUNT BACKING: a file system that passes everything on to BACKING and hangs on demand.

A line "hold OPERATION" on standard input ("getattr of files" is one too: directories are told) makes each such operation wait for the line "release"; each that waits is a line
"held OPERATION" on standard output. It gives up after 20 s, which is a line "gave-up": a server that it stopped goes on.
"""
import os
import sys
import threading

import fusepy

BACKING = sys.argv[2]
GIVE_UP_SECONDS = 20
released = threading.Event()
held = None


def say(line):
    os.write(1, (line + '\n').encode())


def listen():
    global held
    for line in sys.stdin:
        word, _, operation = line.strip().partition(' ')
        if word == 'hold':
            released.clear()
            held = operation
        else:
            held = None
            released.set()
        say('done')


class PassThrough(fusepy.Operations):
    def __call__(self, operation, path, *arguments):
        of_file = operation == 'getattr' and held == 'getattr of files' and not os.path.isdir(BACKING + path)
        if operation == held or of_file:
            say('held ' + held)
            if not released.wait(GIVE_UP_SECONDS):
                say('gave-up')
        try:
            return getattr(self, operation)(BACKING + path if path else path, *arguments)
        except OSError as error:
            raise fusepy.FuseOSError(error.errno)

    def init(self, path):
        say('mounted')

    def destroy(self, path):
        pass

    def getattr(self, path, handle=None):
        found = os.lstat(path)
        names = ('st_atime', 'st_ctime', 'st_gid', 'st_mode', 'st_mtime', 'st_nlink', 'st_size', 'st_uid')
        return {name: getattr(found, name) for name in names}

    def readdir(self, path, handle):
        return ['.', '..'] + os.listdir(path)

    def opendir(self, path):
        return 0

    def releasedir(self, path, handle):
        return 0

    def statfs(self, path):
        return {}

    def open(self, path, flags):
        return os.open(path, flags & ~os.O_NOFOLLOW)

    def create(self, path, mode, information=None):
        return os.open(path, os.O_RDWR | os.O_CREAT, mode)

    def read(self, path, size, offset, handle):
        return os.pread(handle, size, offset)

    def write(self, path, data, offset, handle):
        return os.pwrite(handle, data, offset)

    def flush(self, path, handle):
        return 0

    def release(self, path, handle):
        os.close(handle)

    def fsync(self, path, only_data, handle):
        return 0

    def fsyncdir(self, path, only_data, handle):
        return 0

    def rename(self, path, to):
        os.rename(path, BACKING + to)

    def unlink(self, path):
        os.unlink(path)

    def chmod(self, path, mode):
        os.chmod(path, mode)

    def readlink(self, path):
        return os.readlink(path)


threading.Thread(target=listen, daemon=True).start()
fusepy.FUSE(PassThrough(), sys.argv[1], foreground=True, attr_timeout=0, entry_timeout=0)
