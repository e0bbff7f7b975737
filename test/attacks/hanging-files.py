"""hanging-files.py MOUNT BACKING: a file system that passes everything on to BACKING and hangs on demand.

A line "hold OPERATION" on standard input ("getattr of files" is one too: directories are told) makes each such operation wait for the line "release"; each that waits is a line
"held OPERATION" on standard output. It gives up after 20 s, which is a line "gave-up": a server that it stopped goes on.
"""
import os
import sys
import threading

import fusepy

from passing_on import PassingOn

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


class Hanging(PassingOn):
    def place(self, path):
        return BACKING + path

    def __call__(self, operation, path, *arguments):
        of_file = operation == 'getattr' and held == 'getattr of files' and not os.path.isdir(BACKING + path)
        if operation == held or of_file:
            say('held ' + held)
            if not released.wait(GIVE_UP_SECONDS):
                say('gave-up')
        return super().__call__(operation, path, *arguments)

    def init(self, path):
        say('mounted')

    def statfs(self, path):
        return {}

    def flush(self, path, handle):
        return 0

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
fusepy.FUSE(Hanging(), sys.argv[1], foreground=True, attr_timeout=0, entry_timeout=0)
