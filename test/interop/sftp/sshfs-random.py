"""Reads and writes at random in files of a mount, and compares with what they should hold: directory seed."""

import os
import random
import sys

directory, seed = sys.argv[1:]
chosen = random.Random(int(seed))
SIZE = 1_500_000

expected = bytearray(chosen.randbytes(SIZE))
path = os.path.join(directory, "random")
with open(path, "wb") as file:
    file.write(expected)

for _ in range(4):
    descriptor = os.open(path, os.O_RDWR)
    for step in range(60):
        start = chosen.randrange(SIZE)
        length = chosen.choice([1, 100, 4096, 40_000, 131_072])
        if chosen.random() < 0.5:
            part = chosen.randbytes(min(length, SIZE - start))
            os.pwrite(descriptor, part, start)
            expected[start : start + len(part)] = part
        else:
            assert os.pread(descriptor, length, start) == expected[start : start + length], f"read at {start}"
        if step % 20 == 0:
            os.fsync(descriptor)
    os.close(descriptor)
    with open(path, "rb") as file:
        assert file.read() == expected, "read after close"

# Each is asked for right after it was written, when its end may not have reached the server.
for number in range(100):
    name = os.path.join(directory, f"at-once-{number}")
    with open(name, "w") as file:
        file.write("one")
    with open(name, "a") as file:
        file.write("two")
    with open(name) as file:
        assert file.read() == "onetwo"
    os.rename(name, name + "-renamed")

descriptor = os.open(os.path.join(directory, "hole"), os.O_RDWR | os.O_CREAT)
os.pwrite(descriptor, b"x", 100_000)
os.close(descriptor)
print("all the same")
