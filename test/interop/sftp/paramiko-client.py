"""Works on files with paramiko: port user password. Prints one line a step, and ends with an error where one goes wrong."""

import hashlib
import io
import sys

import paramiko

port, user, password = sys.argv[1:]
data = bytes(range(256)) * 4000

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect("127.0.0.1", int(port), user, password, allow_agent=False, look_for_keys=False)
sftp = client.open_sftp()


def refused(what, *args):
    try:
        what(*args)
    except OSError as error:
        return type(error).__name__
    raise AssertionError(f"{what} was not refused")


sftp.mkdir("work")
sftp.chdir("work")
print("put", sftp.putfo(io.BytesIO(data), "one").st_size)
with sftp.open("one") as file:
    file.prefetch()
    print("prefetch", file.read() == data)
with sftp.open("one") as file:
    print("readv", [part == data[start : start + length] for (start, length), part in
                    zip([(0, 10), (500_000, 40_000)], file.readv([(0, 10), (500_000, 40_000)]))])
    print("check", file.check("sha256") == hashlib.sha256(data).digest())
with sftp.open("one", "r+") as file:
    file.seek(5)
    file.write(b"XX")
    file.seek(4)
    print("changed", file.read(4) == b"\x04XX\x07")
with sftp.open("one", "a") as file:
    file.write(b"tail")
print("appended", sftp.stat("one").st_size - len(data))
with sftp.open("pipelined", "w") as file:
    file.set_pipelined(True)
    for start in range(0, len(data), 8192):
        file.write(data[start : start + 8192])
sftp.truncate("one", 10)
sftp.chmod("one", 0o600)
sftp.utime("one", (1, 1_000_000_000))
found = sftp.stat("one")
print("attributes", found.st_size, oct(found.st_mode & 0o7777), found.st_mtime)
print("exclusive", refused(sftp.open, "one", "wx"))
print("owner", refused(sftp.chown, "one", 0, 0))
print("rename", refused(sftp.rename, "one", "pipelined"))
sftp.posix_rename("one", "pipelined")
sftp.rename("pipelined", "two")
print("list", sorted(entry.filename for entry in sftp.listdir_iter(".")))
print("missing", refused(sftp.stat, "one"))
print("path", sftp.normalize("../x"))
sftp.remove("two")
sftp.chdir("/")
sftp.rmdir("work")
client.close()
