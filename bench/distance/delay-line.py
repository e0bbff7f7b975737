"""Two network namespaces joined by a line with a delay, over two TUN devices; `tc netem` is not in every kernel.

Usage: delay-line.py NAME ROUND_TRIP_MS MTU; needs root, iproute2 and /dev/net/tun. The namespaces are NAME-near (10.99.0.1)
and NAME-far (10.99.0.2). Prints `ready`, and removes both when its standard input ends, however its parent did.
"""

import collections
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_WITHOUT_HEADER = 0x1001
PACKETS_AT_ONCE = 64
# Beyond it packets are dropped, as a router does whose queue is full: 64 MiB at an MTU of 1500.
MOST_PACKETS = 45_000


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def make_end(space, address, mtu):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", space.encode(), IFF_TUN_WITHOUT_HEADER))
    ip("link", "set", space, "netns", space)
    ip("-n", space, "addr", "add", address + "/24", "dev", space)
    ip("-n", space, "link", "set", space, "mtu", str(mtu), "txqueuelen", "5000", "up")
    ip("-n", space, "link", "set", "lo", "up")
    return tun


def read_packets(tun):
    for _ in range(PACKETS_AT_ONCE):
        try:
            yield os.read(tun, 65536)
        except BlockingIOError:
            return


def carry(one, other, half_s):
    poll = select.epoll()
    for descriptor in (one, other, sys.stdin.fileno()):
        poll.register(descriptor, select.EPOLLIN | select.EPOLLHUP)
    line = collections.deque()
    opposite = {one: other, other: one}
    while True:
        wait_s = max(0, line[0][0] - time.monotonic()) if line else 1
        for descriptor, _ in poll.poll(wait_s):
            if descriptor not in opposite:
                return
            due = time.monotonic() + half_s
            for packet in read_packets(descriptor):
                if len(line) < MOST_PACKETS:
                    line.append((due, opposite[descriptor], packet))
        now = time.monotonic()
        while line and line[0][0] <= now:
            _, to, packet = line.popleft()
            try:
                os.write(to, packet)
            except OSError:
                pass  # A full queue drops, as a link does.


def main():
    name, round_trip_ms, mtu = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    spaces = (name + "-near", name + "-far")
    made = []
    # A line does not get longer when the machine is busy.
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    try:
        for space in spaces:
            ip("netns", "add", space)
            made.append(space)
        ends = [make_end(space, address, mtu) for space, address in zip(spaces, ("10.99.0.1", "10.99.0.2"))]
        print("ready", flush=True)
        carry(ends[0], ends[1], round_trip_ms / 2000)
    finally:
        for space in made:
            subprocess.run(["ip", "netns", "del", space], check=False)


main()
